"""The score of a card and of a word, from what the checks found. Pure; docs/quality.md has an example worked out."""

import math
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, get_args

from korean_flashcards.domain.parameters import QualityParameters
from korean_flashcards.domain.records import Finding, Severity

Verdict = Literal["publish", "review", "reject"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class Score(NamedTuple):
    """How good a card or a word is: 0 to 100, what is to be done with it, and why, the weightiest reason first."""

    score: int
    verdict: Verdict
    errors: int
    warnings: int
    reasons: list[str]


def score(findings: Iterable[Finding], quality: QualityParameters) -> Score:
    """Return the score of a card: 100 less the points of each finding, at least 0.

    A finding's points are those of its severity times the weight of its code. The order of the findings does not matter.
    """
    return _scored(_left(findings := list(findings), quality), findings, quality)


def score_word(analysis: Sequence[Finding], cards: Iterable[Sequence[Finding]], quality: QualityParameters) -> Score:
    """Return the score of a word, which is as good as its weakest card; its reasons are those of all its parts.

    Each card also answers for the findings of the analysis that it was written from. Without cards, the analysis counts.
    """
    cards = list(cards)
    lowest = min((_left([*analysis, *card], quality) for card in cards), default=_left(analysis, quality))
    return _scored(lowest, [*analysis, *(finding for card in cards for finding in card)], quality)


def points(finding: Finding, quality: QualityParameters) -> float:
    """Return what the finding takes off."""
    return quality.points[finding.severity] * quality.weights.get(finding.code, 1)


def _left(findings: Iterable[Finding], quality: QualityParameters) -> int:
    # fsum is exact: the sum, and with it a verdict at a threshold, does not depend on the order.
    return max(0, round(100 - math.fsum(points(finding, quality) for finding in findings)))


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
