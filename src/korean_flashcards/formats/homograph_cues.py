"""Choose the cues that tell a deck's homographs apart on the fronts of their cards, without giving the answer away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from korean_flashcards.domain.lazy_regex import lazy_regex

_LONGEST = 60  # characters; a longer cue is not readable beside the word
_WORD = lazy_regex(r"\w+")
# Two words with the same first characters may be forms of one word: ship, ships, shipping.
_STEM = 4
_TOO_COMMON = frozenset(
    {"a", "an", "the", "of", "to", "in", "on", "at", "by", "and", "or", "with", "for", "from", "is"}
)


@dataclass(frozen=True)
class Homograph:
    """A word of the deck that is spelled like a different word of the deck.

    Attributes:
        number: Its homograph number.
        pos: Its part of speech, or "" if a card asks for it.
        hanja: Its hanja, or "" if it has none or a card asks for them.
        location: The place of its memory image.
        anchor: An object at this place.
        topic: Its topic in the word list, or "" if the list has none.
        meanings: All texts that give its meaning.
    """

    number: int
    pos: str
    hanja: str
    location: str
    anchor: str
    topic: str
    meanings: Sequence[str]


def cues(homographs: Sequence[Homograph]) -> list[str]:
    """Return a cue for each homograph of a headword. If possible, all of them are of the same kind.

    The kinds in order of preference: the part of speech, hanja, the place of the memory image, an object there, and
    the list's topic. A kind is used only if it is different for each homograph and has no word of any meaning. If none is,
    each homograph gets the first text of any kind that no other homograph has, or its number.
    """
    meanings = [meaning for each in homographs for meaning in each.meanings]
    for found in _kinds(homographs):
        if _tells_apart(found) and not any(is_about(cue, meanings) for cue in found):
            return found
    return [_own_cue(index, homographs, meanings) for index in range(len(homographs))]


def is_about(text: str, meanings: Sequence[str]) -> bool:
    """Return whether the text and one of the meanings have a word in common."""
    answers = {answer for meaning in meanings for answer in _words(meaning)}
    return any(_is_form(word, answer) for word in _words(text) for answer in answers)


def _own_cue(index: int, homographs: Sequence[Homograph], meanings: Sequence[str]) -> str:
    """Return a cue for one homograph that fits none of the others, whatever kinds they have."""
    for found in _kinds(homographs):
        cue, others = found[index], {cue.casefold() for cue in (*found[:index], *found[index + 1 :])}
        if _tells_apart([cue]) and cue.casefold() not in others and not is_about(cue, meanings):
            return cue
    return str(homographs[index].number)


def _kinds(homographs: Sequence[Homograph]) -> Iterator[list[str]]:
    yield [each.pos for each in homographs]
    yield [each.hanja for each in homographs]
    yield [each.location for each in homographs]
    yield [each.anchor for each in homographs]
    yield [each.topic for each in homographs]


def _tells_apart(found: Sequence[str]) -> bool:
    different = {cue.strip().casefold() for cue in found}
    return len(different) == len(found) and "" not in different and all(len(cue) <= _LONGEST for cue in found)


def _words(text: str) -> Iterator[str]:
    return (word for word in _WORD.findall(text.casefold()) if word not in _TOO_COMMON)


def _is_form(word: str, answer: str) -> bool:
    return word == answer or (len(word) >= _STEM and word[:_STEM] == answer[:_STEM])
