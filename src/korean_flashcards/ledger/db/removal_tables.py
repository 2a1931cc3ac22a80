"""Define the ledger's table for words that a person removed from the work list.

It uses the ``metadata`` object from the ``tables`` module and follows that module's conventions.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, Select, String, Table, select, text

from korean_flashcards.ledger.db.tables import metadata

word_removals = Table(
    "word_removals",
    metadata,
    Column("number", Integer, primary_key=True, comment="Removal number, starting at 1, oldest first."),
    Column(
        "item_id",
        ForeignKey("vocabulary_items.item_id", ondelete="CASCADE"),
        nullable=False,
        comment="Word that was removed.",
    ),
    Column("removed_at", String, nullable=False, comment="Time when the word was removed (UTC, ISO 8601)."),
    Column("restored_at", String, comment="Time when the word was restored (UTC, ISO 8601); null while it is removed."),
    Index("uq_word_removals_item_id", "item_id", unique=True, sqlite_where=text("restored_at IS NULL")),
    comment="Words that `kedro word remove` removed from the work list. Deleted with the word by a rollback.",
)


def removed_ids() -> Select[tuple[str]]:
    """Return a query for the item IDs of the words that are removed."""
    return select(word_removals.c.item_id).where(word_removals.c.restored_at.is_(None))
