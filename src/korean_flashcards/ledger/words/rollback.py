"""Roll back an import batch, and clean up empty batches and ended runs."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, delete, func, insert, select, update

from korean_flashcards.domain.errors import ExportedCardsError, LedgerError
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.batches import batch_number
from korean_flashcards.ledger.db.export_tables import exported_items
from korean_flashcards.ledger.db.in_lists import chunks
from korean_flashcards.ledger.db.runs import Runs
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import (
    history,
    import_batches,
    import_rows,
    reviewed_items,
    runs,
    tasks,
    vocabulary_items,
)
from korean_flashcards.ledger.run_history import add_to_days
from korean_flashcards.ledger.words.identity import derived
from korean_flashcards.ledger.words.item_values import change_values

ROLLED_BACK = "rolled back"
_UNFINISHED = ("pending", "processing")


@dataclass(frozen=True)
class RolledBack:
    """The result of a rollback.

    Attributes:
        batch_id: The removed batch.
        rows: Number of removed rows.
        removed: Number of removed words.
        kept: Number of words that the batch added but that were kept because other batches also contain them.
        restored: Number of words from other batches that the batch had updated and whose old values were restored.
        exported: Number of removed words with cards in a deck.
        reviewed: Number of removed words with reviews. Reviews and edits of removed words apply again if the words are
            imported again.
        backup: The backup of the ledger made before the rollback.
    """

    batch_id: str
    rows: int
    removed: int
    kept: int
    restored: int
    exported: int
    reviewed: int
    backup: Path


@dataclass(frozen=True)
class Cleaned:
    """The numbers of empty batches and ended runs that a cleanup removed or, in a dry run, would have removed."""

    batches: int
    runs: int


def rollback(
    store: LedgerStore, ledger_runs: Runs, batch_id: str, confirmed: bool, backup: Callable[[], Path]
) -> RolledBack:
    """Remove everything that only this batch added, in one transaction, after calling ``backup``.

    Words that other batches also contain are assigned to the earliest of those batches. Replies stay in the cache.

    Raises:
        ExportedCardsError: The words have cards in a deck, and the rollback is not ``confirmed``. Nothing is changed.
        LedgerError: The batch does not exist, or an active process is using it. Nothing is changed.
    """
    ledger_runs.sweep()
    with store.read() as connection:
        _refuse(connection, ledger_runs, batch_id, confirmed)
    made = backup()
    with store.write() as connection:
        number = _refuse(connection, ledger_runs, batch_id, confirmed)
        done = _remove(connection, number, batch_id, made)
        details = {name: value for name, value in asdict(done).items() if name != "backup"}
        entry = {
            "at": now(),
            "event": ROLLED_BACK,
            "backup": str(made),
            "details": json.dumps(details, ensure_ascii=False),
        }
        connection.execute(insert(history).values(entry))
    return done


def cleanup(store: LedgerStore, ledger_runs: Runs, older_than: timedelta, dry_run: bool) -> Cleaned:
    """Remove runs and empty batches that ended more than ``older_than`` ago.

    An empty batch is a batch without words: either it failed, or it contains only rejected rows. With ``dry_run``,
    count the runs and batches without removing them. The sums of the removed runs are kept by day.
    """
    before = (datetime.now(UTC) - older_than).strftime("%Y-%m-%dT%H:%M:%SZ")
    if not dry_run:
        ledger_runs.sweep()
    with _unit(store, dry_run) as connection:
        batches = import_batches.c
        old = batches.finished < before
        empty = select(batches.number).where(old, batches.imported == 0, batches.duplicates == 0)
        connection.execute(delete(import_rows).where(import_rows.c.batch.in_(empty)))
        removed = connection.execute(delete(import_batches).where(batches.number.in_(empty))).rowcount
        named = [select(column).where(column == runs.c.run_id).exists() for column in (tasks.c.run_id, batches.run_id)]
        unused = (runs.c.ended < before, ~named[0], ~named[1])
        add_to_days(connection, select(runs.c.run_id).where(*unused))
        ended = connection.execute(delete(runs).where(*unused)).rowcount
        return Cleaned(removed, ended)


@contextmanager
def _unit(store: LedgerStore, dry_run: bool) -> Iterator[Connection]:
    """Yield a connection in a transaction that is rolled back at the end of a dry run."""
    with store.write() as connection:
        yield connection
        if dry_run:
            connection.rollback()


def _refuse(connection: Connection, ledger_runs: Runs, batch_id: str, confirmed: bool) -> int:
    """Return the batch's number. Raises LedgerError if the batch cannot be rolled back."""
    number = batch_number(connection, batch_id)
    batch = connection.execute(select(import_batches).where(import_batches.c.number == number)).mappings().one()
    if batch["state"] in _UNFINISHED:
        raise LedgerError(f"{batch_id} is being imported. Nothing was changed. Wait for the import to finish.")
    leased = (
        select(tasks.c.run_id)
        .join(vocabulary_items, vocabulary_items.c.item_id == tasks.c.item_id)
        .where(vocabulary_items.c.batch == number, tasks.c.state == "running", tasks.c.leased_until > time.time())
        .distinct()
    )
    if any(ledger_runs.alive(run_id) for run_id in connection.execute(leased).scalars()):
        raise LedgerError(
            f"A run is processing words from {batch_id}. Nothing was changed. Wait for the run to finish, or stop it. "
            "Then run the same command again."
        )
    exported = _exported(connection, number)
    if exported and not confirmed:
        raise ExportedCardsError(
            f"{counted(exported, 'word')} found only in {batch_id} {'has' if exported == 1 else 'have'} cards in "
            "a deck. Nothing was changed. Pass --yes to remove the words anyway. Cards that you have already imported "
            "into Anki stay there. If a word is imported again, it gets its homograph number back.",
            exported,
        )
    return number


def _heirs(number: int) -> Select[Any]:
    """Return a query that finds, for each word that the batch added, the earliest row in a different batch.

    The columns are the item ID, batch, and row.
    """
    rows, items = import_rows.c, vocabulary_items.c
    own = select(items.item_id).where(items.batch == number)
    place = func.row_number().over(partition_by=rows.item_id, order_by=(rows.batch, rows.row)).label("place")
    ranked = (
        select(rows.item_id, rows.batch, rows.row, place).where(rows.item_id.in_(own), rows.batch != number).subquery()
    )
    return select(ranked.c.item_id, ranked.c.batch, ranked.c.row).where(ranked.c.place == 1)


def _alone(number: int) -> ColumnElement[bool]:
    """Return a condition for the words that only this batch contains."""
    items, rows = vocabulary_items.c, import_rows.c
    other = select(rows.item_id).where(rows.item_id == items.item_id, rows.batch != number).exists()
    return (items.batch == number) & ~other


def _exported(connection: Connection, number: int) -> int:
    return _known_to(connection, exported_items, number)


def _known_to(connection: Connection, table: Table, number: int) -> int:
    """Return the number of words that only this batch contains and that appear in ``table``."""
    known = select(table.c.item_id).where(table.c.item_id == vocabulary_items.c.item_id).exists()
    return connection.execute(select(func.count()).where(_alone(number), known)).scalar_one()


def _remove(connection: Connection, number: int, batch_id: str, backup: Path) -> RolledBack:
    rows, items = import_rows.c, vocabulary_items.c
    exported, reviewed = _exported(connection, number), _known_to(connection, reviewed_items, number)
    heirs = [(item_id, batch, row) for item_id, batch, row in connection.execute(_heirs(number))]
    owned = select(items.item_id).where(items.batch == number)
    corrected = (
        select(rows.item_id).where(rows.batch == number, rows.updated == 1, rows.item_id.not_in(owned)).distinct()
    )
    restored = list(connection.execute(corrected).scalars())
    count = connection.execute(delete(import_rows).where(rows.batch == number)).rowcount
    _hand_over(connection, heirs)
    removed = connection.execute(delete(vocabulary_items).where(items.batch == number)).rowcount
    _derive_again(connection, [*(item_id for item_id, _, _ in heirs), *restored])
    connection.execute(delete(import_batches).where(import_batches.c.number == number))
    return RolledBack(batch_id, count, removed, len(heirs), len(restored), exported, reviewed, backup)


def _hand_over(connection: Connection, heirs: Sequence[tuple[str, int, int]]) -> None:
    """Record these rows as the rows that added their words."""
    if not heirs:
        return
    keys = [{"id": item_id, "its_batch": batch, "its_row": row} for item_id, batch, row in heirs]
    at_row = (import_rows.c.batch == bindparam("its_batch")) & (import_rows.c.row == bindparam("its_row"))
    brought = {"outcome": "imported", "updated": 0}
    connection.execute(
        update(import_rows).where(at_row, import_rows.c.item_id == bindparam("id")).values(brought), keys
    )
    owner: dict[str, Any] = {"batch": bindparam("its_batch"), "row": bindparam("its_row")}
    connection.execute(
        update(vocabulary_items).where(vocabulary_items.c.item_id == bindparam("id")).values(owner), keys
    )
    batches = import_batches.c
    for batch, group in groupby(sorted(heirs, key=lambda heir: heir[1]), key=lambda heir: heir[1]):
        shifted = len(list(group))
        counts = {"imported": batches.imported + shifted, "duplicates": batches.duplicates - shifted}
        connection.execute(update(import_batches).where(batches.number == batch).values(counts))


def _derive_again(connection: Connection, item_ids: Sequence[str]) -> None:
    """Recompute the words' values from their remaining rows."""
    rows = import_rows.c
    for ids in chunks(item_ids):
        query = (
            select(rows.item_id, import_batches.c.source, import_batches.c.on_duplicate, rows.item)
            .join_from(import_rows, import_batches, import_batches.c.number == rows.batch)
            .where(rows.item_id.in_(ids), (rows.outcome == "imported") | (rows.updated == 1))
            .order_by(rows.item_id, rows.batch, rows.row)
        )
        found = groupby(connection.execute(query).tuples(), key=lambda row: row[0])
        change_values(
            connection,
            [
                (item_id, derived((source, mode, json.loads(item)) for _, source, mode, item in group))
                for item_id, group in found
            ],
        )
