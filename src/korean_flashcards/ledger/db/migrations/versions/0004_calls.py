"""Add tables for model calls, budget reservations, runs that share a budget, circuit breakers, and rate limits."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables, and speed up long imports by limiting the index on ``run_id`` to running tasks."""
    op.drop_index("ix_tasks_run_id", "tasks")
    op.create_index("ix_tasks_run_id", "tasks", ["run_id"], sqlite_where=sa.text("run_id IS NOT NULL"))
    _calls()
    _money()
    _traffic()


def downgrade() -> None:
    """Drop the tables, including the record of all costs."""
    for table in ("llm_rates", "llm_breakers", "llm_reservations", "llm_shared_runs", "llm_spending", "llm_calls"):
        op.drop_table(table)
    op.drop_index("ix_tasks_run_id", "tasks")
    op.create_index("ix_tasks_run_id", "tasks", ["run_id"])


def _calls() -> None:
    op.create_table(
        "llm_calls",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("run_id", sa.String),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("term", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("prompt_version", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("message", sa.String),
        sa.Column("tokens_in", sa.Integer, nullable=False),
        sa.Column("tokens_out", sa.Integer, nullable=False),
        sa.Column("tokens_cached", sa.Integer, nullable=False),
        sa.Column("tokens_reasoning", sa.Integer, nullable=False),
        sa.Column("usd", sa.Float),
        sa.Column("latency_s", sa.Float, nullable=False),
        sa.Column("queue_s", sa.Float, nullable=False),
        sa.Column("fixed", sa.Integer, nullable=False, server_default="0"),
        sa.Column("batch", sa.Integer, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("number", name="pk_llm_calls"),
        sa.CheckConstraint("kind IN ('ask', 'repair', 'probe')", name="ck_llm_calls_kind"),
        sa.CheckConstraint("tokens_in >= 0 AND tokens_out >= 0 AND usd >= 0", name="ck_llm_calls_amounts"),
        sa.CheckConstraint("fixed IN (0, 1) AND batch IN (0, 1)", name="ck_llm_calls_flags"),
    )
    op.create_index("ix_llm_calls_key", "llm_calls", ["key"])
    op.create_index("ix_llm_calls_term", "llm_calls", ["term"])
    op.create_index("ix_llm_calls_outcome_at", "llm_calls", ["outcome", "at"])
    op.create_index("ix_llm_calls_run_id", "llm_calls", ["run_id"])
    op.create_index("ix_llm_calls_stage_model_outcome", "llm_calls", ["stage", "model", "outcome"])


def _money() -> None:
    op.create_table(
        "llm_spending",
        sa.Column("day", sa.String, nullable=False),
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("tokens", sa.Integer, nullable=False),
        sa.Column("usd", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("day", "run_id", "stage", "model", name="pk_llm_spending"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "llm_shared_runs",
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("first_run_id", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_llm_shared_runs"),
    )
    op.create_table(
        "llm_reservations",
        sa.Column("reservation", sa.String, nullable=False),
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("term", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("prompt_version", sa.String, nullable=False),
        sa.Column("usd", sa.Float, nullable=False),
        sa.Column("tokens", sa.Integer, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("batch_id", sa.String),
        sa.PrimaryKeyConstraint("reservation", name="pk_llm_reservations"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_llm_reservations_run_id", "llm_reservations", ["run_id"])


def _traffic() -> None:
    op.create_table(
        "llm_breakers",
        sa.Column("model", sa.String, nullable=False),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("opened", sa.Float, nullable=False),
        sa.Column("probe_at", sa.Float, nullable=False),
        sa.Column("rest_s", sa.Float, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("model", name="pk_llm_breakers"),
        sa.CheckConstraint("state IN ('closed', 'open', 'half_open')", name="ck_llm_breakers_state"),
    )
    op.create_table(
        "llm_rates",
        sa.Column("model", sa.String, nullable=False),
        sa.Column("rpm", sa.Float),
        sa.Column("tpm", sa.Float),
        sa.Column("source", sa.String),
        sa.Column("changed", sa.Float, nullable=False, server_default="0"),
        sa.Column("next_call", sa.Float, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("model", name="pk_llm_rates"),
        sa.CheckConstraint("source IN ('headers', 'refusals')", name="ck_llm_rates_source"),
        sa.CheckConstraint("rpm > 0 AND tpm > 0", name="ck_llm_rates_positive"),
    )
