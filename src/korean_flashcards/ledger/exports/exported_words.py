"""Record the words whose cards were exported to a deck.

The words' homograph numbers stay reserved, because the learner's review schedule in Anki depends on them.
"""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert

from korean_flashcards.ledger.db.in_lists import chunks
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import exported_items, vocabulary_items

_COLUMNS = ("item_id", "term", "homograph", "definition", "hanja", "term_number")


class LedgerExports:
    """The ledger's record of exported words."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def record(self, item_ids: Iterable[str]) -> int:
        """Record that these words have cards in a deck, and return the number of words exported for the first time."""
        at = now()
        with self._store.write() as connection:
            before = connection.execute(select(func.count()).select_from(exported_items)).scalar_one()
            for part in chunks(sorted(set(item_ids))):
                known = select(*(vocabulary_items.c[name] for name in _COLUMNS)).where(
                    vocabulary_items.c.item_id.in_(part)
                )
                rows = [
                    {**row, "first_exported": at, "last_exported": at} for row in connection.execute(known).mappings()
                ]
                if rows:
                    upsert = insert(exported_items)
                    # The number stays reserved for the meaning that the deck has now.
                    latest = {name: upsert.excluded[name] for name in ("definition", "hanja", "last_exported")}
                    connection.execute(upsert.on_conflict_do_update(index_elements=["item_id"], set_=latest), rows)
            return connection.execute(select(func.count()).select_from(exported_items)).scalar_one() - before
