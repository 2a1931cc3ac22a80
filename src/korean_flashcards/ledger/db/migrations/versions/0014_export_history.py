"""Record each export: its profile, when it ran, how it ended, and the files that it wrote."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the table. Earlier exports are not in it."""
    op.create_table(
        "export_history",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("profile", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("started", sa.String, nullable=False),
        sa.Column("ended", sa.String),
        sa.Column("format", sa.String, nullable=False),
        sa.Column("cards", sa.Integer),
        *(sa.Column(name, sa.String, nullable=False) for name in ("counts", "files", "filters", "settings")),
        sa.Column("message", sa.String),
        sa.PrimaryKeyConstraint("number", name="pk_export_history"),
        sa.CheckConstraint("state IN ('running', 'complete', 'failed', 'killed')", name="ck_export_history_state"),
        sa.CheckConstraint("(state = 'running') = (ended IS NULL)", name="ck_export_history_ended"),
    )
    op.create_index("ix_export_history_profile", "export_history", ["profile"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("export_history")
