"""Forecast whether the remaining budgets cover a run. No I/O."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from korean_flashcards.domain.parameters import PartBudget
from korean_flashcards.domain.records import Stage
from korean_flashcards.planning.ranges import NOTHING, Range, total

Verdict = Literal["enough", "unknown", "perhaps", "short"]
ReservedUnit = Literal["usd", "tokens"]


class Need(NamedTuple):
    """A stage's estimated use of its budgets.

    Attributes:
        usd: Estimated cost in USD, or None if the price is unknown.
        call_usd: Maximum cost of one call, which is reserved before the call is sent.
        call_tokens: Maximum number of tokens in one call, which is also reserved.
        batch: Whether the maximum of every request is reserved at the same time.
    """

    stage: Stage
    model: str
    usd: Range | None
    tokens: Range
    requests: int = 0
    call_usd: float = 0.0
    call_tokens: int = 0
    batch: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget and its remaining amount. An amount (USD, tokens, or requests) is None if it is unlimited.

    Attributes:
        zone: The time zone that determines day and month boundaries, if its UTC offset differs from this machine's.
        verdict: "enough" if a run with the high estimate does not stop, "perhaps" if only a run with the typical
            estimate does not stop, and "short" otherwise. A run stops if the maximum of the next call no longer fits, so
            more must remain than the estimate. "unknown" if the USD budget cannot cover some calls because their price is
            unknown.
        unpriced: The models that the USD budget cannot cover because their price is unknown.
        limits_usd: Whether the USD budget limits any of the calls.
        applies: Whether the settings call the budget's model for any stage, at least as a fallback.
        call_usd: Maximum cost of one call in USD, which is reserved before the call is sent.
        call_tokens: Maximum number of tokens in one call.
        reserving: The units in which the reservations, and not the estimate alone, determine the verdict.
        batch: Whether the maximum of every request in a batch is reserved at the same time.
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
    call_usd: float = 0.0
    call_tokens: int = 0
    reserving: tuple[ReservedUnit, ...] = ()
    batch: bool = False


def forecast(
    limit: PartBudget, usd_left: float | None, tokens_left: int | None, needs: Iterable[Need],
    requests_left: int | None = None, zone: str | None = None, applies: bool = True,
) -> Budget:  # fmt: skip
    """Return the budget with a verdict on whether it covers the stages and models that it applies to."""
    concerned = [need for need in needs if limit.covers(need.stage, need.model)]
    of_usd = [_Use(need.usd, need.requests, need.call_usd, need.batch) for need in concerned if need.usd]
    of_tokens = [_Use(need.tokens, need.requests, need.call_tokens, need.batch) for need in concerned]
    requests = Range.exactly(sum(need.requests for need in concerned))
    reserved: list[tuple[ReservedUnit, list[_Use], float | None]] = [
        ("usd", of_usd, usd_left), ("tokens", of_tokens, tokens_left)
    ]  # fmt: skip
    verdicts = [*(_verdict(_peak(uses), left) for _, uses, left in reserved), _verdict(requests, requests_left)]
    worst: Verdict = next((word for word in ("short", "perhaps") if word in verdicts), "enough")
    reserving = tuple(
        unit
        for unit, uses, left in reserved
        if _verdict(_peak(uses), left) == worst != "enough" and _reservations_decide(uses, left)
    )
    unpriced = tuple(dict.fromkeys(need.model for need in concerned if need.usd is None and limit.usd is not None))
    if unpriced and worst == "enough":
        worst = "unknown"
    priced = any(need.usd is not None and need.tokens.high for need in concerned)
    return Budget(
        limit.per, limit.stage, limit.model, limit.usd, usd_left, limit.tokens, tokens_left, worst, unpriced,
        limits_usd=priced or not unpriced, requests=limit.requests, requests_left=requests_left,
        zone=zone if limit.per != "run" else None, applies=applies,
        call_usd=max((use.call for use in of_usd if use.requests), default=0.0),
        call_tokens=max((need.call_tokens for need in concerned if need.requests), default=0), reserving=reserving,
        batch=any(need.batch for need in concerned),
    )  # fmt: skip


class _Use(NamedTuple):
    """A stage's estimated use of one unit. ``call``: the maximum of one call."""

    amount: Range
    requests: int
    call: float
    batch: bool


def _peak(uses: Iterable[_Use]) -> Range:
    """Return the highest amount that is spent and reserved at any time. The stages run one after the other.

    Before its last call, a stage has spent its estimate for all other calls and reserves the maximum of the last one.
    Earlier calls that have to wait for a reservation are sent when the calls in flight have ended.
    """
    spent = peak = NOTHING
    for use in uses:
        reserved = use.requests if use.batch else min(1, use.requests)
        share = (use.requests - reserved) / use.requests if use.requests else 1.0
        last = spent.plus(use.amount.times(share)).plus(Range.exactly(reserved * use.call))
        spent = spent.plus(use.amount)
        peak = Range(max(peak.low, last.low, spent.low), max(peak.typical, last.typical, spent.typical),
                     max(peak.high, last.high, spent.high))  # fmt: skip
    return peak


def _reservations_decide(uses: Sequence[_Use], left: float | None) -> bool:
    """Return whether the amount left would be more likely to be enough without reservations, or covers no call at all."""
    if left is None:
        return False
    estimate = total(use.amount for use in uses)
    too_large = 0 < left < max((use.call for use in uses if use.requests), default=0.0)
    return too_large or _verdict(estimate, left) != _verdict(_peak(uses), left)


def _verdict(need: Range, left: float | None) -> Verdict:
    if left is None or need.high <= left:
        return "enough"
    return "perhaps" if need.typical <= left else "short"
