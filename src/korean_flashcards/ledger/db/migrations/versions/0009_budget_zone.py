"""Store one time zone for all budgets. Previously, each machine used its own time zone."""

import sqlalchemy as sa
from alembic import op

from korean_flashcards.domain.local_time import local_zone_name

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the table and store this machine's time zone."""
    settings = op.create_table(
        "ledger_settings",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_ledger_settings"),
        sqlite_with_rowid=False,
    )
    op.bulk_insert(settings, [{"name": "budget_zone", "value": local_zone_name()}])


def downgrade() -> None:
    """Drop the table, so that budgets again use each machine's own time zone."""
    op.drop_table("ledger_settings")
