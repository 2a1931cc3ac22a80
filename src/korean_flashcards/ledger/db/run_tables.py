"""Define the ledger's tables for the records of runs and for the daily sums that remain when records are removed.

These tables use the ``metadata`` object from the ``tables`` module and follow that module's conventions.
"""

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Integer, String, Table

from korean_flashcards.ledger.db.tables import metadata

run_records = Table(
    "run_records",
    metadata,
    Column("run_id", ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True, comment="Run ID."),
    Column("pipelines", String, nullable=False, comment="The run's pipelines, in order (JSON array)."),
    Column("environment", String, nullable=False, comment="Kedro environment, such as local."),
    Column(
        "given",
        String,
        nullable=False,
        comment="Parameters from the command line or the notebook, without API keys (JSON object); for an import, its "
        "options.",
    ),
    Column("parameters", String, nullable=False, comment="All parameters, without API keys (JSON object)."),
    Column(
        "exit_code",
        Integer,
        comment="0 if the run is complete, 1 after an error, 2 if it is incomplete; null while it is active, or if it was "
        "killed.",
    ),
    Column("error_code", String, comment="Kind of error, such as ledger or killed; null if the run succeeded."),
    Column("message", String, comment="Error message, without API keys; null if the run succeeded."),
    Column("words", Integer, comment="Number of words in the run; null if unknown."),
    Column("cards", Integer, comment="Number of their cards that go into the deck; null if unknown."),
    Column("failures", Integer, comment="Number of words or imported rows that failed; null if unknown."),
    Column("cache_hits", Integer, comment="Number of replies from the cache; null if unknown."),
    Column("cache_misses", Integer, comment="Number of requests for which calls were made; null if unknown."),
    Column("tokens_in", Integer, comment="Input tokens of all calls; null if unknown."),
    Column("tokens_out", Integer, comment="Output tokens of all calls; null if unknown."),
    Column("usd", Float, comment="Cost in USD of all calls whose price is known; null if unknown."),
    Column("unpriced", Integer, comment="Number of calls whose price is unknown; null if unknown."),
    Column(
        "stages",
        String,
        nullable=False,
        server_default="[]",
        comment="Seconds, calls, cache hits and misses, tokens, and USD of each stage (JSON array of objects).",
    ),
    CheckConstraint("exit_code IN (0, 1, 2)", name="exit_code"),
    sqlite_with_rowid=False,
    comment="How each run and import was started, how it ended, and its figures.",
)

run_days = Table(
    "run_days",
    metadata,
    Column("day", String, primary_key=True, comment="Day on which the runs started (UTC), such as 2026-11-29."),
    Column("kind", String, primary_key=True, comment="Kind of process: run or import."),
    Column("runs", Integer, nullable=False, comment="Number of runs."),
    Column("complete", Integer, nullable=False, comment="Number of runs with exit code 0."),
    Column("incomplete", Integer, nullable=False, comment="Number of runs with exit code 2."),
    Column("failed", Integer, nullable=False, comment="Number of runs that ended with an error or were killed."),
    Column("seconds", Float, nullable=False, comment="Total duration in seconds."),
    Column("words", Integer, nullable=False, comment="Sum of the runs' words."),
    Column("cards", Integer, nullable=False, comment="Sum of the runs' cards."),
    Column("failures", Integer, nullable=False, comment="Sum of the runs' failed words or rows."),
    Column("cache_hits", Integer, nullable=False, comment="Number of replies from the cache."),
    Column("cache_misses", Integer, nullable=False, comment="Number of requests for which calls were made."),
    Column("tokens_in", Integer, nullable=False, comment="Input tokens of all calls."),
    Column("tokens_out", Integer, nullable=False, comment="Output tokens of all calls."),
    Column("usd", Float, nullable=False, comment="Cost in USD of all calls whose price is known."),
    Column("unpriced", Integer, nullable=False, comment="Number of calls whose price is unknown."),
    CheckConstraint("kind IN ('run', 'import')", name="kind"),
    sqlite_with_rowid=False,
    comment="Sums of the runs that `kedro ingress cleanup` has removed, by day.",
)
