"""Record each exported note and note type with the time when its content last changed, and each word's project ID."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column and the tables. Words that were exported before have no project ID."""
    op.execute("ALTER TABLE exported_items ADD COLUMN project_id VARCHAR")
    op.create_table(
        "exported_notes",
        sa.Column("guid", sa.String, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("item_id", "card_type", "content")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("created_at", "changed_at")),
        sa.Column("changes", sa.String, nullable=False),
        sa.Column("removed_at", sa.Integer),
        sa.PrimaryKeyConstraint("guid", name="pk_exported_notes"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "exported_note_types",
        sa.Column("note_type_id", sa.Integer, nullable=False),
        sa.Column("content", sa.String, nullable=False),
        sa.Column("changed_at", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("note_type_id", name="pk_exported_note_types"),
    )


def downgrade() -> None:
    """Drop the column and the tables."""
    op.drop_table("exported_note_types")
    op.drop_table("exported_notes")
    op.execute("ALTER TABLE exported_items DROP COLUMN project_id")
