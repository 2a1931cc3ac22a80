"""Change the queue at a user's request: retry, drop, or prioritize tasks. Each change is one transaction."""

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, func, select, update

from korean_flashcards.ledger.db.in_lists import chunks
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import tasks
from korean_flashcards.ledger.tasks.task_list import STATES, Filters, conditions

RETRIED = ("failed", "dead", "dropped")
DROPPED = ("pending", "failed", "dead")


@dataclass(frozen=True)
class Changes:
    """Counts of the tasks that match the filters, by state before the change.

    Attributes:
        changed: Number of changed tasks by state.
        left: Number of unchanged tasks by state.
        words: Number of words with changed tasks.
        records: Number of changed tasks with a record from an earlier system. The record stays in use until a run
            replaces it.
    """

    changed: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    words: int = 0
    records: int = 0


def retry(store: LedgerStore, filters: Filters, dry_run: bool = False) -> Changes:
    """Put failed, dead, and dropped tasks back in the queue with their attempt counts reset.

    Tasks with a record from an earlier system are requested again if the filters name words or a batch. Other done
    tasks stay unchanged, because the same request would only return the cached reply.

    Raises:
        LedgerError: A given batch or word is not in the ledger.
    """
    with _unit(store, dry_run) as connection:
        fits = conditions(connection, filters)
        again = tasks.c.state.in_(RETRIED)
        record = (tasks.c.state == "done") & (tasks.c.pinned == 1)
        named = bool(filters.words or filters.batch)
        changes = _changes(connection, fits, again | record if named else again)
        if not dry_run:
            fresh = {"state": "pending", "attempts": 0, "code": None, "message": None}
            connection.execute(update(tasks).where(again, *fits).values(fresh))
            if named:
                connection.execute(update(tasks).where(record, *fits).values(pinned=0))
        return changes


def drop(store: LedgerStore, filters: Filters, dry_run: bool = False) -> Changes:
    """Remove tasks from the queue until ``retry`` restores them. Running and done tasks stay unchanged.

    Raises:
        LedgerError: A given batch or word is not in the ledger.
    """
    with _unit(store, dry_run) as connection:
        fits = conditions(connection, filters)
        waiting = tasks.c.state.in_(DROPPED)
        changes = _changes(connection, fits, waiting)
        if not dry_run:
            connection.execute(update(tasks).where(waiting, *fits).values(state="dropped"))
        return changes


def forget_replies(store: LedgerStore, keys: Collection[str]) -> None:
    """Make finished tasks pending whose replies a user removed from the cache, so that the replies do not count as lost."""
    with store.write() as connection:
        for part in chunks(sorted(keys)):
            done = update(tasks).where(tasks.c.state == "done", tasks.c.key.in_(part))
            connection.execute(done.values(state="pending", attempts=0))


def prioritize(store: LedgerStore, priority: int, filters: Filters, dry_run: bool = False) -> Changes:
    """Set the priority, from 1 (lowest) to 10 (highest), of tasks in any state.

    Raises:
        LedgerError: A given batch or word is not in the ledger.
    """
    with _unit(store, dry_run) as connection:
        fits = conditions(connection, filters)
        other = tasks.c.priority != priority
        changes = _changes(connection, fits, other)
        if not dry_run:
            connection.execute(update(tasks).where(other, *fits).values(priority=priority))
        return changes


def forget_stale(store: LedgerStore) -> None:
    """Remove the reasons why tasks are stale, which describe the plan of the last run."""
    with store.write() as connection:
        connection.execute(update(tasks).where(tasks.c.stale.is_not(None)).values(stale=None))


def _unit(store: LedgerStore, dry_run: bool) -> AbstractContextManager[Connection]:
    return store.read() if dry_run else store.write()


def _changes(connection: Connection, fits: Iterable[ColumnElement[bool]], change: ColumnElement[bool]) -> Changes:
    """Count the tasks before the change, in the same transaction as the change."""
    pinned = func.sum(tasks.c.pinned)
    query = select(change.label("changes"), tasks.c.state, func.count(), pinned).where(*fits)
    changes = Changes()
    found = connection.execute(query.group_by("changes", tasks.c.state)).tuples().all()
    for state in STATES:
        for changed, known, count, _ in found:
            if known == state:
                (changes.changed if changed else changes.left)[state] = count
    words = select(func.count(tasks.c.item_id.distinct())).where(change, *fits)
    records = sum(pinned for changed, state, _, pinned in found if changed and state == "done")
    return Changes(changes.changed, changes.left, connection.execute(words).scalar_one(), records)
