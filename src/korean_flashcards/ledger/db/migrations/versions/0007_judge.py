"""Add the judge as a third stage. Only words that the judge scores have a judge task."""

from alembic import op

revision = "0007"
down_revision = "0006"

_COLUMNS = (
    "stage, item_id, state, priority, frequency, position, attempts, key, model, prompt_version, code, message, run_id, "
    "leased_until, settled, stale, pinned"
)


def upgrade() -> None:
    """Allow judge tasks. None exist yet."""
    _rebuild("'nuance', 'flashcards', 'judge'")


def downgrade() -> None:
    """Delete the judge tasks. The judge's replies stay in the cache."""
    op.execute("DELETE FROM tasks WHERE stage = 'judge'")
    op.execute("DELETE FROM prompt_versions WHERE stage = 'judge'")
    _rebuild("'nuance', 'flashcards'")


def _rebuild(stages: str) -> None:
    """Copy ``tasks`` to a table with the new constraint, because SQLite cannot alter a constraint."""
    op.execute(
        "CREATE TABLE tasks_of_stages ("
        "stage VARCHAR NOT NULL, item_id VARCHAR NOT NULL, state VARCHAR DEFAULT 'pending' NOT NULL, "
        "priority INTEGER NOT NULL, frequency INTEGER NOT NULL, position INTEGER NOT NULL, "
        "attempts INTEGER DEFAULT '0' NOT NULL, key VARCHAR, model VARCHAR, prompt_version VARCHAR, code VARCHAR, "
        "message VARCHAR, run_id VARCHAR, leased_until FLOAT, settled VARCHAR, stale VARCHAR, "
        "pinned INTEGER DEFAULT '0' NOT NULL CONSTRAINT ck_tasks_pinned CHECK (pinned IN (0, 1)), "
        "CONSTRAINT pk_tasks PRIMARY KEY (stage, item_id), "
        "CONSTRAINT fk_tasks_item_id FOREIGN KEY(item_id) REFERENCES vocabulary_items (item_id) ON DELETE CASCADE, "
        "CONSTRAINT fk_tasks_run_id FOREIGN KEY(run_id) REFERENCES runs (run_id), "
        f"CONSTRAINT ck_tasks_stage CHECK (stage IN ({stages})), "
        "CONSTRAINT ck_tasks_state CHECK (state IN ('pending', 'running', 'done', 'failed', 'dead', 'dropped')), "
        "CONSTRAINT ck_tasks_priority CHECK (priority BETWEEN 1 AND 10), "
        "CONSTRAINT ck_tasks_attempts CHECK (attempts >= 0), "
        "CONSTRAINT ck_tasks_lease CHECK ((state = 'running') = (run_id IS NOT NULL AND leased_until IS NOT NULL)), "
        "CONSTRAINT ck_tasks_done_has_key CHECK (state <> 'done' OR key IS NOT NULL), "
        "CONSTRAINT ck_tasks_failed_has_code CHECK (state NOT IN ('failed', 'dead') OR code IS NOT NULL)"
        ") WITHOUT ROWID"
    )
    op.execute(f"INSERT INTO tasks_of_stages ({_COLUMNS}) SELECT {_COLUMNS} FROM tasks")
    op.execute("DROP TABLE tasks")
    op.execute("ALTER TABLE tasks_of_stages RENAME TO tasks")
    op.execute("CREATE INDEX ix_tasks_queue ON tasks (stage, state, priority DESC, frequency DESC, position, item_id)")
    for column in ("item_id", "key"):
        op.execute(f"CREATE INDEX ix_tasks_{column} ON tasks ({column})")
    op.execute("CREATE INDEX ix_tasks_run_id ON tasks (run_id) WHERE run_id IS NOT NULL")
