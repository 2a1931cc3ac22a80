"""Add the tables for word lists, the outcomes of their rows, and words."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables for imports, active processes, and ledger history."""
    op.create_table(
        "history",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("event", sa.String, nullable=False),
        sa.Column("from_version", sa.String),
        sa.Column("to_version", sa.String),
        sa.Column("backup", sa.String),
        sa.Column("details", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_history"),
    )
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("host", sa.String, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("started", sa.String, nullable=False),
        sa.Column("ended", sa.String),
        sa.PrimaryKeyConstraint("run_id", name="pk_runs"),
        sa.CheckConstraint("kind IN ('run', 'import')", name="ck_runs_kind"),
    )
    _create_batches()
    _create_items()
    _create_rows()


def downgrade() -> None:
    """Do nothing, because there is no older version."""
    raise RuntimeError("0001 is the first version")


def _create_batches() -> None:
    op.create_table(
        "import_batches",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.String, nullable=False),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("tag", sa.String),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("on_duplicate", sa.String, nullable=False),
        sa.Column("created", sa.String, nullable=False),
        sa.Column("finished", sa.String),
        sa.Column("rows", sa.Integer, nullable=False, server_default="0"),
        sa.Column("imported", sa.Integer, nullable=False, server_default="0"),
        sa.Column("duplicates", sa.Integer, nullable=False, server_default="0"),
        sa.Column("rejected", sa.Integer, nullable=False, server_default="0"),
        sa.Column("message", sa.String),
        sa.Column("run_id", sa.String),
        sa.PrimaryKeyConstraint("number", name="pk_import_batches"),
        sa.UniqueConstraint("batch_id", name="uq_import_batches_batch_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_import_batches_run_id"),
        sa.CheckConstraint(
            "state IN ('pending', 'processing', 'completed', 'partial', 'failed')", name="ck_import_batches_state"
        ),
        sa.CheckConstraint("priority BETWEEN 1 AND 10", name="ck_import_batches_priority"),
        sa.CheckConstraint("on_duplicate IN ('skip', 'update', 'keep')", name="ck_import_batches_on_duplicate"),
        sa.CheckConstraint("rows = imported + duplicates + rejected", name="ck_import_batches_rows_add_up"),
    )
    op.create_index("ix_import_batches_sha256", "import_batches", ["sha256"])
    op.create_index("ix_import_batches_source", "import_batches", ["source"])


def _create_items() -> None:
    op.create_table(
        "vocabulary_items",
        sa.Column("item_id", sa.String, nullable=False),
        sa.Column("term", sa.String, nullable=False),
        sa.Column("homograph", sa.Integer, nullable=False),
        sa.Column("stem", sa.String, nullable=False),
        sa.Column("term_number", sa.Integer, nullable=False),
        sa.Column("pos", sa.String),
        sa.Column("definition", sa.String),
        sa.Column("hanja", sa.String),
        sa.Column("topik_level", sa.Integer),
        sa.Column("example", sa.String),
        sa.Column("example_translation", sa.String),
        sa.Column("usage_hint", sa.String),
        sa.Column("ipa", sa.String),
        sa.Column("frequency", sa.Integer),
        sa.Column("tags", sa.String, nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("item_id", name="pk_vocabulary_items"),
        sa.UniqueConstraint("term", "homograph", name="uq_vocabulary_items_term_homograph"),
        sa.ForeignKeyConstraint(["batch"], ["import_batches.number"], name="fk_vocabulary_items_batch"),
        sa.CheckConstraint(
            "homograph >= 1 AND item_id = term || '#' || homograph", name="ck_vocabulary_items_identity"
        ),
        sa.CheckConstraint("length(term) BETWEEN 1 AND 100", name="ck_vocabulary_items_term"),
        sa.CheckConstraint("length(definition) <= 500", name="ck_vocabulary_items_definition"),
        sa.CheckConstraint("topik_level BETWEEN 1 AND 6", name="ck_vocabulary_items_topik_level"),
        sa.CheckConstraint("term_number >= 1 AND row >= 1", name="ck_vocabulary_items_numbers"),
    )
    op.create_index("ix_vocabulary_items_stem", "vocabulary_items", ["stem"])
    op.create_index("ix_vocabulary_items_batch_row", "vocabulary_items", ["batch", "row"])


def _create_rows() -> None:
    op.create_table(
        "import_rows",
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("code", sa.String),
        sa.Column("reason", sa.String),
        sa.Column("text", sa.String),
        sa.Column("item_id", sa.String),
        sa.Column("updated", sa.Integer, nullable=False, server_default="0"),
        sa.Column("item", sa.String),
        sa.PrimaryKeyConstraint("batch", "row", name="pk_import_rows"),
        sa.ForeignKeyConstraint(["batch"], ["import_batches.number"], name="fk_import_rows_batch"),
        sa.ForeignKeyConstraint(["item_id"], ["vocabulary_items.item_id"], name="fk_import_rows_item_id"),
        sa.CheckConstraint("outcome IN ('imported', 'duplicate', 'rejected')", name="ck_import_rows_outcome"),
        sa.CheckConstraint("(outcome = 'rejected') = (item_id IS NULL)", name="ck_import_rows_item_or_reject"),
        sa.CheckConstraint(
            "(outcome = 'rejected') = (code IS NOT NULL AND reason IS NOT NULL)", name="ck_import_rows_reason"
        ),
        sa.CheckConstraint("updated IN (0, 1)", name="ck_import_rows_updated"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_import_rows_item_id", "import_rows", ["item_id"])
    op.create_table(
        "import_warnings",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_import_warnings"),
        sa.ForeignKeyConstraint(
            ["batch", "row"],
            ["import_rows.batch", "import_rows.row"],
            name="fk_import_warnings_batch_row",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_import_warnings_batch_row", "import_warnings", ["batch", "row"])
