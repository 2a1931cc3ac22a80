"""Show the task queue to users: list tasks, show a word, and resolve words to item IDs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, get_args

from sqlalchemy import ColumnElement, Connection, func, or_, select

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.records import Stage
from korean_flashcards.korean.near import stem
from korean_flashcards.ledger.batches import batch_number, words_of
from korean_flashcards.ledger.db.export_tables import exported_items
from korean_flashcards.ledger.db.in_lists import listed
from korean_flashcards.ledger.db.prompt_tables import prompt_versions
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import (
    import_batches,
    import_rows,
    runs,
    tasks,
    vocabulary_items,
)

STAGES: tuple[str, ...] = get_args(Stage)
STATES = ("pending", "running", "done", "failed", "dead", "dropped")
_NEAREST = 5
# Stage names are in descending order, so that a word's analysis (nuance) comes first.
_QUEUE = (
    tasks.c.priority.desc(), tasks.c.frequency.desc(), tasks.c.position, tasks.c.item_id, tasks.c.stage.desc()
)  # fmt: skip
_LISTED = ("item_id", "stage", "state", "priority", "attempts", "code", "message", "stale", "pinned")
# Columns that are internal to the ledger.
_OF_THE_LEDGER = {"stem", "batch", "row"}


@dataclass(frozen=True)
class Filters:
    """Filters for tasks. A task must match all given filters.

    ``words`` contains item IDs or headwords; a headword selects all its homographs.
    """

    words: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    batch: str | None = None
    stale: bool = False


@dataclass(frozen=True)
class TaskListing:
    """The first tasks that match the filters.

    Attributes:
        rows: The tasks, each with item_id, stage, state, priority, attempts, code, message, stale, and pinned.
        more: Number of matching tasks that are not in ``rows``.
        states: Number of matching tasks by state, in the order of STATES.
    """

    rows: list[dict[str, Any]]
    more: int
    states: dict[str, int]


@dataclass(frozen=True)
class WordRecord:
    """A word with its tasks, rows, and exports.

    Attributes:
        item: The word's values.
        tasks: All columns of the word's tasks, plus ``prompt_number`` and the run that holds the lease.
        rows: The word's rows in all batches, each with batch_id, file, row, outcome, updated, and created.
        exported: Times of the first and last export, or None if the word has never been exported.
    """

    item: dict[str, Any]
    tasks: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    exported: dict[str, Any] | None


def listing(store: LedgerStore, filters: Filters, limit: int = 50) -> TaskListing:
    """Return the first tasks that match the filters, in queue order.

    Raises:
        LedgerError: A given batch or word is not in the ledger.
    """
    with store.read() as connection:
        fits = conditions(connection, filters)
        counted = select(tasks.c.state, func.count()).where(*fits).group_by(tasks.c.state)
        states: dict[str, int] = dict(connection.execute(counted).tuples().all())
        rows = _first(connection, filters, fits, limit)
    rows.sort(key=lambda row: (-row["priority"], -row["frequency"], row["position"], row["item_id"], _place(row)))
    shown = [{name: row[name] for name in _LISTED} for row in rows[:limit]]
    return TaskListing(
        shown, sum(states.values()) - len(shown), {state: states[state] for state in STATES if state in states}
    )


def show(store: LedgerStore, word: str) -> list[WordRecord]:
    """Return the word with this item ID, or all homographs of this headword.

    Raises:
        LedgerError: The word is not in the ledger. The message suggests similar words.
    """
    with store.read() as connection:
        return [_word(connection, item_id) for item_id in item_ids(connection, [word])]


def conditions(connection: Connection, filters: Filters) -> list[ColumnElement[bool]]:
    """Return the filters as conditions on the ``tasks`` table.

    Raises:
        LedgerError: A given batch or word is not in the ledger.
    """
    # There is always a condition on the stage, because the indexes start with the stage.
    fits: list[ColumnElement[bool]] = [tasks.c.stage.in_(filters.stages or STAGES)]
    if filters.states:
        fits.append(tasks.c.state.in_(filters.states))
    if filters.codes:
        fits.append(tasks.c.code.in_(filters.codes))
    if filters.stale:
        fits.append(tasks.c.stale.is_not(None))
    if filters.words:
        fits.append(tasks.c.item_id.in_(listed(item_ids(connection, filters.words))))
    if filters.batch is not None:
        fits.append(tasks.c.item_id.in_(words_of(batch_number(connection, filters.batch))))
    return fits


def item_ids(connection: Connection, words: Sequence[str]) -> list[str]:
    """Return the words' item IDs, sorted by headword and homograph number.

    Args:
        connection: A connection to the ledger.
        words: Item IDs or headwords. A headword selects all its homographs.

    Raises:
        LedgerError: A word is not in the ledger. The message suggests similar words.
    """
    wanted = [clean(word).strip() for word in words]
    items = vocabulary_items.c
    query = (
        select(items.item_id, items.term)
        .where(or_(items.item_id.in_(listed(wanted)), items.term.in_(listed(wanted))))
        .order_by(items.term, items.homograph)
    )
    found = connection.execute(query).tuples().all()
    known = {name for pair in found for name in pair}
    for word in wanted:
        if word not in known:
            raise LedgerError(_unknown(connection, word))
    return [item_id for item_id, _ in found]


def _unknown(connection: Connection, word: str) -> str:
    items = vocabulary_items.c
    term = word.partition("#")[0]
    # A range condition uses the index; LIKE does not.
    like = [items.term.between(prefix, prefix + "\U0010ffff") for prefix in (term, term[:-1]) if prefix]
    near = select(items.item_id).order_by(func.length(items.term), items.item_id).limit(_NEAREST)
    for fits in [items.stem == stem(term), *like]:
        if found := connection.execute(near.where(fits)).scalars().all():
            hint = f"Did you mean {', '.join(found)}?"
            break
    else:
        hint = "`kedro tasks list` lists the words."
    return f"The word {word} is not in the ledger. {hint}"


def _first(
    connection: Connection, filters: Filters, fits: list[ColumnElement[bool]], limit: int
) -> list[dict[str, Any]]:
    """Return matching tasks in any order, including at least the first ``limit`` tasks in the queue."""
    columns = [tasks.c[name] for name in (*_LISTED, "frequency", "position")]
    first = select(*columns).where(*fits).order_by(*_QUEUE).limit(limit)
    queries = [first]
    if not filters.words and filters.batch is None:
        # Within one stage and state, the index is in queue order, so SQLite does not sort the whole queue.
        places = product(filters.stages or STAGES, filters.states or STATES)
        queries = [first.where(tasks.c.stage == stage, tasks.c.state == state) for stage, state in places]
    return [dict(row) for query in queries for row in connection.execute(query).mappings()]


def _place(row: dict[str, Any]) -> int:
    return STAGES.index(row["stage"])


def _word(connection: Connection, item_id: str) -> WordRecord:
    values = [column for column in vocabulary_items.c if column.name not in _OF_THE_LEDGER]
    item = connection.execute(select(*values).where(vocabulary_items.c.item_id == item_id)).mappings().one()
    exported = select(exported_items.c.first_exported, exported_items.c.last_exported).where(
        exported_items.c.item_id == item_id
    )
    found = connection.execute(exported).mappings().one_or_none()
    return WordRecord(
        {**item, "tags": json.loads(item["tags"])},
        _tasks_of(connection, item_id),
        _rows_of(connection, item_id),
        dict(found) if found else None,
    )


def _tasks_of(connection: Connection, item_id: str) -> list[dict[str, Any]]:
    version = (prompt_versions.c.stage == tasks.c.stage) & (prompt_versions.c.version == tasks.c.prompt_version)
    query = (
        select(
            tasks, prompt_versions.c.number.label("prompt_number"), runs.c.host.label("run_host"),
            runs.c.pid.label("run_pid"), runs.c.started.label("run_started"),
        )
        .outerjoin_from(tasks, prompt_versions, version)
        .outerjoin(runs, runs.c.run_id == tasks.c.run_id)
        .where(tasks.c.item_id == item_id)
    )  # fmt: skip
    return sorted((dict(row) for row in connection.execute(query).mappings()), key=_place)


def _rows_of(connection: Connection, item_id: str) -> list[dict[str, Any]]:
    batches, rows = import_batches.c, import_rows.c
    query = (
        select(batches.batch_id, batches.file, rows.row, rows.outcome, rows.updated, batches.created)
        .join_from(import_rows, import_batches, batches.number == rows.batch)
        .where(rows.item_id == item_id)
        .order_by(rows.batch, rows.row)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
