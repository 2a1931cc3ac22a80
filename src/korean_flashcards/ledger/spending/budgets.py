"""Enforce budgets: reserve a call's maximum cost before it is sent, and record the actual cost when it ends.

All runs that use the ledger share the budgets. A reservation counts as spent until its call is recorded.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from korean_flashcards.domain.calls import Call, LeftoverReservation, ReservationRequest, ReservationResult
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.parameters import BudgetParameters, PartBudget
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.db.in_lists import listed
from korean_flashcards.ledger.db.llm_tables import llm_calls, llm_reservations, llm_shared_runs, llm_spending
from korean_flashcards.ledger.db.runs import Runs
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import runs

logger = logging.getLogger(__name__)

_NAMES = {"run": "this run", "day": "today", "month": "this month"}


class Spent(NamedTuple):
    """The USD and tokens that count against a budget, both spent and reserved."""

    usd: float = 0.0
    tokens: int = 0
    reserved_usd: float = 0.0
    reserved_tokens: int = 0

    def usd_left(self, limit: PartBudget) -> float | None:
        """Return the remaining USD (at least 0), or None if the budget does not limit USD."""
        return None if limit.usd is None else max(0.0, limit.usd - self.usd - self.reserved_usd)

    def tokens_left(self, limit: PartBudget) -> int | None:
        """Return the number of remaining tokens (at least 0), or None if the budget does not limit tokens."""
        return None if limit.tokens is None else max(0, limit.tokens - self.tokens - self.reserved_tokens)


class LedgerBudgets:
    """The budgets from ``parameters_llm.yml``, checked against the ledger's calls. Safe for threads and processes."""

    def __init__(self, store: LedgerStore, runs: Runs) -> None:
        self._store, self._runs = store, runs

    def reserve(self, reservations: Sequence[ReservationRequest], budget: BudgetParameters) -> ReservationResult:
        """Reserve each call's maximum cost, in order, stopping at the first call that could exceed a budget."""
        run_id = self._runs.enter("run")
        with self._store.write() as connection:
            return self.set_aside(connection, run_id, reservations, budget)

    def set_aside(
        self, connection: Connection, run_id: str, reservations: Sequence[ReservationRequest], budget: BudgetParameters,
        batch_id: str | None = None,
    ) -> ReservationResult:  # fmt: skip
        """Reserve budget as ``reserve`` does, but within the caller's transaction.

        ``batch_id`` is the provider batch that contains the requests, or None for direct calls.
        """
        refused, granted = None, 0
        first = self.first_run(connection, run_id)
        budgets_left = [_BudgetLeft(limit, spent(connection, limit, first)) for limit in budget.limits()]
        for reservation in reservations:
            refused = next((left.refusal(reservation) for left in budgets_left if not left.covers(reservation)), None)
            if refused:
                break
            for left in budgets_left:
                left.subtract(reservation)
            granted += 1
        if granted:
            rows = [_reserved(reservation, run_id) | {"batch_id": batch_id} for reservation in reservations[:granted]]
            connection.execute(insert(llm_reservations), rows)
        # Requests in a batch take hours, so no run waits for them.
        calls = select(func.count()).select_from(llm_reservations).where(llm_reservations.c.batch_id.is_(None))
        return ReservationResult(granted, refused, connection.execute(calls).scalar_one())

    def record(self, calls: Sequence[Call]) -> None:
        """Record calls that have ended and release their reservations, in one transaction."""
        if calls:
            run_id = self._runs.enter("run")
            with self._store.write() as connection:
                record(connection, calls, run_id, self.first_run(connection, run_id))

    def release(self, reservations: Iterable[str]) -> None:
        """Release the reservations of calls that were never sent."""
        names = list(reservations)
        if names:
            with self._store.write() as connection:
                connection.execute(freed(names))

    def settle_dead(self, paid: Callable[[str], float | None]) -> int:
        """Record the calls that were pending when their run died, and return their number.

        There is no way to know whether these calls received a reply. A call without a cached reply counts at its
        maximum cost, so that no budget is exceeded. Requests in a provider batch are not affected, because a later run
        fetches their replies.

        Args:
            paid: Function that returns the cost of the cached reply for a key, in USD, or None.
        """
        dead = self._dead()
        if dead:
            with self._store.write() as connection:
                for run_id, reservations in dead.items():
                    calls = [_died(reservation, paid(reservation.key)) for reservation in reservations]
                    record(connection, calls, run_id, self.first_run(connection, run_id))
            logger.info(
                "Calls pending when a run died: %s. Calls without a cached reply count at their maximum cost.",
                f"{sum(map(len, dead.values())):,}",
            )
        return sum(map(len, dead.values()))

    def spent(self, limit: PartBudget) -> Spent:
        """Return the amounts that currently count against this budget.

        A run budget counts the current run or, if there is none, the last run.
        """
        with self._store.read() as connection:
            run_id = self._runs.current or connection.execute(last_run()).scalar()
            return spent(connection, limit, self.first_run(connection, run_id) if run_id else "")

    def _dead(self) -> dict[str, list[LeftoverReservation]]:
        names = LeftoverReservation.__slots__
        query = select(llm_reservations.c.run_id, *(llm_reservations.c[name] for name in names)).where(
            llm_reservations.c.batch_id.is_(None)
        )
        found = defaultdict(list)
        with self._store.read() as connection:
            for run_id, *values in connection.execute(query).tuples():
                found[run_id].append(LeftoverReservation(*values))
        return {run_id: theirs for run_id, theirs in found.items() if not self._runs.alive(run_id)}

    def first_run(self, connection: Connection, run_id: str) -> str:
        """Return the run whose budget this run shares.

        Runs that write the same layers at the same time share one budget.
        """
        joined = llm_shared_runs.c
        known = connection.execute(select(joined.first_run_id).where(joined.run_id == run_id)).scalar()
        if known or run_id != self._runs.current:
            return known or run_id
        first = next(filter(self._runs.alive, connection.execute(_working_with(run_id)).scalars().all()), run_id)
        first = connection.execute(select(joined.first_run_id).where(joined.run_id == first)).scalar() or first
        connection.execute(insert(llm_shared_runs).values(run_id=run_id, first_run_id=first))
        return first


class _BudgetLeft:
    """The amount left in a budget while several calls are being reserved."""

    def __init__(self, limit: PartBudget, spent: Spent) -> None:
        self._limit, self._spent = limit, spent
        self._usd, self._tokens = spent.usd + spent.reserved_usd, spent.tokens + spent.reserved_tokens

    def covers(self, reservation: ReservationRequest) -> bool:
        limit = self._limit
        return not _concerns(limit, reservation) or (
            (limit.usd is None or self._usd + reservation.usd <= limit.usd)
            and (limit.tokens is None or self._tokens + reservation.tokens <= limit.tokens)
        )

    def subtract(self, reservation: ReservationRequest) -> None:
        if _concerns(self._limit, reservation):
            self._usd += reservation.usd
            self._tokens += reservation.tokens

    def refusal(self, reservation: ReservationRequest) -> str:
        """Return a description of the budget, the amount spent, and the next call's maximum cost."""
        limit, spent = self._limit, self._spent
        parts = ", ".join(filter(None, (limit.stage, limit.model)))
        of = f"{parts}: " if parts else ""
        if limit.usd is not None and self._usd + reservation.usd > limit.usd:
            amounts = (f"USD {usd_number(usd, 4)}" for usd in (spent.usd, self._usd - spent.usd, reservation.usd))
            budget = f"USD {usd_number(limit.usd)}"
        else:
            amounts = (counted(n, "token") for n in (spent.tokens, self._tokens - spent.tokens, reservation.tokens))
            budget = counted(limit.tokens or 0, "token")
        used, reserved, needed = amounts
        return (
            f"the budget of {budget} for {_NAMES[limit.per]} ({of}{used} spent, {reserved} reserved; "
            f"the next call needs up to {needed})"
        )


def record(connection: Connection, calls: Sequence[Call], run_id: str, first_run: str) -> None:
    """Insert the calls, add them to the totals, and release their reservations."""
    rows = [_row(call) | {"run_id": run_id} for call in calls]
    connection.execute(insert(llm_calls), rows)
    sums: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for call in calls:
        total = sums[local_day(call.at), call.stage, call.model]
        total[0] += 1
        total[1] += call.tokens_in + call.tokens_out
        total[2] += call.usd or 0.0
    added = [
        {"day": day, "run_id": first_run, "stage": stage, "model": model, "calls": total[0], "tokens": total[1],
         "usd": total[2]}
        for (day, stage, model), total in sums.items()
    ]  # fmt: skip
    statement = upsert(llm_spending)
    grown = {name: llm_spending.c[name] + statement.excluded[name] for name in ("calls", "tokens", "usd")}
    connection.execute(
        statement.on_conflict_do_update(index_elements=list(llm_spending.primary_key), set_=grown), added
    )
    if names := [call.reservation for call in calls if call.reservation]:
        connection.execute(freed(names))


def spent(connection: Connection, limit: PartBudget, first_run: str) -> Spent:
    """Return the amounts that count against the budget.

    The amounts come from calls and reservations for the budget's stage and model in the budget's period.
    """
    sums, held, together = llm_spending.c, llm_reservations.c, llm_shared_runs.c
    paid = select(func.coalesce(func.sum(sums.usd), 0.0), func.coalesce(func.sum(sums.tokens), 0))
    waiting = select(func.coalesce(func.sum(held.usd), 0.0), func.coalesce(func.sum(held.tokens), 0))
    if limit.per == "run":
        paid = paid.where(sums.run_id == first_run)
        sharing = select(together.run_id).where(together.first_run_id == first_run)
        waiting = waiting.where((held.run_id == first_run) | held.run_id.in_(sharing))
    else:
        today = datetime.now().astimezone().date()
        since = today if limit.per == "day" else today.replace(day=1)
        # All reservations count, because their calls will be paid for in this period.
        paid = paid.where(sums.day >= since.isoformat())
    for name in ("stage", "model"):
        if (value := getattr(limit, name)) is not None:
            paid, waiting = paid.where(sums[name] == value), waiting.where(held[name] == value)
    usd, tokens = connection.execute(paid).one()
    reserved_usd, reserved_tokens = connection.execute(waiting).one()
    return Spent(usd, tokens, reserved_usd, reserved_tokens)


def _concerns(limit: PartBudget, reservation: ReservationRequest) -> bool:
    return limit.stage in (None, reservation.stage) and limit.model in (None, reservation.model)


def _reserved(reservation: ReservationRequest, run_id: str) -> dict[str, Any]:
    return {name: getattr(reservation, name) for name in ReservationRequest.__slots__} | {
        "run_id": run_id,
        "at": datetime.now(UTC).timestamp(),
    }


def _row(call: Call) -> dict[str, Any]:
    at = datetime.fromtimestamp(call.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    kept = {name: getattr(call, name) for name in Call.__slots__ if name != "reservation"}
    return kept | {"at": at, "fixed": int(call.fixed), "batch": int(call.batch)}


def local_day(at: float) -> str:
    """Return the calendar day of a Unix time in this machine's time zone."""
    return datetime.fromtimestamp(at).astimezone().date().isoformat()


def freed(names: list[str]) -> Any:
    """Return the statement that deletes these reservations."""
    return delete(llm_reservations).where(llm_reservations.c.reservation.in_(listed(names)))


def _died(one: LeftoverReservation, paid: float | None) -> Call:
    return Call(
        at=one.at, stage=one.stage, term=one.term, model=one.model, provider="", prompt_version=one.prompt_version,
        key=one.key, kind="ask", attempt=1, outcome="ok" if paid is not None else "interrupted",
        message="the run died during this call" if paid is None else None,
        tokens_in=0, tokens_out=one.tokens if paid is None else 0, tokens_cached=0, tokens_reasoning=0,
        usd=one.usd if paid is None else paid, latency_s=0.0, queue_s=0.0, reservation=one.reservation,
    )  # fmt: skip


def _working_with(run_id: str) -> Select[Any]:
    """Return a query for earlier runs that write the same layers and have not ended, earliest first."""
    me, fingerprint = runs.c, select(runs.c.fingerprint).where(runs.c.run_id == run_id).scalar_subquery()
    same = (me.kind == "run", me.ended.is_(None), me.fingerprint == fingerprint, me.fingerprint != "")
    return select(me.run_id).where(*same, me.run_id != run_id).order_by(me.started, me.run_id)


def last_run() -> Select[Any]:
    """Return a query for the last pipeline run's ID.

    Runs for model probes or for nodes called by hand have no fingerprint, so they do not count.
    """
    of_pipelines = (runs.c.kind == "run", runs.c.fingerprint != "")
    return select(runs.c.run_id).where(*of_pipelines).order_by(runs.c.started.desc()).limit(1)
