"""Record the source of each call's token counts and cost."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column. Earlier calls' token counts and costs are marked as reported by the provider."""
    op.add_column("llm_calls", sa.Column("booked", sa.String, nullable=False, server_default="reported"))


def downgrade() -> None:
    """Drop the column. The token counts and costs do not change."""
    op.drop_column("llm_calls", "booked")
