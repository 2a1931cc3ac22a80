"""Add tables and columns for exported words, stale and pinned tasks, and the slowest queries."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns and tables. They start empty."""
    op.execute("ALTER TABLE tasks ADD COLUMN stale VARCHAR")
    op.execute(
        "ALTER TABLE tasks ADD COLUMN pinned INTEGER DEFAULT '0' NOT NULL "
        "CONSTRAINT ck_tasks_pinned CHECK (pinned IN (0, 1))"
    )
    op.create_table(
        "exported_items",
        sa.Column("item_id", sa.String, nullable=False),
        sa.Column("term", sa.String, nullable=False),
        sa.Column("homograph", sa.Integer, nullable=False),
        sa.Column("definition", sa.String),
        sa.Column("hanja", sa.String),
        sa.Column("first_exported", sa.String, nullable=False),
        sa.Column("last_exported", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("item_id", name="pk_exported_items"),
        sa.UniqueConstraint("term", "homograph", name="uq_exported_items_term_homograph"),
    )
    op.create_table(
        "slow_queries",
        sa.Column("statement", sa.String, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("worst_seconds", sa.Float, nullable=False),
        sa.Column("last_seen", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("statement", name="pk_slow_queries"),
    )


def downgrade() -> None:
    """Drop the columns and tables, including the reserved homograph numbers of exported words. The queue stays."""
    op.drop_table("slow_queries")
    op.drop_table("exported_items")
    op.execute("ALTER TABLE tasks DROP COLUMN pinned")
    op.execute("ALTER TABLE tasks DROP COLUMN stale")
