"""The ledger's tables as the code knows them; ``migrations/versions`` builds the same, step by step (a test compares).

Times are UTC, ISO 8601 ("2026-11-23T22:15:16Z"), but for leases, which are seconds since the epoch. JSON is text.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# What happened to the ledger itself. ``details`` is JSON: row counts before and after, integrity and foreign-key check.
history = Table(
    "history",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("event", String, nullable=False),
    Column("from_version", String),
    Column("to_version", String),
    Column("backup", String),
    Column("details", String, nullable=False),
)

# A process at work: a `kedro run`, an import. It holds a lock file of its own while it lives (see ``runs.py``).
runs = Table(
    "runs",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", String, nullable=False),
    Column("ended", String),
    CheckConstraint("kind IN ('run', 'import')", name="kind"),
)

import_batches = Table(
    "import_batches",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("batch_id", String, nullable=False, unique=True),
    Column("file", String, nullable=False),
    # Where the list lay, relative to the project where it is inside: a later version of it is known by this.
    Column("source", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("state", String, nullable=False),
    Column("tag", String),
    Column("priority", Integer, nullable=False),
    Column("on_duplicate", String, nullable=False),
    Column("created", String, nullable=False),
    Column("finished", String),
    Column("rows", Integer, nullable=False, server_default="0"),
    Column("imported", Integer, nullable=False, server_default="0"),
    Column("duplicates", Integer, nullable=False, server_default="0"),
    Column("rejected", Integer, nullable=False, server_default="0"),
    Column("message", String),
    Column("run_id", ForeignKey("runs.run_id")),
    CheckConstraint("state IN ('pending', 'processing', 'completed', 'partial', 'failed')", name="state"),
    CheckConstraint("priority BETWEEN 1 AND 10", name="priority"),
    CheckConstraint("on_duplicate IN ('skip', 'update', 'keep')", name="on_duplicate"),
    CheckConstraint("rows = imported + duplicates + rejected", name="rows_add_up"),
    Index("ix_import_batches_sha256", "sha256"),
    Index("ix_import_batches_source", "source"),
)

vocabulary_items = Table(
    "vocabulary_items",
    metadata,
    Column("item_id", String, primary_key=True),
    Column("term", String, nullable=False),
    Column("homograph", Integer, nullable=False),
    # The term without spaces and a trailing particle: words that share it look alike (문, 문을), see korean/near.py.
    Column("stem", String, nullable=False),
    Column("term_number", Integer, nullable=False),
    Column("pos", String),
    Column("definition", String),
    Column("hanja", String),
    Column("topik_level", Integer),
    Column("example", String),
    Column("example_translation", String),
    Column("usage_hint", String),
    Column("ipa", String),
    Column("frequency", Integer),
    Column("tags", String, nullable=False),
    # The row that brought it.
    Column("batch", ForeignKey("import_batches.number"), nullable=False),
    Column("row", Integer, nullable=False),
    UniqueConstraint("term", "homograph"),
    CheckConstraint("homograph >= 1 AND item_id = term || '#' || homograph", name="identity"),
    CheckConstraint("length(term) BETWEEN 1 AND 100", name="term"),
    CheckConstraint("length(definition) <= 500", name="definition"),
    CheckConstraint("topik_level BETWEEN 1 AND 6", name="topik_level"),
    CheckConstraint("term_number >= 1 AND row >= 1", name="numbers"),
    Index("ix_vocabulary_items_stem", "stem"),
    Index("ix_vocabulary_items_batch_row", "batch", "row"),
)

# One row a row of a list, wherever it ended. ``item`` is the row as a VocabularyItem (JSON), null of a reject: an item is
# the row that brought it, overlaid by every later row with ``updated``, so that a rollback can compute it anew.
import_rows = Table(
    "import_rows",
    metadata,
    Column("batch", ForeignKey("import_batches.number"), primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("outcome", String, nullable=False),
    Column("code", String),
    Column("reason", String),
    Column("text", String),
    Column("item_id", ForeignKey("vocabulary_items.item_id")),
    Column("updated", Integer, nullable=False, server_default="0"),
    Column("item", String),
    CheckConstraint("outcome IN ('imported', 'duplicate', 'rejected')", name="outcome"),
    CheckConstraint("(outcome = 'rejected') = (item_id IS NULL)", name="item_or_reject"),
    CheckConstraint("(outcome = 'rejected') = (code IS NOT NULL AND reason IS NOT NULL)", name="reason"),
    CheckConstraint("updated IN (0, 1)", name="updated"),
    Index("ix_import_rows_item_id", "item_id"),
    sqlite_with_rowid=False,
)

import_warnings = Table(
    "import_warnings",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("batch", Integer, nullable=False),
    Column("row", Integer, nullable=False),
    Column("code", String, nullable=False),
    Column("reason", String, nullable=False),
    ForeignKeyConstraint(["batch", "row"], ["import_rows.batch", "import_rows.row"], ondelete="CASCADE"),
    Index("ix_import_warnings_batch_row", "batch", "row"),
)

# One row a word and stage. ``key`` names the question that the state is about; ``model`` and ``prompt_version`` asked it.
# ``frequency`` and ``position`` are the item's, here so that one index gives the order of the queue.
tasks = Table(
    "tasks",
    metadata,
    Column("stage", String, primary_key=True),
    Column("item_id", ForeignKey("vocabulary_items.item_id", ondelete="CASCADE"), primary_key=True),
    Column("state", String, nullable=False, server_default="pending"),
    Column("priority", Integer, nullable=False),
    Column("frequency", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("key", String),
    Column("model", String),
    Column("prompt_version", String),
    Column("code", String),
    Column("message", String),
    Column("run_id", ForeignKey("runs.run_id")),
    Column("leased_until", Float),
    Column("settled", String),
    # Why the reply is not what would be asked for today ("prompt v3→v4; model unchanged"); null when it is.
    Column("stale", String),
    # 1: never asked again unless told (records of an earlier system).
    Column("pinned", Integer, nullable=False, server_default="0"),
    CheckConstraint("stage IN ('nuance', 'flashcards')", name="stage"),
    CheckConstraint("state IN ('pending', 'running', 'done', 'failed', 'dead', 'dropped')", name="state"),
    CheckConstraint("priority BETWEEN 1 AND 10", name="priority"),
    CheckConstraint("attempts >= 0", name="attempts"),
    CheckConstraint("(state = 'running') = (run_id IS NOT NULL AND leased_until IS NOT NULL)", name="lease"),
    CheckConstraint("state <> 'done' OR key IS NOT NULL", name="done_has_key"),
    CheckConstraint("state NOT IN ('failed', 'dead') OR code IS NOT NULL", name="failed_has_code"),
    CheckConstraint("pinned IN (0, 1)", name="pinned"),
    # The order of the queue: what matters most first, then the most frequent word, then the list's own order.
    Index("ix_tasks_queue", "stage", "state", text("priority DESC"), text("frequency DESC"), "position", "item_id"),
    Index("ix_tasks_item_id", "item_id"),
    Index("ix_tasks_key", "key"),
    Index("ix_tasks_run_id", "run_id"),
    sqlite_with_rowid=False,
)

# The prompts that tasks were asked with, numbered by first use: "v3" is easier to say than a hash.
prompt_versions = Table(
    "prompt_versions",
    metadata,
    Column("stage", String, primary_key=True),
    Column("version", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("text", String, nullable=False),
    Column("first_used", String, nullable=False),
    UniqueConstraint("stage", "number"),
)

# Words whose cards have left for a deck. No foreign key, on purpose: their numbers stay taken when the word is rolled back.
exported_items = Table(
    "exported_items",
    metadata,
    Column("item_id", String, primary_key=True),
    Column("term", String, nullable=False),
    Column("homograph", Integer, nullable=False),
    Column("definition", String),
    Column("hanja", String),
    Column("first_exported", String, nullable=False),
    Column("last_exported", String, nullable=False),
    UniqueConstraint("term", "homograph"),
)

slow_queries = Table(
    "slow_queries",
    metadata,
    Column("statement", String, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("worst_seconds", Float, nullable=False),
    Column("last_seen", String, nullable=False),
)
