"""Define the ledger's tables for runs, word lists, words, tasks, exports and reviews.

``llm_tables`` defines the tables for model calls.

The migrations in ``migrations/versions`` build the same tables; a test compares the two. A table's ``comment`` and its
columns' comments are the text of the reference page. SQLite ignores them.

Times are UTC in ISO 8601 ("2026-11-23T22:15:16Z"), except those that are Unix time in seconds. JSON is stored as text.
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

# The migrations use the same names of constraints.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

history = Table(
    "history",
    metadata,
    Column("number", Integer, primary_key=True, comment="Number of the event, from 1, oldest first."),
    Column("at", String, nullable=False, comment="Time of the event (UTC, ISO 8601)."),
    Column("event", String, nullable=False, comment="created, upgraded, downgraded, restored or rolled back."),
    Column("from_version", String, comment="Schema version before the event; null for a new ledger or a rollback."),
    Column("to_version", String, comment="Schema version after the event; null for a rollback."),
    Column(
        "backup", String, comment="File of the backup made before the event or restored by it; null without a backup."
    ),
    Column(
        "details",
        String,
        nullable=False,
        comment="JSON object: row counts before and after, and the results of the integrity and foreign key checks.",
    ),
    comment="Events that changed the ledger as a whole: creation, migrations, restores and rollbacks.",
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", String, primary_key=True, comment="Id of the run: its start time (UTC) and a random suffix."),
    Column("kind", String, nullable=False, comment="run or import."),
    Column(
        "fingerprint",
        String,
        nullable=False,
        comment="Hash that is equal for runs that write the same layers; empty if the process writes no layers.",
    ),
    Column("host", String, nullable=False, comment="Name of the machine."),
    Column("pid", Integer, nullable=False, comment="Process id on that machine."),
    Column("started", String, nullable=False, comment="Start time (UTC, ISO 8601)."),
    Column(
        "ended",
        String,
        comment="End time (UTC, ISO 8601); null while the run is active, or if it died and was not cleaned up yet.",
    ),
    CheckConstraint("kind IN ('run', 'import')", name="kind"),
    comment="Processes that write to the ledger: pipeline runs and imports. Each holds a lock file while it is active.",
)

import_batches = Table(
    "import_batches",
    metadata,
    Column("number", Integer, primary_key=True, comment="Number of the batch, in import order."),
    Column(
        "batch_id",
        String,
        nullable=False,
        unique=True,
        comment="Unique name of the batch, from the file name or --batch-id.",
    ),
    Column("file", String, nullable=False, comment="File name of the list."),
    Column(
        "source",
        String,
        nullable=False,
        comment="Path of the list, relative to the project if it is inside; identifies later versions of the list.",
    ),
    Column("sha256", String, nullable=False, comment="SHA-256 of the file, in hex."),
    Column(
        "state",
        String,
        nullable=False,
        comment="pending, processing, completed, partial (some rows were rejected) or failed.",
    ),
    Column("tag", String, comment="Label from --tag; null without one."),
    Column("priority", Integer, nullable=False, comment="Priority of the words' tasks, 1 to 10; higher first."),
    Column(
        "on_duplicate",
        String,
        nullable=False,
        comment="What to do with a word that exists already: skip it, update it, or keep both as homographs.",
    ),
    Column("created", String, nullable=False, comment="Time at which the import was registered (UTC, ISO 8601)."),
    Column("finished", String, comment="Time at which the import ended (UTC, ISO 8601); null before."),
    Column(
        "rows", Integer, nullable=False, server_default="0", comment="Number of rows: imported + duplicates + rejected."
    ),
    Column("imported", Integer, nullable=False, server_default="0", comment="Number of rows that added a word."),
    Column(
        "duplicates", Integer, nullable=False, server_default="0", comment="Number of rows whose word existed already."
    ),
    Column(
        "rejected",
        Integer,
        nullable=False,
        server_default="0",
        comment="Number of rows that were not imported because of an error.",
    ),
    Column("message", String, comment="Why the import failed; otherwise null."),
    Column("run_id", ForeignKey("runs.run_id"), comment="Run that imported the list."),
    CheckConstraint("state IN ('pending', 'processing', 'completed', 'partial', 'failed')", name="state"),
    CheckConstraint("priority BETWEEN 1 AND 10", name="priority"),
    CheckConstraint("on_duplicate IN ('skip', 'update', 'keep')", name="on_duplicate"),
    CheckConstraint("rows = imported + duplicates + rejected", name="rows_add_up"),
    Index("ix_import_batches_sha256", "sha256"),
    Index("ix_import_batches_source", "source"),
    comment="Imported word lists, one row per import of a list.",
)

vocabulary_items = Table(
    "vocabulary_items",
    metadata,
    Column(
        "item_id", String, primary_key=True, comment="Identity of the word: headword, # and homograph number (배#1)."
    ),
    Column("term", String, nullable=False, comment="Headword, 1 to 100 characters."),
    Column("homograph", Integer, nullable=False, comment="Homograph number, from 1."),
    Column(
        "stem",
        String,
        nullable=False,
        comment="Headword without spaces and trailing particles (문을 → 문); shared by words that look alike.",
    ),
    Column("term_number", Integer, nullable=False, comment="Position of the word in its list, from 1."),
    Column("pos", String, comment="Part of speech; null if not given."),
    Column("definition", String, comment="Definition, up to 500 characters; null if not given."),
    Column("hanja", String, comment="Hanja of the word; null if not given."),
    Column("topik_level", Integer, comment="TOPIK level, 1 to 6; null if not given."),
    Column("example", String, comment="Example sentence in Korean; null if not given."),
    Column("example_translation", String, comment="Translation of the example; null if not given."),
    Column("usage_hint", String, comment="Note on the usage of the word; null if not given."),
    Column("ipa", String, comment="Pronunciation in IPA; null if not given."),
    Column(
        "frequency", Integer, comment="Number of occurrences in a corpus, higher is more frequent; null if not given."
    ),
    Column("tags", String, nullable=False, comment="JSON list of tags."),
    Column(
        "batch", ForeignKey("import_batches.number"), nullable=False, comment="Number of the batch that added the word."
    ),
    Column("row", Integer, nullable=False, comment="Number of the row that added the word."),
    UniqueConstraint("term", "homograph"),
    CheckConstraint("homograph >= 1 AND item_id = term || '#' || homograph", name="identity"),
    CheckConstraint("length(term) BETWEEN 1 AND 100", name="term"),
    CheckConstraint("length(definition) <= 500", name="definition"),
    CheckConstraint("topik_level BETWEEN 1 AND 6", name="topik_level"),
    CheckConstraint("term_number >= 1 AND row >= 1", name="numbers"),
    Index("ix_vocabulary_items_stem", "stem"),
    Index("ix_vocabulary_items_batch_row", "batch", "row"),
    comment="Words to learn, one row per homograph.",
)

import_rows = Table(
    "import_rows",
    metadata,
    Column("batch", ForeignKey("import_batches.number"), primary_key=True, comment="Number of the batch."),
    Column("row", Integer, primary_key=True, comment="Row number in the list."),
    Column("outcome", String, nullable=False, comment="imported, duplicate or rejected."),
    Column("code", String, comment="Reject code; null unless the row was rejected."),
    Column("reason", String, comment="Why the row was rejected; otherwise null."),
    Column("text", String, comment="Text of the row in the file."),
    Column(
        "item_id",
        ForeignKey("vocabulary_items.item_id"),
        comment="Word that the row refers to; null if the row was rejected.",
    ),
    Column(
        "updated",
        Integer,
        nullable=False,
        server_default="0",
        comment="1 if the row is a duplicate that changed values of its word, otherwise 0.",
    ),
    Column(
        "item", String, comment="Values of the row as a VocabularyItem (JSON object); null if the row was rejected."
    ),
    CheckConstraint("outcome IN ('imported', 'duplicate', 'rejected')", name="outcome"),
    CheckConstraint("(outcome = 'rejected') = (item_id IS NULL)", name="item_or_reject"),
    CheckConstraint("(outcome = 'rejected') = (code IS NOT NULL AND reason IS NOT NULL)", name="reason"),
    CheckConstraint("updated IN (0, 1)", name="updated"),
    Index("ix_import_rows_item_id", "item_id"),
    sqlite_with_rowid=False,
    comment="Rows of the imported lists with their outcome. A word has the values of the row that added it, "
    "overwritten by those of later rows with updated = 1. A rollback computes them again.",
)

import_warnings = Table(
    "import_warnings",
    metadata,
    Column("number", Integer, primary_key=True, comment="Number of the warning."),
    Column("batch", Integer, nullable=False, comment="Number of the batch."),
    Column("row", Integer, nullable=False, comment="Row number in the list."),
    Column("code", String, nullable=False, comment="Warning code, for example near_duplicate."),
    Column("reason", String, nullable=False, comment="Text of the warning."),
    ForeignKeyConstraint(["batch", "row"], ["import_rows.batch", "import_rows.row"], ondelete="CASCADE"),
    Index("ix_import_warnings_batch_row", "batch", "row"),
    comment="Warnings about rows that were imported.",
)

tasks = Table(
    "tasks",
    metadata,
    Column("stage", String, primary_key=True, comment="nuance (analysis), flashcards (cards) or judge (score)."),
    Column(
        "item_id",
        ForeignKey("vocabulary_items.item_id", ondelete="CASCADE"),
        primary_key=True,
        comment="Word of the task.",
    ),
    Column(
        "state",
        String,
        nullable=False,
        server_default="pending",
        comment="pending, running, done, failed, dead (failed in too many runs) or dropped (by a person).",
    ),
    Column("priority", Integer, nullable=False, comment="Priority, 1 to 10; higher first."),
    Column(
        "frequency",
        Integer,
        nullable=False,
        comment="Frequency of the word, 0 if unknown; copied here so that one index gives the order of the queue.",
    ),
    Column(
        "position",
        Integer,
        nullable=False,
        comment="Position of the word in its list; copied here so that one index gives the order of the queue.",
    ),
    Column(
        "attempts",
        Integer,
        nullable=False,
        server_default="0",
        comment="Number of runs in which the request with this key failed; 0 for a new request.",
    ),
    Column("key", String, comment="Cache key of the request that the state is about; null before the first request."),
    Column("model", String, comment="Model of the request with this key."),
    Column("prompt_version", String, comment="Prompt version of the request with this key."),
    Column("code", String, comment="Failure code of the request; null unless it failed."),
    Column("message", String, comment="Message of the failure; null unless it failed."),
    Column("run_id", ForeignKey("runs.run_id"), comment="Run that leases the task; null unless it is running."),
    Column("leased_until", Float, comment="End of the lease (Unix time in seconds); null unless the task is running."),
    Column("settled", String, comment="Time at which the last request ended (UTC, ISO 8601); null before."),
    Column(
        "stale",
        String,
        comment="Why the reply is not what would be requested today (prompt v3→v4; model unchanged); null if it is.",
    ),
    Column(
        "pinned",
        Integer,
        nullable=False,
        server_default="0",
        comment="1 if only `kedro tasks retry` requests the word again (imported replies), otherwise 0.",
    ),
    CheckConstraint("stage IN ('nuance', 'flashcards', 'judge')", name="stage"),
    CheckConstraint("state IN ('pending', 'running', 'done', 'failed', 'dead', 'dropped')", name="state"),
    CheckConstraint("priority BETWEEN 1 AND 10", name="priority"),
    CheckConstraint("attempts >= 0", name="attempts"),
    CheckConstraint("(state = 'running') = (run_id IS NOT NULL AND leased_until IS NOT NULL)", name="lease"),
    CheckConstraint("state <> 'done' OR key IS NOT NULL", name="done_has_key"),
    CheckConstraint("state NOT IN ('failed', 'dead') OR code IS NOT NULL", name="failed_has_code"),
    CheckConstraint("pinned IN (0, 1)", name="pinned"),
    # Sorts the queue: highest priority first, then the most frequent word, then the order of the list.
    Index("ix_tasks_queue", "stage", "state", text("priority DESC"), text("frequency DESC"), "position", "item_id"),
    Index("ix_tasks_item_id", "item_id"),
    Index("ix_tasks_key", "key"),
    # Few tasks are running. An index of only these does not slow down an import.
    Index("ix_tasks_run_id", "run_id", sqlite_where=text("run_id IS NOT NULL")),
    sqlite_with_rowid=False,
    comment="The task queue, one row per word and stage.",
)

prompt_versions = Table(
    "prompt_versions",
    metadata,
    Column("stage", String, primary_key=True, comment="Stage that uses the prompt: nuance, flashcards or judge."),
    Column("version", String, primary_key=True, comment="Prompt version, a hash of the prompt."),
    Column("number", Integer, nullable=False, comment="Short number of the version, from 1 in each stage (v1, v2)."),
    Column("text", String, nullable=False, comment="Text of the prompt."),
    Column("first_used", String, nullable=False, comment="Time of the first use (UTC, ISO 8601)."),
    UniqueConstraint("stage", "number"),
    comment="Prompts of all requests, numbered by first use.",
)

exported_items = Table(
    "exported_items",
    metadata,
    Column("item_id", String, primary_key=True, comment="Identity of the word."),
    Column("term", String, nullable=False, comment="Headword."),
    Column("homograph", Integer, nullable=False, comment="Homograph number."),
    Column("definition", String, comment="Definition at the first export; null without one."),
    Column("hanja", String, comment="Hanja at the first export; null without one."),
    Column("first_exported", String, nullable=False, comment="Time of the first export (UTC, ISO 8601)."),
    Column("last_exported", String, nullable=False, comment="Time of the last export (UTC, ISO 8601)."),
    UniqueConstraint("term", "homograph"),
    # No foreign key, so that a row stays when its word is rolled back.
    comment="Words whose cards were exported to a deck. Their homograph numbers stay reserved after a rollback.",
)

slow_queries = Table(
    "slow_queries",
    metadata,
    Column("statement", String, primary_key=True, comment="SQL statement, shortened to 500 characters."),
    Column("count", Integer, nullable=False, comment="Number of times that it took at least 0.1 seconds."),
    Column(
        "worst_seconds",
        Float,
        nullable=False,
        comment="Longest duration in seconds, including the wait for the write lock.",
    ),
    Column("last_seen", String, nullable=False, comment="Time at which it was last slow (UTC, ISO 8601)."),
    comment="The slowest SQL statements, shown by `kedro db health`.",
)

reviews = Table(
    "reviews",
    metadata,
    Column("number", Integer, primary_key=True, comment="Number of the review, from 1, oldest first."),
    Column("at", String, nullable=False, comment="Time of the review (UTC, ISO 8601)."),
    Column("item_id", String, nullable=False, comment="Identity of the word."),
    Column("tab_name", String, nullable=False, comment="Card type; empty for the analysis."),
    Column("action", String, nullable=False, comment="approve, reject, edit, restore (a version) or drop (an edit)."),
    Column(
        "fingerprint",
        String,
        nullable=False,
        comment="Hash of the reviewed content; for an edit, of the edited content.",
    ),
    Column("reason", String, comment="Why the content was rejected, or what was edited; null if not given."),
    Column("reviewer", String, comment="Name of the reviewer; null if not given."),
    CheckConstraint("action IN ('approve', 'reject', 'edit', 'restore', 'drop')", name="action"),
    Index("ix_reviews_item_id_tab_name", "item_id", "tab_name"),
    # No foreign key, so that reviews stay when their word is rolled back.
    comment="Reviews of analyses and cards by people. Reviews are never changed or deleted, not even by a rollback.",
)

overrides = Table(
    "overrides",
    metadata,
    Column("item_id", String, primary_key=True, comment="Identity of the word."),
    Column("tab_name", String, primary_key=True, comment="Card type; empty for the analysis."),
    Column("field", String, primary_key=True, comment="Name of the edited field."),
    Column("base", String, nullable=False, comment="Generated value that the edit replaces (JSON)."),
    Column("value", String, nullable=False, comment="Edited value (JSON)."),
    Column("review", ForeignKey("reviews.number"), nullable=False, comment="Number of the review that made the edit."),
    sqlite_with_rowid=False,
    comment="Edits in force: values that replace generated ones.",
)

card_versions = Table(
    "card_versions",
    metadata,
    Column("item_id", String, primary_key=True, comment="Identity of the word."),
    Column("tab_name", String, primary_key=True, comment="Card type; empty for the analysis."),
    Column("number", Integer, primary_key=True, comment="Number of the version, from 1 for each analysis or card."),
    Column("fingerprint", String, nullable=False, comment="Hash of the content."),
    Column("content", String, nullable=False, comment="Content (JSON object)."),
    Column("made_by", String, nullable=False, comment="model, or person if the content includes edits."),
    Column(
        "model",
        String,
        nullable=False,
        comment="Model that generated the content, or the content that was edited.",
    ),
    Column("prompt_version", String, nullable=False, comment="Prompt version of the model's reply."),
    Column("key", String, nullable=False, comment="Cache key of the model's reply."),
    Column("usd", Float, comment="Cost in USD of the reply, which contains all cards of the word; null if unknown."),
    Column(
        "first_seen", String, nullable=False, comment="Time at which the version was first recorded (UTC, ISO 8601)."
    ),
    UniqueConstraint("item_id", "tab_name", "fingerprint"),
    CheckConstraint("made_by IN ('model', 'person')", name="made_by"),
    comment="All versions of each analysis and card.",
)

reviewed_items = Table(
    "reviewed_items",
    metadata,
    Column("item_id", String, primary_key=True, comment="Identity of the word."),
    Column("term", String, nullable=False, comment="Headword."),
    Column("homograph", Integer, nullable=False, comment="Homograph number."),
    Column("definition", String, comment="Definition at the first review; null without one."),
    Column("hanja", String, comment="Hanja at the first review; null without one."),
    UniqueConstraint("term", "homograph"),
    comment="Words that a person has reviewed. Their homograph numbers stay reserved after a rollback, so that a "
    "different word does not get their reviews and edits.",
)
