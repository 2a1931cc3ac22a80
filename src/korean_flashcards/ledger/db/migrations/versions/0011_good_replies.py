"""Keep the request of each task's last good reply, so that a pending or failed word keeps its analysis and cards."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_COLUMNS = ("good_key", "good_model", "good_prompt_version")


def upgrade() -> None:
    """Add the columns and fill them from the tasks whose key belongs to a good reply: done and stale tasks."""
    for name in _COLUMNS:
        op.add_column("tasks", sa.Column(name, sa.String))
    op.execute(
        "UPDATE tasks SET good_key = key, good_model = model, good_prompt_version = prompt_version "
        "WHERE state = 'done' OR stale IS NOT NULL"
    )


def downgrade() -> None:
    """Drop the columns."""
    for name in _COLUMNS:
        op.drop_column("tasks", name)
