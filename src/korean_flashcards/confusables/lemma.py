"""Detect forms of the same word, such as 갔어요 and 간다, or 문 and 문을.

Pairs of such forms are listed as inflections but never suggested for a comparison.
"""

from collections.abc import Iterator

from korean_flashcards.confusables.word import ConfusableWord
from korean_flashcards.korean.hangul import VOWELS
from korean_flashcards.korean.inflection import letters

POINTS = 20
_NO_VERBS = ("noun", "pronoun", "numeral", "determiner", "adverb", "particle", "suffix")
_ENDING = letters("다")


def keys(word: ConfusableWord) -> Iterator[tuple[str, str]]:
    """Yield each possible stem of the word."""
    for stem in word.noun_stems:
        yield "noun", stem
    for stem in word.verb_stems:
        yield "verb", stem


def same(one: ConfusableWord, other: ConfusableWord) -> bool:
    """Return whether both words are forms of the same word, judging by their letters.

    The module ``inflection`` guesses many stems for each word. A shared stem counts only if the words also share a
    meaning, if one of them is the dictionary form, or if the stem has at least two syllables. Word lists label nominal
    forms such as 하기 as nouns.
    """
    if one.bare == other.bare:
        return False
    if (one.base and one.base == other.base) or one.usual == other.usual:
        return True
    if one.noun_stems.isdisjoint(other.noun_stems) and one.verb_stems.isdisjoint(other.verb_stems):
        return False
    if not one.sense_set.isdisjoint(other.sense_set):
        return True
    nouns, verbs = one.noun_stems & other.noun_stems, one.verb_stems & other.verb_stems
    if one.pos in _NO_VERBS or other.pos in _NO_VERBS:
        verbs = frozenset()
    bases = (one.letters, other.letters)
    return any(stem in bases or _syllables(stem) > 1 for stem in nouns) or any(
        stem + _ENDING in bases or _syllables(stem) > 1 for stem in verbs
    )


def why(one: ConfusableWord, other: ConfusableWord) -> str:
    """Return the reason."""
    return "both are forms of the same word"


def _syllables(stem: str) -> int:
    return sum(letter in VOWELS for letter in stem)
