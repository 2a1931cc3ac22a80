"""Define the ledger's tables for runs, word lists, words, tasks, and reviews.

``llm_tables`` defines the tables for model calls, ``export_tables`` those for exports, ``prompt_tables`` those for
prompts, and ``run_tables`` those for the records of runs.

The migrations in ``migrations/versions`` build the same tables, and a test compares the results. The reference page is
built from the comments on tables and columns, which SQLite ignores.

Times are UTC in ISO 8601 format ("2026-11-23T22:15:16Z"), unless a column's comment specifies Unix time in seconds.
JSON is stored as text.
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

# The migrations use the same constraint names.
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
    Column("number", Integer, primary_key=True, comment="Event number, starting at 1, oldest first."),
    Column("at", String, nullable=False, comment="Time of the event (UTC, ISO 8601)."),
    Column(
        "event",
        String,
        nullable=False,
        comment="Kind of event: created, upgraded, downgraded, restored, repaired, or rolled back.",
    ),
    Column("from_version", String, comment="Schema version before the event; null for a new ledger or a rollback."),
    Column("to_version", String, comment="Schema version after the event; null for a rollback."),
    Column("backup", String, comment="Backup file made before the event or restored by it; null if there is none."),
    Column(
        "details",
        String,
        nullable=False,
        comment="JSON object: row counts before and after the event, and the results of the integrity and foreign key "
        "checks.",
    ),
    comment="Events that changed the ledger as a whole: creation, migrations, restores, repairs, and rollbacks.",
)

ledger_settings = Table(
    "ledger_settings",
    metadata,
    Column("name", String, primary_key=True, comment="Name of the setting: budget_zone."),
    Column(
        "value",
        String,
        nullable=False,
        comment="Value of the setting. budget_zone: the time zone for daily and monthly budgets (Asia/Seoul, or +09:00).",
    ),
    sqlite_with_rowid=False,
    comment="Settings shared by all machines that use the ledger.",
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", String, primary_key=True, comment="Run ID: the start time (UTC) and a random suffix."),
    Column("kind", String, nullable=False, comment="Kind of process: run or import."),
    Column(
        "fingerprint",
        String,
        nullable=False,
        comment="Hash shared by runs that write the same layers; empty if the process writes no layers.",
    ),
    Column("host", String, nullable=False, comment="Host name of the machine."),
    Column("pid", Integer, nullable=False, comment="Process ID on that machine."),
    Column("started", String, nullable=False, comment="Start time (UTC, ISO 8601)."),
    Column(
        "ended",
        String,
        comment="End time (UTC, ISO 8601), or the last recorded activity of a run that was killed; null while the run is "
        "active, or until a dead run is cleaned up.",
    ),
    CheckConstraint("kind IN ('run', 'import')", name="kind"),
    comment="Processes that write to the ledger: pipeline runs and imports. Each process holds a lock file while it is "
    "active.",
)

import_batches = Table(
    "import_batches",
    metadata,
    Column("number", Integer, primary_key=True, comment="Batch number, in import order."),
    Column(
        "batch_id",
        String,
        nullable=False,
        unique=True,
        comment="Unique name of the batch, from the file name or --batch-id.",
    ),
    Column("file", String, nullable=False, comment="The list's file name."),
    Column(
        "source",
        String,
        nullable=False,
        comment="Path of the list, relative to the project if possible; used to recognize later versions.",
    ),
    Column("sha256", String, nullable=False, comment="SHA-256 hash of the file, in hex."),
    Column(
        "state",
        String,
        nullable=False,
        comment="Batch state: pending, processing, completed, partial (some rows were rejected), or failed.",
    ),
    Column("tag", String, comment="Label from --tag; null if not given."),
    Column(
        "priority",
        Integer,
        nullable=False,
        comment="Priority of the words' tasks, from 1 (lowest) to 10 (highest).",
    ),
    Column(
        "on_duplicate",
        String,
        nullable=False,
        comment="How to handle a word that already exists: skip the row, update the word, or keep both as homographs.",
    ),
    Column("created", String, nullable=False, comment="Time when the import was registered (UTC, ISO 8601)."),
    Column("finished", String, comment="Time when the import ended (UTC, ISO 8601); null until the import ends."),
    Column(
        "rows",
        Integer,
        nullable=False,
        server_default="0",
        comment="Total number of rows: imported + duplicates + rejected.",
    ),
    Column("imported", Integer, nullable=False, server_default="0", comment="Number of rows that added a word."),
    Column(
        "duplicates", Integer, nullable=False, server_default="0", comment="Number of rows whose word already existed."
    ),
    Column(
        "rejected",
        Integer,
        nullable=False,
        server_default="0",
        comment="Number of rows that were not imported because of an error.",
    ),
    Column("message", String, comment="Reason why the import failed; null if it did not fail."),
    Column("run_id", ForeignKey("runs.run_id"), comment="Run that imported the list."),
    CheckConstraint("state IN ('pending', 'processing', 'completed', 'partial', 'failed')", name="state"),
    CheckConstraint("priority BETWEEN 1 AND 10", name="priority"),
    CheckConstraint("on_duplicate IN ('skip', 'update', 'keep')", name="on_duplicate"),
    CheckConstraint("rows = imported + duplicates + rejected", name="rows_add_up"),
    Index("ix_import_batches_sha256", "sha256"),
    Index("ix_import_batches_source", "source"),
    comment="Imported word lists, one row per import.",
)

vocabulary_items = Table(
    "vocabulary_items",
    metadata,
    Column("item_id", String, primary_key=True, comment="Word ID: the headword, #, and the homograph number (배#1)."),
    Column("term", String, nullable=False, comment="Headword, 1 to 100 characters."),
    Column("homograph", Integer, nullable=False, comment="Homograph number, starting at 1."),
    Column(
        "stem",
        String,
        nullable=False,
        comment="Headword without spaces or trailing particles (문을 → 문), used to find words that look alike.",
    ),
    Column(
        "term_number",
        Integer,
        nullable=False,
        comment="The word's number, starting at 1: its first position in its list. It never changes.",
    ),
    Column("pos", String, comment="Part of speech; null if not given."),
    Column("definition", String, comment="Definition, up to 500 characters; null if not given."),
    Column("hanja", String, comment="The word's hanja; null if not given."),
    Column("topik_level", Integer, comment="TOPIK level, 1 to 6; null if not given."),
    Column("example", String, comment="Example sentence in Korean; null if not given."),
    Column("example_translation", String, comment="Translation of the example; null if not given."),
    Column("usage_hint", String, comment="Usage note; null if not given."),
    Column("ipa", String, comment="Pronunciation in IPA; null if not given."),
    Column(
        "frequency",
        Integer,
        comment="Frequency in a corpus (a higher number means a more frequent word); null if not given.",
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
    Column("batch", ForeignKey("import_batches.number"), primary_key=True, comment="Batch number."),
    Column("row", Integer, primary_key=True, comment="Row number in the list."),
    Column("outcome", String, nullable=False, comment="Outcome: imported, duplicate, or rejected."),
    Column("code", String, comment="Rejection code; null unless the row was rejected."),
    Column("reason", String, comment="Reason for the rejection; null unless the row was rejected."),
    Column("text", String, comment="The row's text in the file."),
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
        comment="1 if the row is a duplicate that changed its word's values; otherwise, 0.",
    ),
    Column("item", String, comment="The row's values as a VocabularyItem (JSON object); null if the row was rejected."),
    CheckConstraint("outcome IN ('imported', 'duplicate', 'rejected')", name="outcome"),
    CheckConstraint("(outcome = 'rejected') = (item_id IS NULL)", name="item_or_reject"),
    CheckConstraint("(outcome = 'rejected') = (code IS NOT NULL AND reason IS NOT NULL)", name="reason"),
    CheckConstraint("updated IN (0, 1)", name="updated"),
    Index("ix_import_rows_item_id", "item_id"),
    sqlite_with_rowid=False,
    comment="Rows of the imported lists and their outcomes. A word's values come from the row that added it and are "
    "overwritten by later rows with updated = 1. A rollback recomputes the values.",
)

import_warnings = Table(
    "import_warnings",
    metadata,
    Column("number", Integer, primary_key=True, comment="Warning number."),
    Column("batch", Integer, nullable=False, comment="Batch number."),
    Column("row", Integer, nullable=False, comment="Row number in the list."),
    Column("code", String, nullable=False, comment="Warning code, such as near_duplicate."),
    Column("reason", String, nullable=False, comment="Warning text."),
    ForeignKeyConstraint(["batch", "row"], ["import_rows.batch", "import_rows.row"], ondelete="CASCADE"),
    Index("ix_import_warnings_batch_row", "batch", "row"),
    comment="Warnings about imported rows.",
)

tasks = Table(
    "tasks",
    metadata,
    Column(
        "stage",
        String,
        primary_key=True,
        comment="Stage: nuance (analysis), flashcards (cards), or judge (score).",
    ),
    Column(
        "item_id",
        ForeignKey("vocabulary_items.item_id", ondelete="CASCADE"),
        primary_key=True,
        comment="Word that the task is for.",
    ),
    Column(
        "state",
        String,
        nullable=False,
        server_default="pending",
        comment="Task state: pending, running, done, failed, dead (failed in too many runs), or dropped (by a user).",
    ),
    Column("priority", Integer, nullable=False, comment="Priority, from 1 (lowest) to 10 (highest)."),
    Column(
        "frequency",
        Integer,
        nullable=False,
        comment="The word's frequency, or 0 if unknown; copied here so that a single index covers the queue order.",
    ),
    Column(
        "position",
        Integer,
        nullable=False,
        comment="The word's number; copied here so that a single index covers the queue order.",
    ),
    Column(
        "attempts",
        Integer,
        nullable=False,
        server_default="0",
        comment="Number of runs in which the request with this key has failed; 0 for a new request.",
    ),
    Column(
        "key",
        String,
        comment="Cache key of the request that the task's state refers to; null before the first request.",
    ),
    Column("model", String, comment="Model that the request with this key is sent to."),
    Column("prompt_version", String, comment="Prompt version used by the request with this key."),
    Column("code", String, comment="Failure code; null unless the request failed."),
    Column("message", String, comment="Failure message; null unless the request failed."),
    Column("run_id", ForeignKey("runs.run_id"), comment="Run that holds the lease; null unless the task is running."),
    Column("leased_until", Float, comment="End of the lease (Unix time in seconds); null unless the task is running."),
    Column(
        "settled", String, comment="Time when the last request finished (UTC, ISO 8601); null until a request finishes."
    ),
    Column(
        "stale",
        String,
        comment='Reason why the reply is out of date, such as "prompt v3→v4; model unchanged"; null if it is current.',
    ),
    Column(
        "pinned",
        Integer,
        nullable=False,
        server_default="0",
        comment="1 if the reply was imported, so that only `kedro tasks retry` causes a new request; otherwise, 0.",
    ),
    Column(
        "good_key",
        String,
        comment="Cache key of the last request with a good reply, which stays in use while a newer request is pending or "
        "failed; null before the first good reply.",
    ),
    Column("good_model", String, comment="Model that sent the last good reply."),
    Column("good_prompt_version", String, comment="Prompt version of the last good reply."),
    CheckConstraint("stage IN ('nuance', 'flashcards', 'judge')", name="stage"),
    CheckConstraint("state IN ('pending', 'running', 'done', 'failed', 'dead', 'dropped')", name="state"),
    CheckConstraint("priority BETWEEN 1 AND 10", name="priority"),
    CheckConstraint("attempts >= 0", name="attempts"),
    CheckConstraint("(state = 'running') = (run_id IS NOT NULL AND leased_until IS NOT NULL)", name="lease"),
    CheckConstraint("state <> 'done' OR key IS NOT NULL", name="done_has_key"),
    CheckConstraint("state NOT IN ('failed', 'dead') OR code IS NOT NULL", name="failed_has_code"),
    CheckConstraint("pinned IN (0, 1)", name="pinned"),
    # The queue order: highest priority first, then the most frequent word, then list order.
    Index("ix_tasks_queue", "stage", "state", text("priority DESC"), text("frequency DESC"), "position", "item_id"),
    Index("ix_tasks_item_id", "item_id"),
    Index("ix_tasks_key", "key"),
    # Few tasks run at a time, so a partial index on them does not slow down imports.
    Index("ix_tasks_run_id", "run_id", sqlite_where=text("run_id IS NOT NULL")),
    sqlite_with_rowid=False,
    comment="The task queue, one row per word and stage.",
)

slow_queries = Table(
    "slow_queries",
    metadata,
    Column("statement", String, primary_key=True, comment="SQL statement, shortened to 500 characters."),
    Column("count", Integer, nullable=False, comment="Number of times that the statement took at least 0.1 seconds."),
    Column(
        "worst_seconds",
        Float,
        nullable=False,
        comment="Longest duration in seconds, including time spent waiting for the write lock.",
    ),
    Column("last_seen", String, nullable=False, comment="Time when the statement was last slow (UTC, ISO 8601)."),
    comment="The slowest SQL statements, shown by `kedro db health`.",
)

reviews = Table(
    "reviews",
    metadata,
    Column("number", Integer, primary_key=True, comment="Review number, starting at 1, oldest first."),
    Column("at", String, nullable=False, comment="Time of the review (UTC, ISO 8601)."),
    Column("item_id", String, nullable=False, comment="Word ID."),
    Column("tab_name", String, nullable=False, comment="Card type; empty for an analysis."),
    Column(
        "action",
        String,
        nullable=False,
        comment="Kind of review: approve, reject, edit, restore (a version), or drop (an edit).",
    ),
    Column(
        "fingerprint",
        String,
        nullable=False,
        comment="Hash of the reviewed content; for an edit, the hash of the content after the edit.",
    ),
    Column("reason", String, comment="Reason for the rejection, or a description of the edit; null if not given."),
    Column("reviewer", String, comment="Name of the reviewer; null if not given."),
    CheckConstraint("action IN ('approve', 'reject', 'edit', 'restore', 'drop')", name="action"),
    Index("ix_reviews_item_id_tab_name", "item_id", "tab_name"),
    # No foreign key, so that reviews are kept when their word is rolled back.
    comment="Human reviews of analyses and cards. Reviews are never changed or deleted, not even by a rollback.",
)

undone_reviews = Table(
    "undone_reviews",
    metadata,
    Column("number", Integer, primary_key=True, comment="Number, starting at 1, oldest first."),
    Column(
        "review",
        ForeignKey("reviews.number"),
        nullable=False,
        unique=True,
        comment="Number of the review that no longer counts.",
    ),
    Column("at", String, nullable=False, comment="Time when it was undone (UTC, ISO 8601)."),
    Column("reviewer", String, comment="Name of the person who undid it; null if not given."),
    comment="Reviews that a reviewer has undone. They stay in the table of reviews, but no longer count.",
)

overrides = Table(
    "overrides",
    metadata,
    Column("item_id", String, primary_key=True, comment="Word ID."),
    Column("tab_name", String, primary_key=True, comment="Card type; empty for an analysis."),
    Column("field", String, primary_key=True, comment="Name of the edited field."),
    Column("base", String, nullable=False, comment="Generated value that the edit replaces (JSON)."),
    Column("value", String, nullable=False, comment="Edited value (JSON)."),
    Column(
        "review",
        ForeignKey("reviews.number"),
        nullable=False,
        comment="Number of the review in which the edit was made.",
    ),
    sqlite_with_rowid=False,
    comment="Active edits: values that replace generated ones.",
)

card_versions = Table(
    "card_versions",
    metadata,
    Column("item_id", String, primary_key=True, comment="Word ID."),
    Column("tab_name", String, primary_key=True, comment="Card type; empty for an analysis."),
    Column("number", Integer, primary_key=True, comment="Version number, starting at 1 for each analysis or card."),
    Column("fingerprint", String, nullable=False, comment="Hash of the content."),
    Column("content", String, nullable=False, comment="Content (JSON object)."),
    Column(
        "made_by",
        String,
        nullable=False,
        comment="Author of the version: model, or person if the content includes edits.",
    ),
    Column(
        "model",
        String,
        nullable=False,
        comment="Model that generated the content before any edits.",
    ),
    Column("prompt_version", String, nullable=False, comment="Version of the prompt that produced the model's reply."),
    Column("key", String, nullable=False, comment="Cache key of the model's reply."),
    Column("usd", Float, comment="Cost of the reply in USD, covering all of the word's cards; null if unknown."),
    Column("first_seen", String, nullable=False, comment="Time when the version was first recorded (UTC, ISO 8601)."),
    UniqueConstraint("item_id", "tab_name", "fingerprint"),
    CheckConstraint("made_by IN ('model', 'person')", name="made_by"),
    comment="All versions of each analysis and card.",
)

reviewed_items = Table(
    "reviewed_items",
    metadata,
    Column("item_id", String, primary_key=True, comment="Word ID."),
    Column("term", String, nullable=False, comment="Headword."),
    Column("homograph", Integer, nullable=False, comment="Homograph number."),
    Column("definition", String, comment="Definition at the time of the first review; null if there was none."),
    Column("hanja", String, comment="Hanja at the time of the first review; null if there were none."),
    Column(
        "term_number", Integer, comment="The word's number; null if the word had been rolled back before version 0010."
    ),
    UniqueConstraint("term", "homograph"),
    comment="Words that a person has reviewed. The words' homograph numbers stay reserved after a rollback, so that a "
    "different word does not inherit their reviews and edits.",
)
