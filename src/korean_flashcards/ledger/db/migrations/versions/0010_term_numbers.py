"""Keep the numbers of exported and reviewed words, so that a word gets its number back after a rollback."""

from alembic import op

revision = "0010"
down_revision = "0009"

_TABLES = ("exported_items", "reviewed_items")


def upgrade() -> None:
    """Add the column and copy the numbers of the words that are in the ledger."""
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN term_number INTEGER")
        op.execute(
            f"UPDATE {table} SET term_number = (SELECT term_number FROM vocabulary_items AS items "
            f"WHERE items.item_id = {table}.item_id)"
        )


def downgrade() -> None:
    """Drop the column."""
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN term_number")
