"""Describe hanja as a teacher would: with a short meaning that fits the word, and everyday words that share a character.

``data/common_sino_words.tsv`` was compiled for this project from everyday words with their hanja in 표준국어대사전, the most
useful first.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import NamedTuple

from .character_names import usual_name
from .glosses import content_words
from .hanja_data import HanjaCharacter

_MOST = 3
_MOST_WORDS = 3
_STEM = 4


class CommonWord(NamedTuple):
    """An everyday Sino-Korean word."""

    word: str
    hanja: str
    meaning: str


def short_gloss(character: HanjaCharacter, syllable: str, meaning: str) -> str:
    """Return a character's meaning in a word, in at most three English words, or "" if it is not known.

    The sense that shares a word with the word's meaning is chosen, or else the most common senses.

    Args:
        character: The character, as ``hanja_data.characters_of`` returns it.
        syllable: Its reading in the word.
        meaning: The word's meaning.
    """
    name = usual_name(character.character, syllable)
    senses = _senses(name.meanings if name else character.gloss)
    fitting = (sense for sense in senses if _share_a_word(sense, meaning))
    return next(fitting, "") or ", ".join(_first(senses) if name else senses[:1])


def words_sharing(character: str, hanja: str, reading: str = "") -> list[CommonWord]:
    """Return up to three everyday words with a character, none of which contains another or the word with these hanja.

    Args:
        character: The character.
        hanja: The hanja of the word.
        reading: Their reading, or "". The word itself may be listed with a variant of a character: 비밀 祕密 for 秘密.
    """
    found: list[CommonWord] = []
    for each in _by_character().get(character, []):
        others = [*(one.hanja for one in found), *([hanja] if len(hanja) > 1 else [])]
        is_itself = each.hanja == hanja or (len(reading) > 1 and reading in each.word)
        if not is_itself and not any(one in each.hanja or each.hanja in one for one in others):
            found.append(each)
    return found[:_MOST]


@cache
def common_words() -> tuple[CommonWord, ...]:
    """Return all everyday words."""
    return tuple(CommonWord(*line.split("\t")) for line in _lines("common_sino_words.tsv"))


@cache
def _by_character() -> dict[str, list[CommonWord]]:
    found: dict[str, list[CommonWord]] = defaultdict(list)
    for each in common_words():
        for character in dict.fromkeys(each.hanja):
            found[character].append(each)
    return found


def _senses(gloss: str) -> list[str]:
    """Return the senses that are short enough for a card."""
    parts = (part.strip() for part in re.split(r"[;,]", re.sub(r"\([^)]*\)", "", gloss)))
    return [part for part in parts if 0 < len(part.split()) <= _MOST_WORDS]


def _share_a_word(one: str, other: str) -> bool:
    """Return whether two texts share a content word, possibly with a suffix in one of them: real, reality."""
    pairs = ((a, b) for a in content_words(one) for b in content_words(other))
    return any(a == b or (min(len(a), len(b)) >= _STEM and (a.startswith(b) or b.startswith(a))) for a, b in pairs)


def _first(senses: list[str]) -> list[str]:
    """Return as many of the senses as fit into three words."""
    lengths = accumulate(len(sense.split()) for sense in senses)
    return [sense for sense, length in zip(senses, lengths, strict=True) if length <= _MOST_WORDS]


def _lines(name: str) -> Iterator[str]:
    yield from files(__package__).joinpath("data", name).read_text(encoding="utf-8").splitlines()
