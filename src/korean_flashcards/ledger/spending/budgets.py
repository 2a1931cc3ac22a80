"""Enforce budgets: reserve each call's maximum cost before the call is made, and record the actual cost when the call
ends.

All runs that use the ledger share the budgets. A reserved amount counts as spent until its call is recorded.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Connection, Select, delete, func, insert, select, text
from sqlalchemy.dialects.sqlite import insert as upsert

from korean_flashcards.domain.calls import Call, LeftoverReservation, PaidReply, ReservationRequest, ReservationResult
from korean_flashcards.domain.parameters import BudgetParameters, PartBudget
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.db.in_lists import listed
from korean_flashcards.ledger.db.llm_tables import llm_calls, llm_reservations, llm_shared_runs, llm_spending
from korean_flashcards.ledger.db.runs import Runs
from korean_flashcards.ledger.db.spending_log import TOTALS, LoggedSpending, SpendingLog, Totals
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import runs
from korean_flashcards.ledger.spending.budget_days import day_of, foreign_zone, zone_of
from korean_flashcards.ledger.spending.budget_limits import BudgetLeft, Spent, spent
from korean_flashcards.ledger.spending.sent_calls import SentCalls

logger = logging.getLogger(__name__)


class LedgerBudgets:
    """The budgets from ``parameters_llm.yml``, checked against the ledger's calls. Safe for threads and processes."""

    def __init__(self, store: LedgerStore, runs: Runs) -> None:
        self._store, self._runs = store, runs
        self._sent = SentCalls(store)
        self.log = SpendingLog(store.path)

    def reserve(self, reservations: Sequence[ReservationRequest], budget: BudgetParameters) -> ReservationResult:
        """Reserve each call's maximum cost, in order, stopping at the first call that could exceed a budget."""
        run_id = self._runs.enter("run")
        self._sent.begin(run_id)
        with self._store.write() as connection:
            return self.set_aside(connection, run_id, reservations, budget)

    def sent(self, reservation: str) -> None:
        """Note that a call is being made now. If the run dies, only noted calls are charged. Writing the note takes
        only microseconds.

        Raises:
            LedgerError: The note cannot be written, so the call must not be made.
        """
        self._sent.note(reservation)

    def set_aside(
        self, connection: Connection, run_id: str, reservations: Sequence[ReservationRequest], budget: BudgetParameters,
        batch_id: str | None = None,
    ) -> ReservationResult:  # fmt: skip
        """Reserve budget as ``reserve`` does, but within the caller's transaction.

        ``batch_id`` identifies the provider batch that contains the requests; it is None for direct calls.
        """
        refused, granted = None, 0
        first = self.first_run(connection, run_id)
        budgets_left = [BudgetLeft(connection, limit, first) for limit in budget.limits()]
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
        """Record finished calls and release their reservations, in one transaction.

        The notes from ``sent`` are also flushed to disk, even if no calls are given.
        """
        self._sent.sync()
        if calls:
            run_id = self._runs.enter("run")
            with self._store.write() as connection:
                spending = record(connection, calls, run_id, self.first_run(connection, run_id))
            self.log.add(spending)
            self._sent.recorded([call.reservation for call in calls if call.reservation])

    def release(self, reservations: Iterable[str]) -> None:
        """Release the reservations for calls that were never made."""
        names = list(reservations)
        if names:
            with self._store.write() as connection:
                connection.execute(freed(names))

    def settle_dead(self, paid: Callable[[str, float], PaidReply | None]) -> int:
        """Record the calls that were in flight when their run died, and return the number of calls.

        Reservations for calls that were never made are released. There is no way to know whether a call in flight
        received a reply. A call without a cached reply counts at its maximum cost, so that no budget is exceeded.
        Requests in a provider batch are not affected, because a later run fetches their replies.

        Args:
            paid: Function that takes a cache key and a Unix time and returns the cost of the reply received since then,
                or None if the cache has no such reply.
        """
        with self._store.read() as connection:
            found = bool(self._dead(connection))
        spending: list[LoggedSpending] = []
        if found:
            # Read again in the transaction that records the calls: another run may be settling them at the same time.
            with self._store.write() as connection:
                for run_id, reservations in self._dead(connection).items():
                    spending += self._settle(connection, run_id, reservations, paid)
        self.log.add(spending)
        count = sum(one.calls for one in spending)
        self._forget_settled()
        if count:
            logger.info(
                "Calls in flight when a run died: %s. Calls without a cached reply count at their maximum cost.",
                f"{count:,}",
            )
        return count

    def record_lost(self, log: SpendingLog) -> list[LoggedSpending]:
        """Record the spending that the log contains, but the ledger has lost, and return it. It then counts again."""
        with self._store.read() as connection:
            if not log.lost(_totals(connection)):
                return []
        with self._store.write() as connection:
            # Read again in the transaction: another run may have recorded the spending.
            lost = log.lost(_totals(connection))
            for one in lost:
                record(connection, list(_lost_calls(one)), one.run_id, one.run_id)
        return lost

    def _forget_settled(self) -> None:
        """Delete each dead run's list of calls if the run has no reservations left."""
        dead = [run_id for run_id in self._sent.others() if not self._runs.alive(run_id)]
        if dead:
            held = llm_reservations.c
            with self._store.read() as connection:
                open_runs = set(connection.execute(select(held.run_id).where(held.batch_id.is_(None))).scalars())
            for run_id in dead:
                if run_id not in open_runs:
                    self._sent.forget(run_id)

    def close(self) -> None:
        """Release this run's reservations for calls that were never made, and close the run's list of calls.

        Calls that were made but not recorded are settled by the next run.
        """
        run_id = self._sent.run_id
        if run_id is None:
            return
        held = llm_reservations.c
        mine = select(held.reservation).where(held.run_id == run_id, held.batch_id.is_(None))
        try:
            with self._store.read() as connection:
                left = set(connection.execute(mine).scalars())
            self.release(left - self._sent.unrecorded)
        finally:
            self._sent.close()

    def spent(self, limit: PartBudget) -> Spent:
        """Return the amounts that currently count against this budget.

        A per-run budget covers the current run or, if there is none, the last run.
        """
        with self._store.read() as connection:
            run_id = self._runs.current or connection.execute(last_run()).scalar()
            return spent(connection, limit, self.first_run(connection, run_id) if run_id else "")

    def foreign_zone(self) -> str | None:
        """Return the time zone for daily and monthly budgets, or None if its UTC offset matches this machine's."""
        with self._store.read() as connection:
            return foreign_zone(connection)

    def _dead(self, connection: Connection) -> dict[str, list[LeftoverReservation]]:
        """Return the reservations held by dead runs, oldest first, keyed by run ID."""
        held, names = llm_reservations.c, LeftoverReservation.__slots__
        query = select(held.run_id, *(held[name] for name in names)).where(held.batch_id.is_(None))
        found = defaultdict(list)
        for run_id, *values in connection.execute(query.order_by(held.at, held.reservation)).tuples():
            found[run_id].append(LeftoverReservation(*values))
        return {run_id: theirs for run_id, theirs in found.items() if not self._runs.alive(run_id)}

    def _settle(
        self, connection: Connection, run_id: str, reservations: Sequence[LeftoverReservation],
        paid: Callable[[str, float], PaidReply | None],
    ) -> list[LoggedSpending]:  # fmt: skip
        """Record the calls that a dead run had made, release its other reservations, and return the calls' totals."""
        sent = self._sent.of(run_id)
        spending: list[LoggedSpending] = []
        first = self.first_run(connection, run_id)
        for one in reservations:
            if sent is None or one.reservation in sent:
                spending += record(connection, [_died(connection, run_id, one, paid(one.key, one.at))], run_id, first)
        connection.execute(freed([one.reservation for one in reservations]))
        return spending

    def first_run(self, connection: Connection, run_id: str) -> str:
        """Return the ID of the run whose budget this run shares.

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


def record(connection: Connection, calls: Sequence[Call], run_id: str, first_run: str) -> list[LoggedSpending]:
    """Insert the calls, add them to the totals, and release their reservations.

    Returns:
        The totals, for the spending log. They must be logged after the transaction is committed.
    """
    zone = zone_of(connection)
    rows = [_row(call) | {"run_id": run_id} for call in calls]
    connection.execute(insert(llm_calls), rows)
    sums: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for call in calls:
        total = sums[day_of(call.at, zone), call.stage, call.model]
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
    at = max((call.at for call in calls), default=0.0)
    return [
        LoggedSpending(at, first_run, stage, model, int(total[0]), int(total[1]), total[2])
        for (_, stage, model), total in sums.items()
    ]


def _totals(connection: Connection) -> list[Totals]:
    """Return the ledger's totals in the form that the spending log needs."""
    return [Totals(*row) for row in connection.exec_driver_sql(TOTALS)]


def _lost_calls(lost: LoggedSpending) -> Iterator[Call]:
    """Yield calls with the amounts of the lost calls, in equal shares. Nothing else is known about these calls."""
    count = max(1, lost.calls)
    for number in range(count):
        tokens = lost.tokens // count + (number < lost.tokens % count)
        yield Call(
            at=lost.at, stage=cast(Stage, lost.stage), term="", model=lost.model, provider="", prompt_version="", key="",
            kind="ask", attempt=1, outcome="ok", message="the ledger had lost this call", tokens_in=tokens, tokens_out=0,
            tokens_cached=0, tokens_reasoning=0, usd=lost.usd / count, latency_s=0.0, queue_s=0.0,
        )  # fmt: skip


def _reserved(reservation: ReservationRequest, run_id: str) -> dict[str, Any]:
    return {name: getattr(reservation, name) for name in ReservationRequest.__slots__} | {
        "run_id": run_id,
        "at": datetime.now(UTC).timestamp(),
    }


def _row(call: Call) -> dict[str, Any]:
    at = datetime.fromtimestamp(call.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    kept = {name: getattr(call, name) for name in Call.__slots__ if name != "reservation"}
    return kept | {"at": at, "fixed": int(call.fixed), "batch": int(call.batch)}


def freed(names: list[str]) -> Any:
    """Return the statement that deletes these reservations."""
    return delete(llm_reservations).where(llm_reservations.c.reservation.in_(listed(names)))


def _died(connection: Connection, run_id: str, one: LeftoverReservation, paid: PaidReply | None) -> Call:
    """Return the record of a call in flight, with the cost of its cached reply, or its maximum cost if there is no
    reply.
    """
    if paid is not None and paid.whole:
        paid = _without_recorded(connection, run_id, one.key, paid)
    most = PaidReply(one.usd, 0, one.tokens)
    cost = paid or most
    return Call(
        at=one.at, stage=one.stage, term=one.term, model=one.model, provider="", prompt_version=one.prompt_version,
        key=one.key, kind="ask", attempt=1, outcome="ok" if paid else "interrupted",
        message=None if paid else "the run died during this call", tokens_in=cost.tokens_in, tokens_out=cost.tokens_out,
        tokens_cached=0, tokens_reasoning=0, usd=cost.usd, latency_s=0.0, queue_s=0.0, reservation=one.reservation,
        booked="reported" if paid else "reserved",
    )  # fmt: skip


def _without_recorded(connection: Connection, run_id: str, key: str, paid: PaidReply) -> PaidReply | None:
    """Subtract the cost of the run's recorded calls for the same request, and return the rest, or None if nothing is
    left.
    """
    call = llm_calls.c
    sums = [func.coalesce(func.sum(column), 0) for column in (call.usd, call.tokens_in, call.tokens_out)]
    usd, tokens_in, tokens_out = connection.execute(select(*sums).where(call.run_id == run_id, call.key == key)).one()
    left = PaidReply(
        None if paid.usd is None else max(0.0, paid.usd - usd), max(0, paid.tokens_in - tokens_in),
        max(0, paid.tokens_out - tokens_out),
    )  # fmt: skip
    return left if left.tokens_in or left.tokens_out else None


def _working_with(run_id: str) -> Select[Any]:
    """Return a query for earlier runs that write the same layers and have not ended, earliest first."""
    me, fingerprint = runs.c, select(runs.c.fingerprint).where(runs.c.run_id == run_id).scalar_subquery()
    same = (me.kind == "run", me.ended.is_(None), me.fingerprint == fingerprint, me.fingerprint != "")
    return select(me.run_id).where(*same, me.run_id != run_id).order_by(me.started, me.run_id)


def last_run() -> Select[Any]:
    """Return a query for the last pipeline run's ID, even if the clock was wrong when the run began.

    Runs for model probes and for nodes called by hand have no fingerprint, so they do not count as pipeline runs.
    """
    of_pipelines = (runs.c.kind == "run", runs.c.fingerprint != "")
    return select(runs.c.run_id).where(*of_pipelines).order_by(text("rowid DESC")).limit(1)
