"""Forecast whether the remaining budgets cover a run. No I/O."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from korean_flashcards.domain.parameters import PartBudget
from korean_flashcards.domain.records import Stage
from korean_flashcards.planning.ranges import Range, total

Verdict = Literal["enough", "unknown", "perhaps", "short"]


class Need(NamedTuple):
    """A stage's estimated use of its budgets. ``usd`` is None if the price is unknown."""

    stage: Stage
    model: str
    usd: Range | None
    tokens: Range
    requests: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget and its remaining amount. An amount (USD, tokens, or requests) is None if it is unlimited.

    Attributes:
        zone: The time zone that determines day and month boundaries, if its UTC offset differs from this machine's.
        verdict: "enough" if the remaining amount covers the high estimate, "perhaps" if it covers only the typical
            estimate, and "short" otherwise. "unknown" if the USD budget cannot cover some calls because their price is
            unknown.
        unpriced: The models that the USD budget cannot cover because their price is unknown.
        limits_usd: Whether the USD budget limits any of the calls.
        applies: Whether the settings call the budget's model for any stage, at least as a fallback.
    """

    per: Literal["run", "day", "month"]
    stage: Stage | None
    model: str | None
    usd: float | None
    usd_left: float | None
    tokens: int | None
    tokens_left: int | None
    verdict: Verdict
    unpriced: tuple[str, ...] = ()
    limits_usd: bool = True
    requests: int | None = None
    requests_left: int | None = None
    zone: str | None = None
    applies: bool = True


def forecast(
    limit: PartBudget, usd_left: float | None, tokens_left: int | None, needs: Iterable[Need],
    requests_left: int | None = None, zone: str | None = None, applies: bool = True,
) -> Budget:  # fmt: skip
    """Return the budget with a verdict on whether it covers the stages and models that it applies to."""
    concerned = [need for need in needs if limit.covers(need.stage, need.model)]
    verdicts = (
        _verdict(total(need.usd for need in concerned if need.usd), usd_left),
        _verdict(total(need.tokens for need in concerned), tokens_left),
        _verdict(Range.exactly(sum(need.requests for need in concerned)), requests_left),
    )
    worst: Verdict = next((word for word in ("short", "perhaps") if word in verdicts), "enough")
    unpriced = tuple(dict.fromkeys(need.model for need in concerned if need.usd is None and limit.usd is not None))
    if unpriced and worst == "enough":
        worst = "unknown"
    priced = any(need.usd is not None and need.tokens.high for need in concerned)
    return Budget(
        limit.per, limit.stage, limit.model, limit.usd, usd_left, limit.tokens, tokens_left, worst, unpriced,
        limits_usd=priced or not unpriced, requests=limit.requests, requests_left=requests_left,
        zone=zone if limit.per != "run" else None, applies=applies,
    )  # fmt: skip


def _verdict(need: Range, left: float | None) -> Verdict:
    if left is None or need.high <= left:
        return "enough"
    return "perhaps" if need.typical <= left else "short"
