"""Add the task queue (one task per word and stage, with leases and dead letters) and numbered prompt versions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the queue and add tasks for every word in the ledger."""
    op.create_table(
        "tasks",
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("item_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False, server_default="pending"),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("frequency", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("key", sa.String),
        sa.Column("model", sa.String),
        sa.Column("prompt_version", sa.String),
        sa.Column("code", sa.String),
        sa.Column("message", sa.String),
        sa.Column("run_id", sa.String),
        sa.Column("leased_until", sa.Float),
        sa.Column("settled", sa.String),
        sa.PrimaryKeyConstraint("stage", "item_id", name="pk_tasks"),
        sa.ForeignKeyConstraint(["item_id"], ["vocabulary_items.item_id"], name="fk_tasks_item_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_tasks_run_id"),
        sa.CheckConstraint("stage IN ('nuance', 'flashcards')", name="ck_tasks_stage"),
        sa.CheckConstraint(
            "state IN ('pending', 'running', 'done', 'failed', 'dead', 'dropped')", name="ck_tasks_state"
        ),
        sa.CheckConstraint("priority BETWEEN 1 AND 10", name="ck_tasks_priority"),
        sa.CheckConstraint("attempts >= 0", name="ck_tasks_attempts"),
        sa.CheckConstraint(
            "(state = 'running') = (run_id IS NOT NULL AND leased_until IS NOT NULL)", name="ck_tasks_lease"
        ),
        sa.CheckConstraint("state <> 'done' OR key IS NOT NULL", name="ck_tasks_done_has_key"),
        sa.CheckConstraint("state NOT IN ('failed', 'dead') OR code IS NOT NULL", name="ck_tasks_failed_has_code"),
        sqlite_with_rowid=False,
    )
    order = [sa.text("priority DESC"), sa.text("frequency DESC")]
    op.create_index("ix_tasks_queue", "tasks", ["stage", "state", *order, "position", "item_id"])
    op.create_index("ix_tasks_item_id", "tasks", ["item_id"])
    op.create_index("ix_tasks_key", "tasks", ["key"])
    op.create_index("ix_tasks_run_id", "tasks", ["run_id"])
    op.create_table(
        "prompt_versions",
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("first_used", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("stage", "version", name="pk_prompt_versions"),
        sa.UniqueConstraint("stage", "number", name="uq_prompt_versions_stage_number"),
    )
    op.execute(
        "INSERT INTO tasks (stage, item_id, priority, frequency, position) "
        "SELECT stages.column1, items.item_id, batches.priority, coalesce(items.frequency, 0), items.term_number "
        "FROM vocabulary_items AS items JOIN import_batches AS batches ON batches.number = items.batch "
        "CROSS JOIN (VALUES ('nuance'), ('flashcards')) AS stages"
    )


def downgrade() -> None:
    """Drop the queue. The words stay in the ledger, and their replies stay in the cache."""
    op.drop_table("prompt_versions")
    op.drop_table("tasks")
