"""Number the words that a batch added.

A word's number appears in the primer of each of its cards. It is assigned once and never changes, even if the word's
row moves.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from korean_flashcards.ledger.db.tables import import_batches, tasks, vocabulary_items
from korean_flashcards.ledger.words.import_rows import ImportBatch
from korean_flashcards.ledger.words.reserved_numbers import kept_numbers


def settle(connection: Connection, batch: ImportBatch) -> None:
    """Assign each word that the batch added its final number.

    The number is the word's position in the list, unless a different word in the list has this number. In that case,
    the number is one more than the highest number in the list. A word that was exported or reviewed before it was
    rolled back gets its old number back.

    Call this function after all of the batch's rows have been imported.
    """
    changes = [
        {"id": item_id, "number": number} for item_id, before, number in _numbers(connection, batch) if number != before
    ]
    if not changes:
        return
    for table, column in ((vocabulary_items, "term_number"), (tasks, "position")):
        statement: Any = update(table).where(table.c.item_id == bindparam("id")).values({column: bindparam("number")})
        connection.execute(statement, changes)


def _numbers(connection: Connection, batch: ImportBatch) -> Iterator[tuple[str, int, int]]:
    """Yield the item ID, the provisional number, and the final number of each word that the batch added."""
    items, kept = vocabulary_items.c, kept_numbers.c
    old = select(kept.item_id, func.min(kept.term_number).label("number")).group_by(kept.item_id).subquery()
    added = connection.execute(
        select(items.item_id, items.term_number, old.c.number)
        .join_from(vocabulary_items, old, old.c.item_id == items.item_id, isouter=True)
        .where(items.batch == batch.number)
        .order_by(items.row)
    ).all()
    taken = _taken(connection, batch) | {number for _, _, number in added if number is not None}
    highest = max(taken, default=0)
    for item_id, position, number in added:
        if number is None:
            number = position if position not in taken else highest + 1
        taken.add(number)
        highest = max(highest, number)
        yield item_id, position, number


def _taken(connection: Connection, batch: ImportBatch) -> set[int]:
    """Return the numbers of the words that earlier versions of the list added."""
    items, batches = vocabulary_items.c, import_batches.c
    earlier = select(items.term_number).join(import_batches, batches.number == items.batch)
    query = earlier.where(batches.source == batch.source, items.batch != batch.number)
    return set(connection.execute(query).scalars())
