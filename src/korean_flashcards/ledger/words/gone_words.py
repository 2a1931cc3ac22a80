"""Find the words that are gone: words that no list contains anymore.

A list's newest version decides. The words of a list that was deleted or renamed are not gone, because no newer version
of that list leaves them out.
"""

from sqlalchemy import ColumnElement, Connection, Select, func, select

from korean_flashcards.domain.parameters import GoneWords
from korean_flashcards.ledger.db.tables import exported_items, import_batches, import_rows, vocabulary_items

SETTLED = ("completed", "partial")


def is_gone() -> ColumnElement[bool]:
    """Return a condition for the words that are gone, for queries on ``vocabulary_items``."""
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
    nothing to suspend.
    """
    items = vocabulary_items.c
    exported = select(exported_items.c.item_id).where(exported_items.c.item_id == items.item_id).exists()
    conditions = {"keep": items.item_id.is_not(None), "suspend": ~is_gone() | exported, "remove": ~is_gone()}
    return conditions[gone]


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
