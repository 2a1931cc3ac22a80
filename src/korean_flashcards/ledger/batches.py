"""List import batches, show a batch's details, and count the words found in no other batch."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from sqlalchemy import ColumnElement, Connection, Select, func, select

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.db.export_tables import exported_items
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import (
    import_batches,
    import_rows,
    import_warnings,
    reviewed_items,
    tasks,
    vocabulary_items,
)

STATES = ("pending", "processing", "completed", "partial", "failed")
_NEAREST = 5
# The columns to show. The other columns (sha256, run_id) are internal.
_COLUMNS = (
    "batch_id", "state", "created", "finished", "file", "source", "rows", "imported", "duplicates", "rejected", "tag",
    "priority", "on_duplicate", "message",
)  # fmt: skip


@dataclass(frozen=True)
class BatchListing:
    """The newest batches.

    Each entry in ``rows`` contains columns from ``import_batches``. ``more`` is the number of older batches that are
    not included.
    """

    rows: list[dict[str, Any]]
    more: int


@dataclass(frozen=True)
class BatchDetails:
    """A batch with its counts, rejects, warnings, and duplicates.

    Attributes:
        batch: The batch's row in ``import_batches``.
        words: Number of distinct words that the batch's rows refer to.
        own_words: Number of words that this batch added.
        exported: Number of the batch's words whose cards are in a deck.
        stages: Number of tasks for the batch's words, by stage and state.
        rejects: The rejected rows, each with row, code, reason, and text.
        warnings: The warnings, each with row, item_id, code, and reason.
        duplicates_of: The batches that added the words in this batch's duplicate rows, each with batch_id and rows (the
            number of duplicate rows), sorted by rows in descending order. This batch is included if its file contains a
            word more than once.
    """

    batch: dict[str, Any]
    words: int
    own_words: int
    exported: int
    stages: dict[str, dict[str, int]]
    rejects: list[dict[str, Any]]
    warnings: list[dict[str, Any]]
    duplicates_of: list[dict[str, Any]]


@dataclass(frozen=True)
class OnlyHere:
    """Counts for the words found in only one batch: words, completed tasks, exports, and reviews."""

    words: int
    done: int
    exported: int
    reviewed: int


@dataclass(frozen=True)
class ImportTotals:
    """Totals for all imports.

    ``rejected`` counts only rows in the last imported version of each list. ``newest`` maps each list's source to the
    SHA-256 hash of the last imported version.
    """

    batches: int
    words: int
    rejected: int
    newest: dict[str, str]


def totals(store: LedgerStore) -> ImportTotals:
    """Return the totals for all successful imports, including partial ones."""
    one = import_batches.c
    query = (
        select(one.source, one.sha256, one.rejected).where(one.state.in_(["completed", "partial"])).order_by(one.number)
    )
    with store.read() as connection:
        rows = connection.execute(query).tuples().all()
        words = connection.execute(select(func.count()).select_from(vocabulary_items)).scalar_one()
    rejected = {source: count for source, _, count in rows}
    return ImportTotals(len(rows), words, sum(rejected.values()), {source: sha256 for source, sha256, _ in rows})


def listing(
    store: LedgerStore,
    state: str | None = None,
    tag: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int = 20,
) -> BatchListing:
    """Return up to ``limit`` import batches, newest first.

    ``since`` (inclusive) and ``until`` (exclusive) are UTC times in ISO 8601.
    """
    columns = import_batches.c
    wanted: list[ColumnElement[bool]] = []
    if state is not None:
        wanted.append(columns.state == state)
    if tag is not None:
        wanted.append(columns.tag == tag)
    if since is not None:
        wanted.append(columns.created >= since)
    if until is not None:
        wanted.append(columns.created < until)
    newest = select(*_shown()).where(*wanted).order_by(columns.number.desc()).limit(limit)
    with store.read() as connection:
        rows = [dict(row) for row in connection.execute(newest).mappings()]
        known = connection.execute(select(func.count()).select_from(import_batches).where(*wanted)).scalar_one()
    return BatchListing(rows, known - len(rows))


def status(store: LedgerStore, batch_id: str) -> BatchDetails:
    """Return a batch's details.

    Raises:
        LedgerError: The batch does not exist. The message suggests batches with similar names.
    """
    with store.read() as connection:
        number = batch_number(connection, batch_id)
        batch = connection.execute(select(*_shown()).where(import_batches.c.number == number)).mappings().one()
        return BatchDetails(
            batch=dict(batch),
            **_word_count(connection, number),
            stages=_stages(connection, number),
            rejects=rejected_rows(connection, number),
            warnings=_warnings(connection, number),
            duplicates_of=_duplicates_of(connection, number),
        )


def only_here(store: LedgerStore, batch_id: str) -> OnlyHere:
    """Count the words that rolling back the batch would remove, and their completed tasks, exports, and reviews.

    Raises LedgerError if the batch does not exist.
    """
    items, rows = vocabulary_items.c, import_rows.c
    with store.read() as connection:
        number = batch_number(connection, batch_id)
        elsewhere = select(rows.item_id).where(rows.item_id == items.item_id, rows.batch != number).exists()
        words = select(items.item_id).where(items.batch == number, ~elsewhere).cte("words")
        done = tasks.c.stage.in_(get_args(Stage)) & (tasks.c.state == "done")
        queries = (
            select(func.count()).select_from(words),
            select(func.count()).select_from(tasks).where(done, tasks.c.item_id.in_(select(words.c.item_id))),
            select(func.count()).where(exported_items.c.item_id.in_(select(words.c.item_id))),
            select(func.count()).where(reviewed_items.c.item_id.in_(select(words.c.item_id))),
        )
        return OnlyHere(*(connection.execute(query).scalar_one() for query in queries))


def batch_number(connection: Connection, batch_id: str) -> int:
    """Return the batch's number in ``import_batches``. Raises LedgerError if the batch does not exist."""
    query = select(import_batches.c.number).where(import_batches.c.batch_id == batch_id)
    number: int | None = connection.execute(query).scalar_one_or_none()
    if number is None:
        newest = select(import_batches.c.batch_id).order_by(import_batches.c.number.desc())
        raise LedgerError(_unknown(batch_id, connection.execute(newest).scalars().all()))
    return number


def _unknown(batch_id: str, known: Sequence[str]) -> str:
    if near := difflib.get_close_matches(batch_id, known, n=_NEAREST):
        hint = f"Did you mean {' or '.join(near)}?"
    else:
        newest = f"The newest batches are {', '.join(known[:_NEAREST])}." if len(known) > 1 else ""
        hint = newest or (f"The only batch is {known[0]}." if known else "No word list has been imported yet.")
    return f"There is no batch named {batch_id}. {hint} `kedro ingress list` shows all batches."


def updated_rows() -> ColumnElement[int]:
    """Return a column, for queries on ``import_batches``, with the number of duplicate rows that updated a word."""
    rows = import_rows.c
    query = select(func.count()).where(rows.batch == import_batches.c.number, rows.updated == 1)
    return query.correlate(import_batches).scalar_subquery().label("updated")


def _shown() -> list[ColumnElement[Any]]:
    return [*(import_batches.c[name] for name in _COLUMNS), updated_rows()]


def words_of(number: int) -> Select[Any]:
    """Return a subquery for the item IDs of all words in a batch, including words that another batch added."""
    rows = import_rows.c
    return select(rows.item_id).where(rows.batch == number, rows.item_id.is_not(None))


def _word_count(connection: Connection, number: int) -> dict[str, int]:
    words = select(func.count(import_rows.c.item_id.distinct())).where(import_rows.c.batch == number)
    own = select(func.count()).where(vocabulary_items.c.batch == number)
    exported = select(func.count()).where(exported_items.c.item_id.in_(words_of(number)))
    queries = {"words": words, "own_words": own, "exported": exported}
    return {name: connection.execute(query).scalar_one() for name, query in queries.items()}


def _stages(connection: Connection, number: int) -> dict[str, dict[str, int]]:
    query = (
        select(tasks.c.stage, tasks.c.state, func.count())
        # Naming every stage lets SQLite use the index that starts with the stage.
        .where(tasks.c.stage.in_(get_args(Stage)), tasks.c.item_id.in_(words_of(number)))
        .group_by(tasks.c.stage, tasks.c.state)
        .order_by(tasks.c.stage.desc())
    )
    stages: dict[str, dict[str, int]] = {}
    for stage, state, count in connection.execute(query):
        stages.setdefault(stage, {})[state] = count
    return stages


def rejected_rows(connection: Connection, number: int) -> list[dict[str, Any]]:
    """Return a batch's rejected rows, each with row, code, reason, and text."""
    rows = import_rows.c
    query = (
        select(rows.row, rows.code, rows.reason, rows.text)
        .where(rows.batch == number, rows.outcome == "rejected")
        .order_by(rows.row)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _warnings(connection: Connection, number: int) -> list[dict[str, Any]]:
    warnings, rows = import_warnings.c, import_rows.c
    query = (
        select(warnings.row, rows.item_id, warnings.code, warnings.reason)
        .join_from(import_warnings, import_rows, (rows.batch == warnings.batch) & (rows.row == warnings.row))
        .where(warnings.batch == number)
        .order_by(warnings.row, warnings.number)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _duplicates_of(connection: Connection, number: int) -> list[dict[str, Any]]:
    rows, items = import_rows.c, vocabulary_items.c
    counted = (
        select(items.batch, func.count().label("rows"))
        .join_from(import_rows, vocabulary_items, items.item_id == rows.item_id)
        .where(rows.batch == number, rows.outcome == "duplicate")
        .group_by(items.batch)
        .subquery()
    )
    query = (
        select(import_batches.c.batch_id, counted.c.rows)
        .join_from(counted, import_batches, import_batches.c.number == counted.c.batch)
        .order_by(counted.c.rows.desc(), counted.c.batch)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
