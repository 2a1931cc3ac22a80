"""Define the ledger's tables for model calls: costs, budgets, provider batches, circuit breakers and rate limits.

They share ``metadata`` and the conventions of ``tables``.
"""

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Index, Integer, String, Table, text

from korean_flashcards.ledger.db.tables import metadata

llm_calls = Table(
    "llm_calls",
    metadata,
    Column("number", Integer, primary_key=True, comment="Number of the call, from 1."),
    Column("at", String, nullable=False, comment="Time at which the call was sent (UTC, ISO 8601)."),
    Column("run_id", String, comment="Run that sent the call."),
    Column("stage", String, nullable=False, comment="nuance, flashcards or judge."),
    Column("term", String, nullable=False, comment="Headword that the call is about."),
    Column("model", String, nullable=False, comment="Model name."),
    Column("provider", String, nullable=False, comment="Provider of the model; empty for a call of a run that died."),
    Column("prompt_version", String, nullable=False, comment="Prompt version, a hash of the prompt."),
    Column("key", String, nullable=False, comment="Cache key of the request."),
    Column(
        "kind",
        String,
        nullable=False,
        comment="ask (request for a word), repair (of a rejected reply) or probe (test whether the provider replies).",
    ),
    Column("attempt", Integer, nullable=False, comment="Number of the attempt at the request in this run, from 1."),
    Column("outcome", String, nullable=False, comment="ok or a failure code."),
    Column("message", String, comment="Message of the failure; null if the call succeeded."),
    Column("tokens_in", Integer, nullable=False, comment="Input tokens, including cached ones."),
    Column("tokens_out", Integer, nullable=False, comment="Output tokens, including reasoning tokens."),
    Column(
        "tokens_cached", Integer, nullable=False, comment="Input tokens that the provider read from its prompt cache."
    ),
    Column("tokens_reasoning", Integer, nullable=False, comment="Output tokens spent on reasoning."),
    Column("usd", Float, comment="Cost in USD; null if the price is unknown."),
    Column("latency_s", Float, nullable=False, comment="Seconds from sending the call to its reply."),
    Column(
        "queue_s",
        Float,
        nullable=False,
        comment="Seconds that the call was delayed before it was sent, by rate limits or pauses.",
    ),
    Column(
        "fixed",
        Integer,
        nullable=False,
        server_default="0",
        comment="1 if the reply was accepted after a local repair without a further call, otherwise 0.",
    ),
    Column(
        "batch",
        Integer,
        nullable=False,
        server_default="0",
        comment="1 if the call was sent through the provider's batch API, otherwise 0.",
    ),
    Column(
        "booked",
        String,
        nullable=False,
        server_default="reported",
        comment="Source of the tokens and the cost: reported (by the provider), counted (here), reserved (the maximum) or "
        "corrected (by you).",
    ),
    CheckConstraint("kind IN ('ask', 'repair', 'probe')", name="kind"),
    CheckConstraint("tokens_in >= 0 AND tokens_out >= 0 AND usd >= 0", name="amounts"),
    CheckConstraint("fixed IN (0, 1) AND batch IN (0, 1)", name="flags"),
    Index("ix_llm_calls_key", "key"),
    Index("ix_llm_calls_term", "term"),
    Index("ix_llm_calls_outcome_at", "outcome", "at"),
    Index("ix_llm_calls_run_id", "run_id"),
    Index("ix_llm_calls_stage_model_outcome", "stage", "model", "outcome"),
    # No foreign key to words, so that the costs of a word stay when it is rolled back.
    comment="Calls to models, recorded when they end. The calls for a word are kept when the word is removed.",
)

llm_spending = Table(
    "llm_spending",
    metadata,
    Column("day", String, primary_key=True, comment="Day in the local time zone of the machine (2026-11-29)."),
    Column("run_id", String, primary_key=True, comment="Run, or the first of the runs that share a budget."),
    Column("stage", String, primary_key=True, comment="nuance, flashcards or judge."),
    Column("model", String, primary_key=True, comment="Model name."),
    Column("calls", Integer, nullable=False, comment="Number of calls."),
    Column("tokens", Integer, nullable=False, comment="Input and output tokens."),
    Column("usd", Float, nullable=False, comment="Cost in USD."),
    sqlite_with_rowid=False,
    comment="Totals of the calls by day, run, stage and model, so that a budget is checked quickly.",
)

llm_shared_runs = Table(
    "llm_shared_runs",
    metadata,
    Column("run_id", String, primary_key=True, comment="Run that shares a budget."),
    Column(
        "first_run_id", String, nullable=False, comment="Run whose budget it shares; its own id if it was the first."
    ),
    comment="Runs that share one budget because they write the same layers at the same time.",
)

llm_reservations = Table(
    "llm_reservations",
    metadata,
    Column("reservation", String, primary_key=True, comment="Id of the reservation."),
    Column("run_id", String, nullable=False, comment="Run that reserved the money."),
    Column("key", String, nullable=False, comment="Cache key of the request."),
    Column("term", String, nullable=False, comment="Headword that the call is about."),
    Column("stage", String, nullable=False, comment="nuance, flashcards or judge."),
    Column("model", String, nullable=False, comment="Model name."),
    Column("prompt_version", String, nullable=False, comment="Prompt version of the request."),
    Column("usd", Float, nullable=False, comment="Maximum cost of the call in USD."),
    Column("tokens", Integer, nullable=False, comment="Maximum number of input and output tokens."),
    Column("at", Float, nullable=False, comment="Time of the reservation (Unix time in seconds)."),
    Column(
        "batch_id", String, comment="Provider batch of the call, which can outlast its run; null for a direct call."
    ),
    Index("ix_llm_reservations_run_id", "run_id"),
    sqlite_with_rowid=False,
    comment="Budget reservations for calls that have not ended.",
)

llm_batches = Table(
    "llm_batches",
    metadata,
    Column("batch_id", String, primary_key=True, comment="Id of the batch in this project."),
    Column("provider_id", String, comment="Id of the batch at the provider; null until the provider has confirmed it."),
    Column("stage", String, nullable=False, comment="nuance, flashcards or judge."),
    Column("model", String, nullable=False, comment="Model name."),
    Column("api_base", String, comment="Base URL of the provider; null for the default."),
    Column("prompt_version", String, nullable=False, comment="Prompt version of the requests."),
    Column("reply_format", String, nullable=False, comment="Response format of the requests."),
    Column("file_id", String, comment="Id of the uploaded request file at the provider; null until it is uploaded."),
    Column(
        "state",
        String,
        nullable=False,
        comment="submitting, submitted, completed, failed, expired, cancelled or lost (it never arrived).",
    ),
    Column("total", Integer, nullable=False, comment="Number of requests."),
    Column(
        "done",
        Integer,
        nullable=False,
        server_default="0",
        comment="Number of completed requests, as last reported by the provider.",
    ),
    Column(
        "failed",
        Integer,
        nullable=False,
        server_default="0",
        comment="Number of failed requests, as last reported by the provider.",
    ),
    Column("message", String, comment="What went wrong; otherwise null."),
    Column("created", String, nullable=False, comment="Time at which the batch was created (UTC, ISO 8601)."),
    Column(
        "finished", String, comment="Time at which the last request of the batch ended (UTC, ISO 8601); null before."
    ),
    Column("run_id", String, nullable=False, comment="Run that submitted the batch and pays for it."),
    Column("held_by", String, comment="Run that is using the batch; null if none is."),
    CheckConstraint(
        "state IN ('submitting', 'submitted', 'completed', 'failed', 'expired', 'cancelled', 'lost')", name="state"
    ),
    CheckConstraint("total >= 0 AND done >= 0 AND failed >= 0", name="counts"),
    Index("ix_llm_batches_stage_finished", "stage", "finished"),
    comment="Provider batches: requests submitted together to the batch API of a provider.",
)

llm_batch_requests = Table(
    "llm_batch_requests",
    metadata,
    Column("batch_id", ForeignKey("llm_batches.batch_id"), primary_key=True, comment="Id of the batch."),
    Column("key", String, primary_key=True, comment="Cache key of the request."),
    Column("term", String, nullable=False, comment="Headword that the request is about."),
    Column("reservation", String, nullable=False, comment="Id of the budget reservation."),
    Column(
        "outcome",
        String,
        comment="ok, a failure code, or undone (not processed by the provider); null while the request is pending.",
    ),
    Index("uq_llm_batch_requests_key", "key", unique=True, sqlite_where=text("outcome IS NULL")),
    sqlite_with_rowid=False,
    comment="Requests of the provider batches. A request is in at most one open batch.",
)

llm_breakers = Table(
    "llm_breakers",
    metadata,
    Column("model", String, primary_key=True, comment="Model name, beginning with the provider."),
    Column("provider", String, nullable=False, comment="Provider of the model."),
    Column("state", String, nullable=False, comment="closed, open or half_open (a probe call is being made)."),
    Column("opened", Float, nullable=False, comment="Time at which the breaker opened (Unix time in seconds)."),
    Column("probe_at", Float, nullable=False, comment="Time of the next probe call (Unix time in seconds)."),
    Column("rest_s", Float, nullable=False, comment="Seconds between two probe calls."),
    Column(
        "reason", String, nullable=False, comment="Failure that opened the breaker, or that of the last probe call."
    ),
    CheckConstraint("state IN ('closed', 'open', 'half_open')", name="state"),
    comment="Circuit breakers, one row per model; no row means closed.",
)

llm_rates = Table(
    "llm_rates",
    metadata,
    Column("model", String, primary_key=True, comment="Model name."),
    Column("rpm", Float, comment="Limit of requests per minute; null if unknown."),
    Column("tpm", Float, comment="Limit of tokens per minute; null if unknown."),
    Column(
        "source",
        String,
        comment="headers (reported by the provider) or refusals (inferred from 429 replies); null if unknown.",
    ),
    Column(
        "changed", Float, nullable=False, server_default="0", comment="Time of the last change (Unix time in seconds)."
    ),
    Column(
        "next_call",
        Float,
        nullable=False,
        server_default="0",
        comment="Earliest time of the next call (Unix time in seconds).",
    ),
    CheckConstraint("source IN ('headers', 'refusals')", name="source"),
    CheckConstraint("rpm > 0 AND tpm > 0", name="positive"),
    comment="Learned rate limits, one row per model.",
)
