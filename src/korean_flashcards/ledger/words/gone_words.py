"""Find the words that are gone: words that no list contains anymore, and words that a person removed.

A list's newest version decides. The words of a list that was deleted or renamed are not gone, because no newer version
of that list leaves them out.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Select, func, select

from korean_flashcards.domain.parameters import GoneWords
from korean_flashcards.ledger.db.export_tables import exported_items
from korean_flashcards.ledger.db.removal_tables import removed_ids
from korean_flashcards.ledger.db.tables import import_batches, import_rows, vocabulary_items

SETTLED = ("completed", "partial")


@dataclass(frozen=True)
class DeletedList:
    """A list in the project whose file no longer exists.

    Attributes:
        file: The list's file name.
        batches: The list's batches, newest first.
        words: Number of words that no other list contains.
    """

    file: str
    batches: tuple[str, ...]
    words: int


def is_removed() -> ColumnElement[bool]:
    """Return a condition for the words that a person removed, for queries on ``vocabulary_items``."""
    return vocabulary_items.c.item_id.in_(removed_ids())


def is_gone() -> ColumnElement[bool]:
    """Return a condition for the words that no list contains anymore, for queries on ``vocabulary_items``."""
    rows = import_rows.c
    listed = select(rows.item_id).where(rows.item_id.is_not(None), rows.batch.in_(newest_batches()))
    return vocabulary_items.c.item_id.not_in(listed)


def newest_batches() -> Select[tuple[int]]:
    """Return a query for the number of each list's newest batch."""
    batches = import_batches.c
    return select(func.max(batches.number)).where(batches.state.in_(SETTLED)).group_by(batches.source)


def takes_part(gone: GoneWords) -> ColumnElement[bool]:
    """Return a condition for the words that runs process.

    ``remove`` leaves out the words that are gone. ``suspend`` leaves out those without notes in a deck, because there is
    nothing to suspend. For words that a person removed, ``keep`` means ``suspend``.
    """
    items = vocabulary_items.c
    exported = select(exported_items.c.item_id).where(exported_items.c.item_id == items.item_id).exists()
    conditions = {
        "keep": ~is_removed() | exported,
        "suspend": (~is_gone() & ~is_removed()) | exported,
        "remove": ~is_gone() & ~is_removed(),
    }
    return conditions[gone]


def deleted_lists(connection: Connection, root: Path) -> list[DeletedList]:
    """Return the lists in the project folder ``root`` whose file no longer exists and whose words are in no other list."""
    batches, rows = import_batches.c, import_rows.c
    current = select(import_batches).where(batches.number.in_(newest_batches()))
    newest = connection.execute(current).mappings().all()
    found = []
    for batch in newest:
        source = Path(batch["source"])
        if source.is_absolute() or (root / source).exists():
            continue
        elsewhere = select(rows.item_id).where(
            rows.item_id.is_not(None), rows.batch != batch["number"], rows.batch.in_(newest_batches())
        )
        own = select(func.count(rows.item_id.distinct())).where(
            rows.batch == batch["number"], rows.item_id.not_in(elsewhere)
        )
        if words := connection.execute(own).scalar_one():
            versions = select(batches.batch_id).where(batches.source == batch["source"], batches.state.in_(SETTLED))
            ids = connection.execute(versions.order_by(batches.number.desc())).scalars()
            found.append(DeletedList(batch["file"], tuple(ids), words))
    return found


def left_with(connection: Connection, number: int) -> list[str]:
    """Return the IDs of the words that are gone since this batch, in the order of the list's previous version."""
    batches, rows, items = import_batches.c, import_rows.c, vocabulary_items.c
    source = select(batches.source).where(batches.number == number).scalar_subquery()
    previous = select(func.max(batches.number)).where(
        batches.source == source, batches.number < number, batches.state.in_(SETTLED)
    )
    query = (
        select(items.item_id)
        .join_from(import_rows, vocabulary_items, items.item_id == rows.item_id)
        .where(rows.batch == previous.scalar_subquery(), is_gone())
        .group_by(items.item_id)
        .order_by(func.min(rows.row))
    )
    return list(connection.execute(query).scalars())
