"""Make the front of a card: the list's example with a gap for the word."""

import re
from collections.abc import Sequence

from korean_flashcards.formats.card import GAP
from korean_flashcards.korean.hangul import has_hangul, is_syllable, split

_NOTE = re.compile(r"\s*\([^()]*\)")


def with_gap(example: str, places: Sequence[tuple[int, int]]) -> str:
    """Return the example with gaps at the places, or "" if there are none or if the word is still visible."""
    if not places:
        return ""
    word, parts, end_before = example[slice(*places[0])], [], 0
    for start, end in places:
        parts += [example[end_before:start], GAP]
        end_before = end
    text = "".join([*parts, example[end_before:]])
    return "" if len(word) > 1 and word in text else text


def task(meaning: str, pos: str, cues: Sequence[str], word: str) -> str:
    """Return the line below the example, which says what fills the gap."""
    sought = " + ".join([f"“{_without_korean(meaning)}” ({pos})", *cues])
    return f"Fill the gap: {sought}. Initial consonants: {_initials(word)}."


def _without_korean(meaning: str) -> str:
    """Return a meaning without notes in Korean, such as "(past of 가다)", which would give the word away."""
    return _NOTE.sub(lambda note: "" if has_hangul(note[0]) else note[0], meaning).strip()


def _initials(word: str) -> str:
    return "".join(split(each).onset if is_syllable(each) else each for each in word)
