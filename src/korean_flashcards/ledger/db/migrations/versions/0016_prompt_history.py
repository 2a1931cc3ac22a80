"""Add the history of prompts: where each version comes from, the complete file, a note, and the drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
_NAMES = ("name", "source", "note", "parent")


def upgrade() -> None:
    """Add the columns and the table. The version with the highest number counts as the one in use."""
    for name in _NAMES:
        op.add_column("prompt_versions", sa.Column(name, sa.String))
    op.add_column("prompt_versions", sa.Column("used_order", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE prompt_versions SET used_order = number")
    op.create_table(
        "prompt_drafts",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("parent", sa.String, nullable=False),
        sa.Column("note", sa.String),
        sa.Column("created", sa.String, nullable=False),
        sa.Column("after_number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_prompt_drafts"),
    )


def downgrade() -> None:
    """Drop the table and the columns. The texts that were sent stay."""
    op.drop_table("prompt_drafts")
    for name in ("used_order", *reversed(_NAMES)):
        op.drop_column("prompt_versions", name)
