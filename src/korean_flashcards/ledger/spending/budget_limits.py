"""Compare budgets with the amounts spent and reserved, and describe the budget that blocks a call."""

from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, or_, select

from korean_flashcards.domain.calls import ReservationRequest
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.parameters import PartBudget
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.db.llm_tables import llm_calls, llm_reservations, llm_shared_runs, llm_spending
from korean_flashcards.ledger.spending.budget_days import first_moment, foreign_zone, period, zone_of

_NAMES = {"run": "this run", "day": "today", "month": "this month"}
Unit = Literal["usd", "tokens", "requests"]


class Spent(NamedTuple):
    """The spent and reserved amounts (USD, tokens, and requests) that count against a budget."""

    usd: float = 0.0
    tokens: int = 0
    reserved_usd: float = 0.0
    reserved_tokens: int = 0
    requests: int = 0
    reserved_requests: int = 0

    def usd_left(self, limit: PartBudget) -> float | None:
        """Return the remaining USD (at least 0), or None if the budget does not limit USD."""
        return None if limit.usd is None else max(0.0, limit.usd - self.usd - self.reserved_usd)

    def tokens_left(self, limit: PartBudget) -> int | None:
        """Return the number of remaining tokens (at least 0), or None if the budget does not limit tokens."""
        return None if limit.tokens is None else max(0, limit.tokens - self.tokens - self.reserved_tokens)

    def requests_left(self, limit: PartBudget) -> int | None:
        """Return the number of remaining requests (at least 0), or None if the budget does not limit requests."""
        return None if limit.requests is None else max(0, limit.requests - self.requests - self.reserved_requests)


class BudgetLeft:
    """The amount left in a budget while several calls are being reserved."""

    def __init__(self, connection: Connection, limit: PartBudget, first_run: str) -> None:
        self._connection, self._limit, self._first_run = connection, limit, first_run
        self._spent = spent(connection, limit, first_run)
        self._used: dict[Unit, float] = {
            "usd": self._spent.usd + self._spent.reserved_usd,
            "tokens": self._spent.tokens + self._spent.reserved_tokens,
            "requests": self._spent.requests + self._spent.reserved_requests,
        }

    def covers(self, reservation: ReservationRequest) -> bool:
        """Return whether the budget has room for the call or does not apply to it."""
        return self._exceeded(reservation) is None

    def subtract(self, reservation: ReservationRequest) -> None:
        """Reserve the call."""
        if self._limit.covers(reservation.stage, reservation.model):
            for unit, needed in _needs(reservation).items():
                self._used[unit] += needed

    def refusal(self, reservation: ReservationRequest) -> str:
        """Return a description of the budget, the amount spent, and the next call's maximum cost."""
        limit, unit = self._limit, self._exceeded(reservation)
        assert unit is not None
        parts = ", ".join(filter(None, (limit.stage, limit.model)))
        spent = getattr(self._spent, unit)
        used, reserved = _amount(unit, spent), _amount(unit, self._used[unit] - spent)
        needed = _amount(unit, _needs(reservation)[unit])
        budget = f"USD {usd_number(limit.usd or 0.0)}" if unit == "usd" else _amount(unit, getattr(limit, unit))
        zone = foreign_zone(self._connection) if limit.per != "run" else None
        name = _NAMES[limit.per] + (f" in {zone}" if zone else "")
        return (
            f"the budget of {budget} for {name} ({f'{parts}: ' if parts else ''}{used} spent, {reserved} reserved; "
            f"the next call needs up to {needed}{self._interrupted(unit)})"
        )

    def _exceeded(self, reservation: ReservationRequest) -> Unit | None:
        """Return the unit whose limit the call could exceed, or None if the call fits in the budget."""
        if not self._limit.covers(reservation.stage, reservation.model):
            return None
        for unit, needed in _needs(reservation).items():
            most = getattr(self._limit, unit)
            if most is not None and self._used[unit] + needed > most:
                return unit
        return None

    def _interrupted(self, unit: Unit) -> str:
        """Describe how much of the amount spent is due to interrupted calls, and how to remove that portion."""
        calls, usd, tokens = interrupted(self._connection, self._limit, self._first_run)
        amount = {"usd": usd, "tokens": tokens, "requests": 0}[unit]  # the number of requests stays as it is
        if not amount:
            return ""
        return (
            f"; the amount spent includes {_amount(unit, amount)} for {counted(calls, 'call')} that ended without a reply "
            "when a run was killed; to remove this amount, run `kedro llm reset --interrupted`"
        )


def spent(connection: Connection, limit: PartBudget, first_run: str) -> Spent:
    """Return the amounts that count against the budget.

    The amounts come from calls and reservations in the budget's period that match its stage and model.
    """
    sums, held, together = llm_spending.c, llm_reservations.c, llm_shared_runs.c
    paid = select(_sum(sums.usd), _sum(sums.tokens), _sum(sums.calls))
    waiting = select(_sum(held.usd), _sum(held.tokens), func.count())
    if limit.per == "run":
        paid = paid.where(sums.run_id == first_run)
        sharing = select(together.run_id).where(together.first_run_id == first_run)
        waiting = waiting.where((held.run_id == first_run) | held.run_id.in_(sharing))
    else:
        # A machine's clock may have been wrong, so a day in the future does not count. All reservations count, because
        # their calls will be paid for in this period.
        first, after = period(limit.per, zone_of(connection))
        paid = paid.where(sums.day >= first, sums.day < after)
    paid, waiting = paid.where(*_part(limit, sums)), waiting.where(*_part(limit, held))
    usd, tokens, requests = connection.execute(paid).one()
    reserved_usd, reserved_tokens, reserved_requests = connection.execute(waiting).one()
    return Spent(float(usd), tokens, float(reserved_usd), reserved_tokens, requests, reserved_requests)


def interrupted(connection: Connection, limit: PartBudget, first_run: str) -> tuple[int, float, int]:
    """Return the number of interrupted calls that count against the budget, their cost in USD, and their tokens."""
    call, together = llm_calls.c, llm_shared_runs.c
    query = select(
        func.count(), _sum(call.usd), _sum(call.tokens_in + call.tokens_out)
    ).where(call.outcome == "interrupted", call.booked != "corrected", (call.usd > 0) | (call.tokens_out > 0))  # fmt: skip
    if limit.per == "run":
        sharing = select(together.run_id).where(together.first_run_id == first_run)
        query = query.where((call.run_id == first_run) | call.run_id.in_(sharing))
    else:
        query = query.where(call.at >= first_moment(limit.per, zone_of(connection)))
    query = query.where(*_part(limit, call))
    calls, usd, tokens = connection.execute(query).one()
    return calls, usd, tokens


def _part(limit: PartBudget, columns: Any) -> list[ColumnElement[bool]]:
    """Return the conditions for the rows that the budget covers, equivalent to ``PartBudget.covers``."""
    conditions = [] if limit.stage is None else [columns.stage == limit.stage]
    if limit.model is not None:
        of_provider = f"/{limit.model}"
        # LIKE would ignore upper and lower case.
        at_a_provider = func.substr(columns.model, -len(of_provider)) == of_provider
        conditions.append(
            columns.model == limit.model if "/" in limit.model else or_(columns.model == limit.model, at_a_provider)
        )
    return conditions


def _sum(column: Any) -> Any:
    return func.coalesce(func.sum(column), 0)


def _needs(reservation: ReservationRequest) -> dict[Unit, float]:
    return {"usd": reservation.usd, "tokens": reservation.tokens, "requests": 1}


def _amount(unit: Unit, value: float) -> str:
    return f"USD {usd_number(value, 4)}" if unit == "usd" else counted(round(value), unit.removesuffix("s"))
