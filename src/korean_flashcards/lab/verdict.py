"""Decide from paired score differences whether variant B is better than variant A. Pure."""

import math
from typing import Literal, NamedTuple

from korean_flashcards.domain.plurals import counted
from korean_flashcards.lab.paired_statistics import FEWEST, Floats, PairedInterval, paired_interval, words_needed

Outcome = Literal["identical", "better", "worse", "inconclusive"]
# The smallest difference in points that is worth finding: one note (2 points) on every card.
WORTH_FINDING = 2.0
# The paired standard deviation in points, for samples whose own is 0.
_ASSUMED_DEVIATION = 10.0


class Verdict(NamedTuple):
    """The verdict of a comparison.

    Attributes:
        outcome: "better" and "worse" are about variant B.
        interval: The score differences, B minus A, from which the verdict follows.
        more_words: About how many more words would tell, or None if more words are not needed.
        text: The verdict as a sentence.
    """

    outcome: Outcome
    interval: PairedInterval
    more_words: int | None
    text: str


def verdict_of(differences: Floats, same_replies: bool, seed: int = 0) -> Verdict:
    """Return the verdict.

    Args:
        differences: Each word's score with B minus its score with A. Words without both scores are NaN.
        same_replies: Whether both variants have exactly the same replies for every word.
        seed: The seed of the resamples.
    """
    interval = paired_interval(differences, seed)
    if interval.words and same_replies:
        return Verdict("identical", interval, None, f"identical: the same replies for {_words(interval.words)}")
    if interval.known and interval.low > 0:
        return Verdict("better", interval, None, f"B is better: {_points(interval)}")
    if interval.known and interval.high < 0:
        return Verdict("worse", interval, None, f"B is worse: {_points(interval)}")
    return _inconclusive(interval)


def _inconclusive(interval: PairedInterval) -> Verdict:
    if not interval.words:
        return Verdict("inconclusive", interval, None, "inconclusive: no word has a score with both variants")
    if interval.known and max(-interval.low, interval.high) < WORTH_FINDING:
        text = f"inconclusive; any difference is smaller than {WORTH_FINDING:g} points ({_points(interval)})"
        return Verdict("inconclusive", interval, None, text)
    more = _more_words(interval)
    why = _points(interval) if interval.known else _too_few(interval)
    return Verdict("inconclusive", interval, more, f"inconclusive; about {_words(more, 'more ')} would tell ({why})")


def _more_words(interval: PairedInterval) -> int:
    """Return how many more words find the difference seen so far, or the smallest one that is worth finding.

    The number has two significant digits, because it is an estimate.
    """
    deviation = interval.deviation if interval.deviation > 0 else _ASSUMED_DEVIATION
    needed = words_needed(deviation, max(abs(interval.mean), WORTH_FINDING))
    if not interval.known:
        # As many words as are expected to have enough differences.
        needed = max(needed, math.ceil(FEWEST * interval.words / max(interval.differing, 1)))
    # A difference so small that this sample should have found it needs as many words again.
    more = needed - interval.words if needed > interval.words else interval.words
    return round(more, 1 - math.floor(math.log10(more))) if more >= 100 else more


def _too_few(interval: PairedInterval) -> str:
    return f"the scores of {interval.differing} of {_words(interval.words)} differ, and {FEWEST} are needed"


def _points(interval: PairedInterval) -> str:
    return f"{interval.mean:+.1f} points, 95 % interval {interval.low:+.1f} to {interval.high:+.1f}"


def _words(count: int, kind: str = "") -> str:
    return counted(count, f"{kind}word")
