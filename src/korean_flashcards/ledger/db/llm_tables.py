"""Define the ledger's tables for model calls: costs, budgets, provider batches, circuit breakers, and rate limits.

These tables use the ``metadata`` object from the ``tables`` module and follow that module's conventions.
"""

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Index, Integer, String, Table, text

from korean_flashcards.ledger.db.tables import metadata

llm_calls = Table(
    "llm_calls",
    metadata,
    Column("number", Integer, primary_key=True, comment="Call number, starting at 1."),
    Column("at", String, nullable=False, comment="Time when the call was made (UTC, ISO 8601)."),
    Column("run_id", String, comment="Run that made the call."),
    Column("stage", String, nullable=False, comment="Stage: nuance, flashcards, or judge."),
    Column("term", String, nullable=False, comment="Headword that the call is for."),
    Column("model", String, nullable=False, comment="Model name."),
    Column("provider", String, nullable=False, comment="The model's provider; empty for a call whose run died."),
    Column("prompt_version", String, nullable=False, comment="Prompt version, a hash of the prompt."),
    Column("key", String, nullable=False, comment="Cache key of the request."),
    Column(
        "kind",
        String,
        nullable=False,
        comment="Kind of call: ask (request for a word), repair (request to fix a reply), or probe (test of the provider).",
    ),
    Column("attempt", Integer, nullable=False, comment="Attempt number for this request in this run, starting at 1."),
    Column("outcome", String, nullable=False, comment="Outcome: ok, or a failure code."),
    Column("message", String, comment="Failure message; null if the call succeeded."),
    Column("tokens_in", Integer, nullable=False, comment="Input tokens, including cached ones."),
    Column("tokens_out", Integer, nullable=False, comment="Output tokens, including reasoning tokens."),
    Column(
        "tokens_cached", Integer, nullable=False, comment="Input tokens that the provider read from its prompt cache."
    ),
    Column("tokens_reasoning", Integer, nullable=False, comment="Output tokens spent on reasoning."),
    Column("usd", Float, comment="Cost in USD; null if the price is unknown."),
    Column("latency_s", Float, nullable=False, comment="Seconds from sending the request to receiving the reply."),
    Column(
        "queue_s",
        Float,
        nullable=False,
        comment="Seconds that the call was delayed by rate limits or pauses before it was made.",
    ),
    Column(
        "fixed",
        Integer,
        nullable=False,
        server_default="0",
        comment="1 if the reply was accepted after a local repair, without another call; otherwise, 0.",
    ),
    Column(
        "batch",
        Integer,
        nullable=False,
        server_default="0",
        comment="1 if the call was made through the provider's batch API; otherwise, 0.",
    ),
    Column(
        "booked",
        String,
        nullable=False,
        server_default="reported",
        comment="Source of the token counts and the cost: reported (by the provider), counted (locally), "
        "reserved (the maximum), or corrected (by you).",
    ),
    CheckConstraint("kind IN ('ask', 'repair', 'probe')", name="kind"),
    CheckConstraint("tokens_in >= 0 AND tokens_out >= 0 AND usd >= 0", name="amounts"),
    CheckConstraint("fixed IN (0, 1) AND batch IN (0, 1)", name="flags"),
    Index("ix_llm_calls_key", "key"),
    Index("ix_llm_calls_term", "term"),
    Index("ix_llm_calls_outcome_at", "outcome", "at"),
    Index("ix_llm_calls_run_id", "run_id"),
    Index("ix_llm_calls_stage_model_outcome", "stage", "model", "outcome"),
    # No foreign key to words, so that a word's costs are kept when it is rolled back.
    comment="Model calls, each recorded when it ends. A word's calls are kept even after the word is removed.",
)

llm_spending = Table(
    "llm_spending",
    metadata,
    Column(
        "day",
        String,
        primary_key=True,
        comment="Day in the ledger's time zone (see ledger_settings), such as 2026-11-29.",
    ),
    Column(
        "run_id", String, primary_key=True, comment="Run ID; for runs that share a budget, the ID of the first run."
    ),
    Column("stage", String, primary_key=True, comment="Stage: nuance, flashcards, or judge."),
    Column("model", String, primary_key=True, comment="Model name."),
    Column("calls", Integer, nullable=False, comment="Number of calls."),
    Column("tokens", Integer, nullable=False, comment="Total number of input and output tokens."),
    Column("usd", Float, nullable=False, comment="Cost in USD."),
    sqlite_with_rowid=False,
    comment="Call totals by day, run, stage, and model, used to check budgets quickly.",
)

llm_shared_runs = Table(
    "llm_shared_runs",
    metadata,
    Column("run_id", String, primary_key=True, comment="Run that shares a budget."),
    Column(
        "first_run_id",
        String,
        nullable=False,
        comment="ID of the run whose budget is shared; the run's own ID if it started first.",
    ),
    comment="Runs that share one budget because they write the same layers at the same time.",
)

llm_reservations = Table(
    "llm_reservations",
    metadata,
    Column("reservation", String, primary_key=True, comment="Reservation ID."),
    Column("run_id", String, nullable=False, comment="Run that made the reservation."),
    Column("key", String, nullable=False, comment="Cache key of the request."),
    Column("term", String, nullable=False, comment="Headword that the call is for."),
    Column("stage", String, nullable=False, comment="Stage: nuance, flashcards, or judge."),
    Column("model", String, nullable=False, comment="Model name."),
    Column("prompt_version", String, nullable=False, comment="Prompt version used by the request."),
    Column("usd", Float, nullable=False, comment="Maximum cost of the call in USD."),
    Column("tokens", Integer, nullable=False, comment="Maximum number of input and output tokens."),
    Column("at", Float, nullable=False, comment="Time of the reservation (Unix time in seconds)."),
    Column(
        "batch_id",
        String,
        comment="Provider batch that contains the request (the batch may outlast the run); null for a direct call.",
    ),
    Index("ix_llm_reservations_run_id", "run_id"),
    sqlite_with_rowid=False,
    comment="Budget reservations for calls that have not finished yet.",
)

llm_batches = Table(
    "llm_batches",
    metadata,
    Column("batch_id", String, primary_key=True, comment="The batch's ID in this project."),
    Column("provider_id", String, comment="The provider's batch ID; null until the provider confirms the batch."),
    Column("stage", String, nullable=False, comment="Stage: nuance, flashcards, or judge."),
    Column("model", String, nullable=False, comment="Model name."),
    Column("api_base", String, comment="The provider's base URL; null for the default."),
    Column("prompt_version", String, nullable=False, comment="Prompt version used by the requests."),
    Column("reply_format", String, nullable=False, comment="Response format specified in the requests."),
    Column(
        "file_id", String, comment="The provider's ID for the uploaded request file; null until the file is uploaded."
    ),
    Column(
        "state",
        String,
        nullable=False,
        comment="State: submitting, submitted, completed, failed, expired, cancelled, or lost (never reached the provider).",
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
    Column("message", String, comment="Error message; null if there is no error."),
    Column("created", String, nullable=False, comment="Time when the batch was created (UTC, ISO 8601)."),
    Column(
        "finished", String, comment="Time when the batch's last request finished (UTC, ISO 8601); null before that."
    ),
    Column("run_id", String, nullable=False, comment="Run that submitted the batch and is charged for it."),
    Column("held_by", String, comment="Run that is using the batch; null if there is none."),
    CheckConstraint(
        "state IN ('submitting', 'submitted', 'completed', 'failed', 'expired', 'cancelled', 'lost')", name="state"
    ),
    CheckConstraint("total >= 0 AND done >= 0 AND failed >= 0", name="counts"),
    Index("ix_llm_batches_stage_finished", "stage", "finished"),
    comment="Provider batches: requests submitted together to a provider's batch API.",
)

llm_batch_requests = Table(
    "llm_batch_requests",
    metadata,
    Column("batch_id", ForeignKey("llm_batches.batch_id"), primary_key=True, comment="Batch ID."),
    Column("key", String, primary_key=True, comment="Cache key of the request."),
    Column("term", String, nullable=False, comment="Headword that the request is for."),
    Column("reservation", String, nullable=False, comment="ID of the budget reservation."),
    Column(
        "outcome",
        String,
        comment="Outcome: ok, a failure code, or undone (not processed by the provider); null while the request is pending.",
    ),
    Index("uq_llm_batch_requests_key", "key", unique=True, sqlite_where=text("outcome IS NULL")),
    sqlite_with_rowid=False,
    comment="Requests in provider batches. A request can be in only one open batch at a time.",
)

llm_breakers = Table(
    "llm_breakers",
    metadata,
    Column("model", String, primary_key=True, comment="Model name, beginning with the provider's name."),
    Column("provider", String, nullable=False, comment="The model's provider."),
    Column("state", String, nullable=False, comment="State: closed, open, or half_open (a probe call is being made)."),
    Column("opened", Float, nullable=False, comment="Time when the circuit breaker opened (Unix time in seconds)."),
    Column("probe_at", Float, nullable=False, comment="Time of the next probe call (Unix time in seconds)."),
    Column("rest_s", Float, nullable=False, comment="Seconds between probe calls."),
    Column(
        "reason",
        String,
        nullable=False,
        comment="Most recent failure, either of the call that opened the circuit breaker or of a probe call.",
    ),
    CheckConstraint("state IN ('closed', 'open', 'half_open')", name="state"),
    comment="Circuit breakers, one row per model. A model without a row has a closed circuit breaker.",
)

llm_rates = Table(
    "llm_rates",
    metadata,
    Column("model", String, primary_key=True, comment="Model name."),
    Column("rpm", Float, comment="Limit on requests per minute; null if unknown."),
    Column("tpm", Float, comment="Limit on tokens per minute; null if unknown."),
    Column(
        "source",
        String,
        comment="Source of the limits: headers (from the provider) or refusals (inferred from HTTP 429); null if unknown.",
    ),
    Column(
        "changed", Float, nullable=False, server_default="0", comment="Time of the last change (Unix time in seconds)."
    ),
    Column(
        "next_call",
        Float,
        nullable=False,
        server_default="0",
        comment="Earliest time for the next call (Unix time in seconds).",
    ),
    CheckConstraint("source IN ('headers', 'refusals')", name="source"),
    CheckConstraint("rpm > 0 AND tpm > 0", name="positive"),
    comment="Learned rate limits, one row per model.",
)
