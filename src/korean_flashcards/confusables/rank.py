"""Score how likely a learner is to confuse two words.

The score depends only on the two words, not on how often a gloss occurs in the lists. A pair therefore has the same score
in every deck, and a new word never changes the order of existing pairs.
"""

from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache
from typing import NamedTuple

from korean_flashcards.confusables import classic, jamo, lemma, meaning, sound
from korean_flashcards.confusables.word import ConfusableWord
from korean_flashcards.korean.hangul import strip_to_hangul
from korean_flashcards.korean.misspellings import misspellings

# Minimum score for a pair to be listed. Forms of the same word have fewer points but are always listed, after all others.
LISTED = 40
# Minimum score for a word to be suggested for the comparison in the analysis request, and to be shown on cards.
LIKELY = 60
_MOST, _SECOND_KIND, _SAME_CLASS, _CLOSENESS = 100, 10, 5, 9


class Kind(NamedTuple):
    """A kind of similarity between words.

    Attributes:
        name: Name of the kind in the layer and in reports.
        keys: Yields a word's keys. Only words that share a key are compared.
        points: Returns a pair's points, or 0 if the words are not similar.
        why: Returns an explanation of a pair's points.
    """

    name: str
    keys: Callable[[ConfusableWord], Iterator[Hashable]]
    points: Callable[[ConfusableWord, ConfusableWord], int]
    why: Callable[[ConfusableWord, ConfusableWord], str]


class Likeness(NamedTuple):
    """A pair's score and its kinds of similarity, strongest kind first."""

    score: int
    kinds: tuple[str, ...]


CLASSIC = Kind("classic", classic.keys, classic.points, classic.why)
SOUND = Kind("sound", sound.keys, sound.points, sound.why)
_LIKE = (
    SOUND,
    Kind("letters", jamo.keys, jamo.points, jamo.why),
    Kind("meaning", meaning.keys, meaning.points, meaning.why),
)
KINDS = (CLASSIC, *_LIKE)
INFLECTION, HOMOGRAPH = "inflection", "homograph"


def likeness(one: ConfusableWord, other: ConfusableWord) -> Likeness | None:
    """Return a pair's score and kinds of similarity, or None if a learner is unlikely to confuse the words. Symmetric."""
    if (one.slots is None or other.slots is None) and strip_to_hangul(one.bare) == strip_to_hangul(other.bare):
        return None  # 분, 15분 and 20분 are the same word with different numbers
    if one.is_rude or other.is_rude:
        return None  # a card must not teach a vulgar word
    listed = classic.points(one, other)
    if not listed and lemma.same(one, other):
        return Likeness(lemma.POINTS + _closeness(one, other), (INFLECTION,))
    found = [(listed, CLASSIC.name)] if listed else []
    found += [(worth, kind.name) for kind in _LIKE if (worth := kind.points(one, other))]
    if not found:
        return None
    found.sort(key=lambda pair: -pair[0])
    alike = one.pos == other.pos or not one.pos or not other.pos
    score = found[0][0] + _SECOND_KIND * (len(found) - 1) + (_SAME_CLASS if alike else 0)
    if score + _CLOSENESS < LISTED:
        return None
    score += _closeness(one, other)
    if score < LISTED:
        return None
    if score >= LIKELY and not listed and (_is_misspelled(one.bare) or _is_misspelled(other.bare)):
        return None  # only the classic pairs say which spelling is right
    homograph = one.bare == other.bare
    names = [HOMOGRAPH if homograph and name == SOUND.name else name for _, name in found]
    return Likeness(min(score, _MOST), tuple(names))


def why(one: ConfusableWord, other: ConfusableWord, likeness: Likeness) -> str:
    """Return the advice for a classic pair, or the reasons as one sentence, regardless of the order of the two words."""
    if CLASSIC.name in likeness.kinds:
        return classic.why(one, other)
    kinds = {kind.name: kind for kind in KINDS} | {HOMOGRAPH: SOUND}
    reasons = [lemma.why(one, other) if name == INFLECTION else kinds[name].why(one, other) for name in likeness.kinds]
    text = "; ".join(reasons) + "."
    return text[0].upper() + text[1:]


@lru_cache(maxsize=16384)
def _is_misspelled(word: str) -> bool:
    return any(misspellings(word)) or word.endswith("이예요")  # 일이예요 for 일이에요


def _closeness(one: ConfusableWord, other: ConfusableWord) -> int:
    """Return 0 to 9 points, depending on how much of the words' beginnings and endings match."""
    first, second = one.slots or one.bare, other.slots or other.bare
    shorter, longer = min(len(first), len(second)), max(len(first), len(second))
    front = next((at for at in range(shorter) if first[at] != second[at]), shorter)
    back = next((at for at in range(shorter - front) if first[-1 - at] != second[-1 - at]), shorter - front)
    return _CLOSENESS * (front + back) // longer
