"""Add the tables for reviews, edits, and versions of analyses and cards."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the tables. The tables start out empty; the next run records the current versions."""
    op.create_table(
        "reviews",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("item_id", sa.String, nullable=False),
        sa.Column("tab_name", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("reviewer", sa.String),
        sa.PrimaryKeyConstraint("number", name="pk_reviews"),
        sa.CheckConstraint("action IN ('approve', 'reject', 'edit', 'restore', 'drop')", name="ck_reviews_action"),
    )
    op.create_index("ix_reviews_item_id_tab_name", "reviews", ["item_id", "tab_name"])
    op.create_table(
        "overrides",
        sa.Column("item_id", sa.String, nullable=False),
        sa.Column("tab_name", sa.String, nullable=False),
        sa.Column("field", sa.String, nullable=False),
        sa.Column("base", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("review", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("item_id", "tab_name", "field", name="pk_overrides"),
        sa.ForeignKeyConstraint(["review"], ["reviews.number"], name="fk_overrides_review"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "card_versions",
        sa.Column("item_id", sa.String, nullable=False),
        sa.Column("tab_name", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("content", sa.String, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("prompt_version", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("usd", sa.Float),
        sa.Column("first_seen", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("item_id", "tab_name", "number", name="pk_card_versions"),
        sa.UniqueConstraint("item_id", "tab_name", "fingerprint", name="uq_card_versions_item_id_tab_name_fingerprint"),
        sa.CheckConstraint("made_by IN ('model', 'person')", name="ck_card_versions_made_by"),
    )
    op.create_table(
        "reviewed_items",
        sa.Column("item_id", sa.String, nullable=False),
        sa.Column("term", sa.String, nullable=False),
        sa.Column("homograph", sa.Integer, nullable=False),
        sa.Column("definition", sa.String),
        sa.Column("hanja", sa.String),
        sa.PrimaryKeyConstraint("item_id", name="pk_reviewed_items"),
        sa.UniqueConstraint("term", "homograph", name="uq_reviewed_items_term_homograph"),
    )


def downgrade() -> None:
    """Drop the tables for reviews, edits, and versions.

    An edited card's text stays in the layers until the next run.
    """
    for table in ("reviewed_items", "card_versions", "overrides", "reviews"):
        op.drop_table(table)
