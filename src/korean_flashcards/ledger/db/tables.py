"""The ledger's tables. ``migrations/versions`` builds the same tables step by step (a test compares them).

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

# How constraints are named, in the migrations too.
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

# An active process: a `kedro run`, an import. It holds a lock file while it runs (see ``runs.py``).
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

# One row a word and stage. ``key``, ``model`` and ``prompt_version`` are those of the request that the state is about.
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
    # Why the reply is not what would be requested today ("prompt v3→v4; model unchanged"); null when it is.
    Column("stale", String),
    # 1: requested again only after `kedro tasks retry` (records of an earlier system).
    Column("pinned", Integer, nullable=False, server_default="0"),
    CheckConstraint("stage IN ('nuance', 'flashcards', 'judge')", name="stage"),
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
    # Few tasks are under way: an index of these alone costs an import nothing.
    Index("ix_tasks_run_id", "run_id", sqlite_where=text("run_id IS NOT NULL")),
    sqlite_with_rowid=False,
)

# The prompts of the requests, numbered by first use: "v3" is easier to say than a hash.
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

# Words whose cards are in a deck. No foreign key, on purpose: their numbers stay reserved when the word is rolled back.
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

# One row a call of a model, written when it ended. No foreign key to words: what was paid stays when a word goes.
llm_calls = Table(
    "llm_calls",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("run_id", String),
    Column("stage", String, nullable=False),
    Column("term", String, nullable=False),
    Column("model", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("prompt_version", String, nullable=False),
    Column("key", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("outcome", String, nullable=False),
    Column("message", String),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("tokens_cached", Integer, nullable=False),
    Column("tokens_reasoning", Integer, nullable=False),
    Column("usd", Float),
    Column("latency_s", Float, nullable=False),
    Column("queue_s", Float, nullable=False),
    # 1: accepted after a repair without a call.
    Column("fixed", Integer, nullable=False, server_default="0"),
    # 1: sent through the provider's batch API.
    Column("batch", Integer, nullable=False, server_default="0"),
    CheckConstraint("kind IN ('ask', 'repair', 'probe')", name="kind"),
    CheckConstraint("tokens_in >= 0 AND tokens_out >= 0 AND usd >= 0", name="amounts"),
    CheckConstraint("fixed IN (0, 1) AND batch IN (0, 1)", name="flags"),
    Index("ix_llm_calls_key", "key"),
    Index("ix_llm_calls_term", "term"),
    Index("ix_llm_calls_outcome_at", "outcome", "at"),
    Index("ix_llm_calls_run_id", "run_id"),
    Index("ix_llm_calls_stage_model_outcome", "stage", "model", "outcome"),
)

# The calls summed up, so that a budget is checked in no time however many calls there were; written with each call.
# ``day`` is the calendar day where the machine is.
llm_spending = Table(
    "llm_spending",
    metadata,
    Column("day", String, primary_key=True),
    # The run, or the first of those that share its work.
    Column("run_id", String, primary_key=True),
    Column("stage", String, primary_key=True),
    Column("model", String, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("usd", Float, nullable=False),
    sqlite_with_rowid=False,
)

# Runs that joined another's work, and the first of these: they have one budget together.
llm_shared_runs = Table(
    "llm_shared_runs",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("first_run_id", String, nullable=False),
)

# Money set aside for calls under way, at the most that they can cost.
llm_reservations = Table(
    "llm_reservations",
    metadata,
    Column("reservation", String, primary_key=True),
    Column("run_id", String, nullable=False),
    Column("key", String, nullable=False),
    Column("term", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("model", String, nullable=False),
    Column("prompt_version", String, nullable=False),
    Column("usd", Float, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("at", Float, nullable=False),
    # The provider's batch that the call is part of: it outlives its run.
    Column("batch_id", String),
    Index("ix_llm_reservations_run_id", "run_id"),
    sqlite_with_rowid=False,
)

# Requests submitted to a provider's batch API. ``finished``: when every line had ended; null: not yet. ``held_by``: the run
# that uses it.
llm_batches = Table(
    "llm_batches",
    metadata,
    Column("batch_id", String, primary_key=True),
    # The provider's own name of it, null until it has confirmed it.
    Column("provider_id", String),
    Column("stage", String, nullable=False),
    Column("model", String, nullable=False),
    Column("api_base", String),
    Column("prompt_version", String, nullable=False),
    Column("reply_format", String, nullable=False),
    # The uploaded file of requests: null until it is uploaded.
    Column("file_id", String),
    Column("state", String, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("message", String),
    Column("created", String, nullable=False),
    Column("finished", String),
    # The run that handed it in: its budget pays.
    Column("run_id", String, nullable=False),
    Column("held_by", String),
    CheckConstraint(
        "state IN ('submitting', 'submitted', 'completed', 'failed', 'expired', 'cancelled', 'lost')", name="state"
    ),
    CheckConstraint("total >= 0 AND done >= 0 AND failed >= 0", name="counts"),
    Index("ix_llm_batches_stage_finished", "stage", "finished"),
)

# ``outcome``: null while it is under way, then "ok", a failure's code, or "undone" where the provider did not work on it.
llm_batch_requests = Table(
    "llm_batch_requests",
    metadata,
    Column("batch_id", ForeignKey("llm_batches.batch_id"), primary_key=True),
    Column("key", String, primary_key=True),
    Column("term", String, nullable=False),
    Column("reservation", String, nullable=False),
    Column("outcome", String),
    # A request is in one open batch at most.
    Index("uq_llm_batch_requests_key", "key", unique=True, sqlite_where=text("outcome IS NULL")),
    sqlite_with_rowid=False,
)

# The circuit breaker of a model at its provider (a model's name begins with the provider's). Times: Unix seconds.
llm_breakers = Table(
    "llm_breakers",
    metadata,
    Column("model", String, primary_key=True),
    Column("provider", String, nullable=False),
    Column("state", String, nullable=False),
    Column("opened", Float, nullable=False),
    Column("probe_at", Float, nullable=False),
    Column("rest_s", Float, nullable=False),
    Column("reason", String, nullable=False),
    CheckConstraint("state IN ('closed', 'open', 'half_open')", name="state"),
)

# Rate limits of a model, as learned, and when the next call may be sent. Times: Unix seconds.
llm_rates = Table(
    "llm_rates",
    metadata,
    Column("model", String, primary_key=True),
    Column("rpm", Float),
    Column("tpm", Float),
    # headers: the provider said so; refusals: found out from its 429s.
    Column("source", String),
    Column("changed", Float, nullable=False, server_default="0"),
    Column("next_call", Float, nullable=False, server_default="0"),
    CheckConstraint("source IN ('headers', 'refusals')", name="source"),
    CheckConstraint("rpm > 0 AND tpm > 0", name="positive"),
)


# What people say of analyses and cards; rows are only added. ``fingerprint``: the content it is about
# (of an edit: the one that it made). No foreign key, on purpose: reviews stay when a word is rolled back.
reviews = Table(
    "reviews",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("item_id", String, nullable=False),
    Column("tab_name", String, nullable=False),
    Column("action", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("reason", String),
    Column("reviewer", String),
    CheckConstraint("action IN ('approve', 'reject', 'edit', 'restore', 'drop')", name="action"),
    Index("ix_reviews_item_id_tab_name", "item_id", "tab_name"),
)

# Edits in force: ``value`` (JSON) stands in the place of what is generated; ``base``: what it replaced.
overrides = Table(
    "overrides",
    metadata,
    Column("item_id", String, primary_key=True),
    Column("tab_name", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("base", String, nullable=False),
    Column("value", String, nullable=False),
    Column("review", ForeignKey("reviews.number"), nullable=False),
    sqlite_with_rowid=False,
)

# Every content that an analysis or a card has had, numbered by part. ``usd``: of its reply, which has all cards of the word.
card_versions = Table(
    "card_versions",
    metadata,
    Column("item_id", String, primary_key=True),
    Column("tab_name", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("content", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("model", String, nullable=False),
    Column("prompt_version", String, nullable=False),
    Column("key", String, nullable=False),
    Column("usd", Float),
    Column("first_seen", String, nullable=False),
    UniqueConstraint("item_id", "tab_name", "fingerprint"),
    CheckConstraint("made_by IN ('model', 'person')", name="made_by"),
)

# Words that a person has reviewed: as those of ``exported_items``, their numbers stay taken when they are rolled back, so
# that no other word gets their reviews and edits.
reviewed_items = Table(
    "reviewed_items",
    metadata,
    Column("item_id", String, primary_key=True),
    Column("term", String, nullable=False),
    Column("homograph", Integer, nullable=False),
    Column("definition", String),
    Column("hanja", String),
    UniqueConstraint("term", "homograph"),
)
