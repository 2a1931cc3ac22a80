"""Record which words a person removed from the work list, and when they were restored."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "word_removals",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("item_id", sa.String, nullable=False),
        sa.Column("removed_at", sa.String, nullable=False),
        sa.Column("restored_at", sa.String),
        sa.PrimaryKeyConstraint("number", name="pk_word_removals"),
        sa.ForeignKeyConstraint(
            ["item_id"], ["vocabulary_items.item_id"], name="fk_word_removals_item_id", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "uq_word_removals_item_id",
        "word_removals",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("restored_at IS NULL"),
    )


def downgrade() -> None:
    """Drop the table. The removed words take part in runs again."""
    op.drop_table("word_removals")
