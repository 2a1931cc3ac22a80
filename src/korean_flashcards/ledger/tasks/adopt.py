"""Adopt replies from an earlier system: mark their tasks as done and pin them, so that no run requests them again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, exists, func, select, update

from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.db.in_lists import chunks
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import import_batches, import_rows, tasks, vocabulary_items

# Model and prompt version of adopted tasks. Their cards get the tag "source:legacy" from this value.
MODEL = "legacy"
ALREADY_ADOPTED = "it was already imported"
_CONTENT: dict[Stage, str] = {"nuance": "an analysis", "flashcards": "cards"}


@dataclass(frozen=True)
class AdoptableReply:
    """A stored reply for the word in an imported row.

    Attributes:
        defined: Whether the row has a definition, which tells homographs apart.
    """

    row: int
    stage: Stage
    key: str
    defined: bool


@dataclass(frozen=True)
class Adoption:
    """The result of ``adopt``: the batch's row counts, and the outcome of each reply.

    Attributes:
        rejects: The rejected rows, each with its number, the rejection code, and the reason.
        outcomes: The outcome for each reply: None if it was adopted, ALREADY_ADOPTED if it was adopted earlier, or why
            it was rejected.
    """

    imported: int
    duplicates: int
    rejects: list[tuple[int, str, str]]
    outcomes: list[str | None]


def known_by_headword(store: LedgerStore, terms: Iterable[str], source: str) -> set[str]:
    """Return the terms that identify exactly one word in the ledger.

    A term that was imported earlier from this source still refers to the same word, even if later lists added
    homographs.

    Args:
        store: The ledger's database.
        terms: Headwords of rows without a definition.
        source: Source of the rows, as stored in ``import_batches``.
    """
    items, batches, rows = vocabulary_items.c, import_batches.c, import_rows.c
    before: dict[str, int] = {}
    counts: dict[str, int] = {}
    with store.read() as connection:
        for part in chunks(sorted(terms)):
            defined = func.min(func.json_extract(rows.item, "$.definition").is_not(None))
            meant = select(items.term, defined).join_from(import_rows, import_batches, batches.number == rows.batch)
            meant = meant.join(vocabulary_items, items.item_id == rows.item_id).where(batches.source == source)
            before |= dict(connection.execute(meant.where(items.term.in_(part)).group_by(items.term)).tuples().all())
            there = select(items.term, func.count()).where(items.term.in_(part)).group_by(items.term)
            counts |= dict(connection.execute(there).tuples().all())
    return {term for term, count in counts.items() if (not before[term] if term in before else count == 1)}


def adopt(store: LedgerStore, batch_id: str, replies: Sequence[AdoptableReply]) -> Adoption:
    """Mark the tasks for the batch's words as done with these replies, in one transaction.

    A task that is already done keeps its reply, and a dropped task stays dropped.
    """
    with store.write() as connection:
        rows = _rows(connection, batch_id)
        item_of = {row.row: row.item_id for row in rows}
        of_word = _tasks(connection, batch_id)
        ambiguous = _with_homographs(connection, batch_id)
        outcomes, adopted = [], []
        for reply in replies:
            item_id = item_of.get(reply.row)
            unclear = not reply.defined and item_id in ambiguous
            outcome = _refusal(reply, of_word.get((reply.stage, item_id)), unclear)
            if outcome is None:
                adopted.append({"of_stage": reply.stage, "of_item": item_id, "reply": reply.key})
                of_word[reply.stage, item_id] = _Task("done", reply.key, MODEL)
            outcomes.append(outcome)
        _finish(connection, adopted)
    return Adoption(
        imported=sum(row.outcome == "imported" for row in rows),
        duplicates=sum(row.outcome == "duplicate" for row in rows),
        rejects=[(row.row, row.code, row.reason) for row in rows if row.outcome == "rejected"],
        outcomes=outcomes,
    )


class _Task(NamedTuple):
    state: str
    key: str | None
    model: str | None


def _refusal(reply: AdoptableReply, task: _Task | None, unclear: bool) -> str | None:
    """Return why the task cannot use the reply, or None if it can."""
    if task is None:
        return "its word was not imported"
    if task.state == "done":
        if task.key == reply.key:
            return ALREADY_ADOPTED
        by = "from an earlier system" if task.model == MODEL else f"by {task.model}"
        return f"its word already has {_CONTENT[reply.stage]} {by}"
    if task.state == "running":
        return "a run is requesting it now; import it again after the run ends"
    if task.state == "dropped":
        return "its task was dropped: restore it with `kedro tasks retry`"
    if unclear:
        return "it has no definition, and the ledger contains several words with this spelling"
    return None


def _of_batch(batch_id: str) -> Select[tuple[int]]:
    return select(import_batches.c.number).where(import_batches.c.batch_id == batch_id)


def _rows(connection: Connection, batch_id: str) -> Sequence[Any]:
    columns = import_rows.c
    query = select(columns.row, columns.outcome, columns.code, columns.reason, columns.item_id)
    number = _of_batch(batch_id).scalar_subquery()
    return connection.execute(query.where(columns.batch == number).order_by(columns.row)).all()


def _tasks(connection: Connection, batch_id: str) -> dict[tuple[str, str | None], _Task]:
    """Return the tasks for the batch's words, by stage and item ID."""
    query = select(tasks.c.stage, tasks.c.item_id, tasks.c.state, tasks.c.key, tasks.c.model).where(
        tasks.c.item_id.in_(_words(batch_id))
    )
    return {(stage, item_id): _Task(*task) for stage, item_id, *task in connection.execute(query)}


def _with_homographs(connection: Connection, batch_id: str) -> set[str | None]:
    """Return the item IDs of the batch's words that have homographs in the ledger."""
    items, other = vocabulary_items.c, vocabulary_items.alias().c
    query = select(items.item_id).where(
        items.item_id.in_(_words(batch_id)),
        exists().where(other.term == items.term, other.homograph != items.homograph),
    )
    return set(connection.execute(query).scalars())


def _words(batch_id: str) -> Select[tuple[str]]:
    number = _of_batch(batch_id).scalar_subquery()
    return select(import_rows.c.item_id).where(import_rows.c.batch == number, import_rows.c.item_id.is_not(None))


def _finish(connection: Connection, adopted: list[dict[str, Any]]) -> None:
    if not adopted:
        return
    connection.execute(
        update(tasks)
        .where(tasks.c.stage == bindparam("of_stage"), tasks.c.item_id == bindparam("of_item"))
        .values(
            state="done", key=bindparam("reply"), model=MODEL, prompt_version=MODEL, pinned=1, attempts=0, code=None,
            message=None, stale=None, settled=now(), good_key=bindparam("reply"), good_model=MODEL,
            good_prompt_version=MODEL,
        ),
        adopted,
    )  # fmt: skip
