"""Record provider batches before they are submitted. A batch is open until all of its requests have finished."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from korean_flashcards.domain.calls import BatchLine, BatchStart, Call, ProviderBatch, ReservationRequest
from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.parameters import BudgetParameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.db.in_lists import chunks, listed
from korean_flashcards.ledger.db.llm_tables import llm_batch_requests, llm_batches, llm_reservations
from korean_flashcards.ledger.db.runs import Runs
from korean_flashcards.ledger.db.spending_log import LoggedSpending
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.spending.budgets import LedgerBudgets, freed, record

UNDONE = "undone"

_BATCH = [llm_batches.c[name] for name in ProviderBatch.__slots__]
_OPEN = llm_batch_requests.c.outcome.is_(None)
# Columns that change after a batch is recorded.
_CHANGING = ("provider_id", "file_id", "state", "done", "failed", "message")


class ListedBatch(NamedTuple):
    """A listed batch. ``open`` is the number of pending requests; ``usd`` is the amount reserved for them."""

    batch: ProviderBatch
    finished: str | None
    open: int
    usd: float


class LedgerBatches:
    """The ledger's provider batches and their requests. While a run is active, no other run can use its batches."""

    def __init__(self, store: LedgerStore, runs: Runs, budgets: LedgerBudgets) -> None:
        self._store, self._runs, self._budgets = store, runs, budgets

    def under_way(self, keys: Iterable[str]) -> dict[str, ProviderBatch]:
        """Return the open batch that contains each request, by cache key.

        Requests that are not in an open batch are omitted.
        """
        lines, found = llm_batch_requests.c, {}
        query = select(lines.key, *_BATCH).join(llm_batches, llm_batches.c.batch_id == lines.batch_id).where(_OPEN)
        with self._store.read() as connection:
            for part in chunks(list(keys), 10_000):
                for key, *values in connection.execute(query.where(lines.key.in_(listed(part)))).tuples():
                    found[key] = ProviderBatch(*values)
        return found

    def waiting(self, stage: Stage) -> bool:
        """Return whether the stage has an open batch."""
        one = llm_batches.c
        query = select(one.batch_id).where(one.stage == stage, one.finished.is_(None)).limit(1)
        with self._store.read() as connection:
            return connection.execute(query).first() is not None

    def take(self, stage: Stage) -> tuple[list[ProviderBatch], bool]:
        """Claim the stage's open batches.

        Return the claimed batches, oldest first, and whether other runs hold more batches.
        """
        run_id, one = self._runs.enter("run"), llm_batches.c
        query = select(one.held_by, *_BATCH).where(one.stage == stage, one.finished.is_(None))
        with self._store.write() as connection:
            rows = connection.execute(query.order_by(one.created, one.batch_id)).tuples().all()
            mine = [ProviderBatch(*batch) for holder, *batch in rows if self._free(holder, run_id)]
            ids = listed([batch.batch_id for batch in mine])
            connection.execute(update(llm_batches).where(one.batch_id.in_(ids)).values(held_by=run_id))
        return mine, len(mine) < len(rows)

    def leave(self) -> None:
        """Release the batches that this run claimed."""
        held = llm_batches.c.held_by
        with self._store.write() as connection:
            connection.execute(update(llm_batches).where(held == self._runs.current).values(held_by=None))

    def lines(self, batch: ProviderBatch) -> dict[str, BatchLine]:
        """Return the batch's pending requests, by cache key."""
        with self._store.read() as connection:
            return _lines(connection, batch.batch_id)

    def begin(
        self, batch: ProviderBatch, reservations: Sequence[ReservationRequest], budget: BudgetParameters
    ) -> BatchStart:
        """Record a batch of the requests that fit in the budget and are not already in an open batch."""
        run_id = self._runs.enter("run")
        key = llm_batch_requests.c.key
        with self._store.write() as connection:
            names = listed([reservation.key for reservation in reservations])
            taken = set(connection.execute(select(key).where(_OPEN, key.in_(names))).scalars())
            free = [reservation for reservation in reservations if reservation.key not in taken]
            result = self._budgets.set_aside(connection, run_id, free, budget, batch.batch_id)
            held = free[: result.granted]
            if held:
                row = asdict(batch) | {"total": len(held), "run_id": run_id, "held_by": run_id}
                connection.execute(insert(llm_batches).values(row))
                of_line = {"batch_id": batch.batch_id}
                lines = [
                    of_line | {name: getattr(reservation, name) for name in BatchLine.__slots__} for reservation in held
                ]
                connection.execute(insert(llm_batch_requests), lines)
        return BatchStart(frozenset(reservation.key for reservation in held), result.refused)

    def note(self, batch: ProviderBatch) -> None:
        """Update the batch's recorded state."""
        values = {name: getattr(batch, name) for name in _CHANGING}
        with self._store.write() as connection:
            connection.execute(_of(batch.batch_id).values(values))

    def settle(self, batch: ProviderBatch, calls: Sequence[Call], undone: Iterable[str]) -> None:
        """Record finished requests and release their reservations, in one transaction.

        Requests that have already been recorded are ignored. When the last request has finished, the batch is marked as
        finished.

        Args:
            batch: The batch.
            calls: One call for each request with a reply. The cost counts toward the run that submitted the batch.
            undone: Keys of requests that the provider did not process.
        """
        spending: list[LoggedSpending] = []
        with self._store.write() as connection:
            lines = _lines(connection, batch.batch_id)
            completed = [call for call in calls if call.key in lines]
            free = [lines[key].reservation for key in undone if key in lines]
            if completed:
                run_id = connection.execute(select(llm_batches.c.run_id).where(_is(batch.batch_id))).scalar_one()
                spending = record(connection, completed, run_id, self._budgets.first_run(connection, run_id))
            if free:
                connection.execute(freed(free))
            ends = {call.key: call.outcome for call in completed} | {key: UNDONE for key in undone if key in lines}
            if ends:
                rows = [{"line": key, "ended": outcome} for key, outcome in ends.items()]
                key = llm_batch_requests.c
                statement = update(llm_batch_requests).where(
                    key.batch_id == batch.batch_id, key.key == bindparam("line")
                )
                connection.execute(statement.values(outcome=bindparam("ended")), rows)
            if len(ends) == len(lines):
                connection.execute(_of(batch.batch_id).values(finished=now(), held_by=None))
        self._budgets.log.add(spending)

    def listing(self, everything: bool = False) -> list[ListedBatch]:
        """Return the open batches, or all batches, newest first."""
        one, lines, held = llm_batches.c, llm_batch_requests, llm_reservations.c
        open_lines = select(func.count()).where(lines.c.batch_id == one.batch_id, _OPEN).scalar_subquery()
        usd = select(func.coalesce(func.sum(held.usd), 0.0)).where(held.batch_id == one.batch_id).scalar_subquery()
        query = select(one.finished, open_lines, usd, *_BATCH).order_by(one.created.desc(), one.batch_id.desc())
        if not everything:
            query = query.where(one.finished.is_(None))
        with self._store.read() as connection:
            rows = connection.execute(query).tuples().all()
        return [ListedBatch(ProviderBatch(*batch), finished, count, money) for finished, count, money, *batch in rows]

    def named(self, name: str) -> ProviderBatch:
        """Return the open batch with this ID, which is either this project's or the provider's ID for the batch.

        Raises:
            LedgerError: There is no open batch with this ID, or an active run is using the batch.
        """
        one = llm_batches.c
        query = select(one.held_by, *_BATCH).where(or_(one.batch_id == name, one.provider_id == name))
        with self._store.read() as connection:
            row = connection.execute(query.where(one.finished.is_(None))).tuples().one_or_none()
        if row is None:
            raise LedgerError(
                f"There is no open batch with the ID {name}. Nothing was changed. "
                "To list the open batches, run `kedro llm batches list`."
            )
        holder, *values = row
        if not self._free(holder, self._runs.current):
            raise LedgerError(f"A run is using batch {name}. Nothing was changed. Wait for the run to finish.")
        return ProviderBatch(*values)

    def _free(self, holder: str | None, run_id: str | None) -> bool:
        return holder is None or holder == run_id or not self._runs.alive(holder)


def _lines(connection: Connection, batch_id: str) -> dict[str, BatchLine]:
    columns = [llm_batch_requests.c[name] for name in BatchLine.__slots__]
    query = select(*columns).where(llm_batch_requests.c.batch_id == batch_id, _OPEN)
    return {row[0]: BatchLine(*row) for row in connection.execute(query).tuples()}


def _is(batch_id: str) -> Any:
    return llm_batches.c.batch_id == batch_id


def _of(batch_id: str) -> Any:
    return update(llm_batches).where(_is(batch_id))
