"""Every call of a model as a frame, for rules, reports and notebooks."""

import polars as pl
from sqlalchemy import select

from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import llm_calls

# One row a call, in their order; the columns of the ledger's table llm_calls. at: UTC, ISO 8601; usd null: unknown price.
CALL_SCHEMA = {
    "number": pl.Int64, "at": pl.String, "run_id": pl.String, "stage": pl.String, "term": pl.String, "model": pl.String,
    "provider": pl.String, "prompt_version": pl.String, "key": pl.String, "kind": pl.String, "attempt": pl.Int64,
    "outcome": pl.String, "message": pl.String, "tokens_in": pl.Int64, "tokens_out": pl.Int64, "tokens_cached": pl.Int64,
    "tokens_reasoning": pl.Int64, "usd": pl.Float64, "latency_s": pl.Float64, "queue_s": pl.Float64, "fixed": pl.Int64,
    "batch": pl.Int64,
}  # fmt: skip


class LedgerCalls:
    """The calls in the ledger."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def frame(self) -> pl.DataFrame:
        """Return all calls ever made, CALL_SCHEMA; none where only the offline model was asked."""
        query = select(*(llm_calls.c[name] for name in CALL_SCHEMA)).order_by(llm_calls.c.number)
        with self._store.read() as connection:
            rows = connection.execute(query).all()
        return pl.DataFrame([tuple(row) for row in rows], schema=CALL_SCHEMA, orient="row")
