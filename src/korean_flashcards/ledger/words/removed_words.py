"""Remove words from the work list at a person's request, and restore them. Replies, reviews, and rows of lists are kept.

A word stays removed, also if lists that contain it are imported again, until it is restored. Only a rollback that deletes
the word from the ledger ends its removal, because a different word may get its item ID later.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from korean_flashcards.ledger.db.export_tables import exported_notes
from korean_flashcards.ledger.db.in_lists import listed
from korean_flashcards.ledger.db.removal_tables import removed_ids, word_removals
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import import_batches, import_rows, vocabulary_items
from korean_flashcards.ledger.words.gone_words import newest_batches


@dataclass(frozen=True)
class WordOnList:
    """A word that a person wants to remove or restore.

    Attributes:
        notes: The number of the word's notes in the deck.
        lists: The file names of the lists whose newest version contains the word.
        removed_at: The time when the word was removed (UTC, ISO 8601), or None if it is not removed.
    """

    item_id: str
    definition: str | None
    notes: int
    lists: tuple[str, ...]
    removed_at: str | None


def words_on_list(store: LedgerStore, item_ids: Sequence[str] | None) -> list[WordOnList]:
    """Return these words in the given order or, with None, all removed words, the last removed word first."""
    with store.read() as connection:
        return _words(connection, item_ids)


def remove_words(store: LedgerStore, item_ids: Sequence[str]) -> list[WordOnList]:
    """Remove words in one transaction. Returns the words that were not removed before."""
    with store.write() as connection:
        words = [word for word in _words(connection, item_ids) if word.removed_at is None]
        rows = [{"item_id": word.item_id, "removed_at": now()} for word in words]
        if rows:
            connection.execute(insert(word_removals), rows)
    return words


def restore_words(store: LedgerStore, item_ids: Sequence[str]) -> list[WordOnList]:
    """Restore words in one transaction. Returns the words that were removed before."""
    with store.write() as connection:
        words = [word for word in _words(connection, item_ids) if word.removed_at is not None]
        mine = word_removals.c.item_id.in_(listed([word.item_id for word in words]))
        connection.execute(
            update(word_removals).where(mine, word_removals.c.restored_at.is_(None)).values(restored_at=now())
        )
    return words


def removed_in_batch(connection: Connection, number: int) -> list[str]:
    """Return the IDs of the removed words in a batch, in the order of its rows."""
    rows = import_rows.c
    query = select(rows.item_id).where(rows.batch == number, rows.item_id.in_(removed_ids()))
    return list(connection.execute(query.group_by(rows.item_id).order_by(func.min(rows.row))).scalars())


def _words(connection: Connection, item_ids: Sequence[str] | None) -> list[WordOnList]:
    items, removals, notes = vocabulary_items.c, word_removals.c, exported_notes.c
    in_deck = select(func.count()).where(notes.item_id == items.item_id, notes.removed_at.is_(None))
    is_current = (removals.item_id == items.item_id) & removals.restored_at.is_(None)
    query = (
        select(items.item_id, items.definition, in_deck.scalar_subquery(), removals.removed_at)
        .outerjoin_from(vocabulary_items, word_removals, is_current)
        .where(removals.number.is_not(None) if item_ids is None else items.item_id.in_(listed(item_ids)))
        .order_by(removals.number.desc())
    )
    found = {row[0]: row for row in connection.execute(query).tuples()}
    lists = _lists(connection, list(found))
    order = [name for name in dict.fromkeys(item_ids or found) if name in found]
    return [
        WordOnList(name, found[name][1], found[name][2], tuple(lists.get(name, ())), found[name][3]) for name in order
    ]


def _lists(connection: Connection, item_ids: Sequence[str]) -> dict[str, list[str]]:
    rows, batches = import_rows.c, import_batches.c
    query = (
        select(rows.item_id, batches.file)
        .join_from(import_rows, import_batches, batches.number == rows.batch)
        .where(rows.item_id.in_(listed(item_ids)), rows.batch.in_(newest_batches()))
        .distinct()
        .order_by(batches.number)
    )
    found: dict[str, list[str]] = {}
    for item_id, file in connection.execute(query).tuples():
        found.setdefault(item_id, []).append(file)
    return found
