"""Summarize the layers' scores, findings, faults, and rater agreement for the report."""

from typing import Any

import polars as pl
from pydantic import BaseModel

from korean_flashcards import checks
from korean_flashcards.domain.records import Severity
from korean_flashcards.quality.fault_summary import FoundFault, summarise_faults
from korean_flashcards.quality.scoring import VERDICTS

_BANDS = ((0, 9), (10, 19), (20, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 79), (80, 89), (90, 100))
_EXAMPLES = 3


class Example(BaseModel):
    """A finding shown in the report."""

    term: str
    message: str


class FoundCode(BaseModel):
    """All findings from one check. ``meaning`` is the check's meaning in ``checks.CHECKS``."""

    code: str
    severity: Severity
    meaning: str
    count: int
    examples: list[Example]


class Agreement(BaseModel):
    """The agreement between two raters. See ``agreement.AGREEMENT_SCHEMA``."""

    first: str
    second: str
    things: str
    rated: int
    agreed: float | None
    kappa: float | None
    low: float | None
    high: float | None


class QualitySummary(BaseModel):
    """A summary of the quality of all cards.

    Attributes:
        cards: Number of cards.
        verdicts: Number of cards with each verdict, best verdict first.
        scores: Number of cards in each band of ten points ("90–100"), best band first.
        codes: Codes found, sorted by severity (errors first) and then by frequency (most frequent first).
        judged: Number of words that the judge rated.
        faults: Kinds of faults that the judge named, most frequent first.
        agreement: Pairs of raters with at least one rated card or word in common.
    """

    cards: int = 0
    verdicts: dict[str, int] = {}
    scores: dict[str, int] = {}
    codes: list[FoundCode] = []
    judged: int = 0
    faults: list[FoundFault] = []
    agreement: list[Agreement] = []


def summarise_quality(
    quality: pl.DataFrame, findings: pl.DataFrame, agreement: pl.DataFrame, judgements: pl.DataFrame
) -> QualitySummary:
    """Return a summary of the quality of all cards."""
    cards = quality.filter(pl.col("tab_name").is_not_null())
    verdicts = dict(cards.group_by("verdict").len().iter_rows())
    codes = [_code(part) for part in findings.partition_by("code", maintain_order=True)]
    severities = list(Severity)
    return QualitySummary(
        cards=cards.height,
        verdicts={verdict: verdicts.get(verdict, 0) for verdict in VERDICTS},
        scores={f"{low}–{high}": _between(cards, low, high) for low, high in reversed(_BANDS)},
        codes=sorted(codes, key=lambda found: (severities.index(found.severity), -found.count, found.code)),
        judged=judgements.height,
        faults=summarise_faults(judgements, findings),
        agreement=[Agreement(**row) for row in agreement.filter(pl.col("rated") > 0).to_dicts()],
    )


def _between(cards: pl.DataFrame, low: int, high: int) -> int:
    return cards.filter(pl.col("score").is_between(low, high)).height


def _code(found: pl.DataFrame) -> FoundCode:
    code: str = found["code"][0]
    examples: list[dict[str, Any]] = (
        found.select("term", "message").unique(maintain_order=True).head(_EXAMPLES).to_dicts()
    )
    return FoundCode(
        code=code, severity=found["severity"][0], meaning=checks.CHECKS[code].meaning if code in checks.CHECKS else code,
        count=found.height, examples=[Example(**example) for example in examples],
    )  # fmt: skip
