"""How likely a learner mixes two words up, as a number that depends on these two words alone.

So a pair's score is the same in every deck: a new word never moves old pairs about, it can only put itself among them.
Nothing is weighted by how often a gloss occurs in the list.
"""

from collections.abc import Callable, Hashable, Iterator
from typing import NamedTuple

from korean_flashcards.confusables import jamo, lemma, meaning, sound
from korean_flashcards.confusables.word import ConfusableWord
from korean_flashcards.korean.hangul import strip_to_hangul

# From here on a pair is listed; forms of one word always are, after all others.
LISTED = 40
# From here on the other word is good enough to be compared with in the analysis.
CANDIDATE = 60
_MOST, _SECOND_KIND, _SAME_CLASS, _CLOSENESS = 100, 10, 5, 9


class Kind(NamedTuple):
    """``points`` of a pair, 0 for none; ``why`` only of pairs that have points."""

    name: str
    keys: Callable[[ConfusableWord], Iterator[Hashable]]
    points: Callable[[ConfusableWord, ConfusableWord], int]
    why: Callable[[ConfusableWord, ConfusableWord], str]


class Likeness(NamedTuple):
    """What a pair is worth, and of which kinds it is, the strongest first."""

    score: int
    kinds: tuple[str, ...]


SOUND = Kind("sound", sound.keys, sound.points, sound.why)
KINDS = (
    SOUND,
    Kind("letters", jamo.keys, jamo.points, jamo.why),
    Kind("meaning", meaning.keys, meaning.points, meaning.why),
)
INFLECTION, HOMOGRAPH = "inflection", "homograph"


def likeness(one: ConfusableWord, other: ConfusableWord) -> Likeness | None:
    """None where nobody would mix them up. Symmetric."""
    if (one.slots is None or other.slots is None) and strip_to_hangul(one.bare) == strip_to_hangul(other.bare):
        return None  # 분, 15분 and 20분 are one word with numbers
    if lemma.same(one, other):
        return Likeness(lemma.POINTS + _closeness(one, other), (INFLECTION,))
    found = [(worth, kind.name) for kind in KINDS if (worth := kind.points(one, other))]
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
    homograph = one.bare == other.bare
    names = [HOMOGRAPH if homograph and name == SOUND.name else name for _, name in found]
    return Likeness(min(score, _MOST), tuple(names))


def why(one: ConfusableWord, other: ConfusableWord, likeness: Likeness) -> str:
    """One sentence; the same from both sides."""
    kinds = {kind.name: kind for kind in KINDS} | {HOMOGRAPH: SOUND}
    reasons = [lemma.why(one, other) if name == INFLECTION else kinds[name].why(one, other) for name in likeness.kinds]
    text = "; ".join(reasons) + "."
    return text[0].upper() + text[1:]


def _closeness(one: ConfusableWord, other: ConfusableWord) -> int:
    """How much of the longer word stands in the same way at the beginning and the end of both, 0 to 9."""
    first, second = one.slots or one.bare, other.slots or other.bare
    shorter, longer = min(len(first), len(second)), max(len(first), len(second))
    front = next((at for at in range(shorter) if first[at] != second[at]), shorter)
    back = next((at for at in range(shorter - front) if first[-1 - at] != second[-1 - at]), shorter - front)
    return _CLOSENESS * (front + back) // longer
