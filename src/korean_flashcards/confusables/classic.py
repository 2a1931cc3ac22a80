"""Compare words by the table of classic pairs, which learners confuse most often, such as 틀리다 and 다르다."""

from collections.abc import Iterator

from korean_flashcards.confusables.classic_table import advice_of
from korean_flashcards.confusables.word import ConfusableWord

_POINTS = 88


def keys(word: ConfusableWord) -> Iterator[int]:
    """Yield the numbers of the pairs that the word belongs to."""
    yield from word.classic


def points(one: ConfusableWord, other: ConfusableWord) -> int:
    """Return the points for a classic pair, or 0 if the words are not the two words of one pair."""
    return 0 if _pair(one, other) is None else _POINTS


def why(one: ConfusableWord, other: ConfusableWord) -> str:
    """Return the advice on how to choose between the words."""
    pair = _pair(one, other)
    assert pair is not None
    return advice_of(pair)


def _pair(one: ConfusableWord, other: ConfusableWord) -> int | None:
    """Return the number of the pair of which the words are the two words, or None if there is none."""
    if not one.classic or not other.classic or one.classic.keys().isdisjoint(other.classic):
        return None
    shared = (pair for pair, side in one.classic.items() if other.classic.get(pair, side) != side)
    return min(shared, default=None)
