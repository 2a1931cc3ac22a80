"""Add the tables for requests submitted to a provider's batch API."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables. They start empty."""
    op.create_table(
        "llm_batches",
        sa.Column("batch_id", sa.String, nullable=False),
        sa.Column("provider_id", sa.String),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("api_base", sa.String),
        sa.Column("prompt_version", sa.String, nullable=False),
        sa.Column("reply_format", sa.String, nullable=False),
        sa.Column("file_id", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failed", sa.Integer, nullable=False, server_default="0"),
        sa.Column("message", sa.String),
        sa.Column("created", sa.String, nullable=False),
        sa.Column("finished", sa.String),
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("held_by", sa.String),
        sa.PrimaryKeyConstraint("batch_id", name="pk_llm_batches"),
        sa.CheckConstraint(
            "state IN ('submitting', 'submitted', 'completed', 'failed', 'expired', 'cancelled', 'lost')",
            name="ck_llm_batches_state",
        ),
        sa.CheckConstraint("total >= 0 AND done >= 0 AND failed >= 0", name="ck_llm_batches_counts"),
    )
    op.create_index("ix_llm_batches_stage_finished", "llm_batches", ["stage", "finished"])
    op.create_table(
        "llm_batch_requests",
        sa.Column("batch_id", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("term", sa.String, nullable=False),
        sa.Column("reservation", sa.String, nullable=False),
        sa.Column("outcome", sa.String),
        sa.PrimaryKeyConstraint("batch_id", "key", name="pk_llm_batch_requests"),
        sa.ForeignKeyConstraint(["batch_id"], ["llm_batches.batch_id"], name="fk_llm_batch_requests_batch_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_llm_batch_requests_key", "llm_batch_requests", ["key"], unique=True, sqlite_where=sa.text("outcome IS NULL")
    )


def downgrade() -> None:
    """Drop the tables, including the submitted requests and their budget reservations."""
    op.execute("DELETE FROM llm_reservations WHERE batch_id IS NOT NULL")
    for table in ("llm_batch_requests", "llm_batches"):
        op.drop_table(table)
