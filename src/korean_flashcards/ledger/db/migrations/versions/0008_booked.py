"""Record where the tokens and the cost of each call come from."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column. Earlier calls have the numbers that the provider reported."""
    op.add_column("llm_calls", sa.Column("booked", sa.String, nullable=False, server_default="reported"))


def downgrade() -> None:
    """Drop the column. The tokens and the costs stay unchanged."""
    op.drop_column("llm_calls", "booked")
