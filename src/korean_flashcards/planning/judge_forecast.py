"""Estimate how many of the words whose cards do not exist yet will be judged. Their scores are not known before the run."""

import math
from typing import NamedTuple

from korean_flashcards.domain.parameters import Judging, QualityParameters

# Minimum number of words with cards for an estimate. With fewer words, the plan assumes that every word is judged.
ENOUGH_WORDS = 20
# The settings that select words by their scores, each with the selected words as a predicate.
_BY_SCORE: dict[Judging, str] = {"doubtful": "are doubtful", "review": 'have the verdict "review"'}


class JudgeForecast(NamedTuple):
    """The number of requests for words whose cards do not exist yet.

    Attributes:
        requests: The estimated number of requests, or the maximum number.
        basis: A clause that explains the number, or None if every word is judged or if the sample limits the number.
    """

    requests: int
    basis: str | None = None


def forecast_judging(coming: int, scored: int, selected: int, quality: QualityParameters) -> JudgeForecast:
    """Return the forecast for ``coming`` words, based on the words whose cards exist.

    Args:
        coming: Number of words that get cards in this run.
        scored: Number of words with current cards, and thus with a score.
        selected: Number of these words that the judge rates.
        quality: The parameters in ``quality``.
    """
    if quality.judge == "sample":
        return JudgeForecast(max(0, min(coming, quality.judge_sample - selected)))
    if not coming or quality.judge not in _BY_SCORE:
        return JudgeForecast(coming)
    if scored < ENOUGH_WORDS:
        few = f"fewer than {ENOUGH_WORDS} words have cards, which is too few for an estimate"
        return JudgeForecast(coming, f"at most {coming:,} more for new cards, because {few}")
    share = selected / scored
    requests = max(1, math.ceil(coming * share))
    words = f"{share:.0%} of the {scored:,} words with cards {_BY_SCORE[quality.judge]}"
    return JudgeForecast(requests, f"about {requests:,} more for new cards, because {words}")
