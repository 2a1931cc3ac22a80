"""Record blind preferences between the two variants of an experiment."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "preferences",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("experiment", sa.String, nullable=False),
        sa.Column("item_id", sa.String, nullable=False),
        sa.Column("rater", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("first", sa.String, nullable=False),
        sa.Column("choice", sa.String, nullable=False),
        sa.Column("cards", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_preferences"),
        sa.CheckConstraint("kind IN ('person', 'judge')", name="ck_preferences_kind"),
        sa.CheckConstraint("first IN ('A', 'B')", name="ck_preferences_first"),
        sa.CheckConstraint("choice IN ('A', 'B', 'same')", name="ck_preferences_choice"),
    )
    op.create_index("ix_preferences_experiment", "preferences", ["experiment"])


def downgrade() -> None:
    """Drop the table. The answers are lost."""
    op.drop_table("preferences")
