"""Score cards and words based on their findings. Pure. See docs/explanation/quality.md for a worked example."""

import math
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, get_args

from korean_flashcards.domain.parameters import QualityParameters
from korean_flashcards.domain.records import Finding, Severity

Verdict = Literal["publish", "review", "reject"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class Score(NamedTuple):
    """The score of a card or a word.

    Attributes:
        score: From 0 to 100.
        verdict: What to do with the card or word.
        errors: Number of errors among the findings.
        warnings: Number of warnings among the findings.
        reasons: One sentence for each finding, starting with the finding that costs the most points.
    """

    score: int
    verdict: Verdict
    errors: int
    warnings: int
    reasons: list[str]


def score(findings: Iterable[Finding], quality: QualityParameters) -> Score:
    """Return a card's score: 100 minus the points for each finding, but at least 0.

    The points for a finding are the points for its severity multiplied by the weight of its code. The order of the
    findings does not matter.
    """
    return _scored(_left(findings := list(findings), quality), findings, quality)


def score_word(analysis: Sequence[Finding], cards: Iterable[Sequence[Finding]], quality: QualityParameters) -> Score:
    """Return a word's score: the lowest score among its cards, with the reasons from its analysis and all its cards.

    Findings in the analysis lower every card's score. A word without cards gets the score of its analysis.
    """
    cards = list(cards)
    lowest = min((_left([*analysis, *card], quality) for card in cards), default=_left(analysis, quality))
    return _scored(lowest, [*analysis, *(finding for card in cards for finding in card)], quality)


def points(finding: Finding, quality: QualityParameters) -> float:
    """Return the points that a finding subtracts from the score."""
    return quality.points[finding.severity] * quality.weights.get(finding.code, 1)


def _left(findings: Iterable[Finding], quality: QualityParameters) -> int:
    # fsum is exact, so the order of the findings cannot change the sum or a verdict at a threshold. Halves are rounded up,
    # because round() gives 92.5 and 91.5 the same score.
    return max(0, math.floor(100.5 - math.fsum(points(finding, quality) for finding in findings)))


def _scored(left: int, findings: list[Finding], quality: QualityParameters) -> Score:
    severities = [finding.severity for finding in findings]
    in_order = sorted(findings, key=lambda finding: (-points(finding, quality), *finding))
    return Score(
        score=left,
        verdict=_verdict(left, quality),
        errors=severities.count(Severity.ERROR),
        warnings=severities.count(Severity.WARNING),
        reasons=[f"{finding.message} ({finding.severity}, −{points(finding, quality):g})" for finding in in_order],
    )


def _verdict(left: int, quality: QualityParameters) -> Verdict:
    if left >= quality.publish_from:
        return "publish"
    return "review" if left >= quality.review_from else "reject"
