"""Read past model calls as a data frame, and compute statistics for estimates (reply length, latency, and repairs)."""

from typing import Any, NamedTuple

import polars as pl
from sqlalchemy import ColumnElement, case, func, select, true

from korean_flashcards.domain.records import FailureCode, Stage
from korean_flashcards.ledger.db.llm_tables import llm_calls
from korean_flashcards.ledger.db.prompt_tables import prompt_versions
from korean_flashcards.ledger.db.runs import Runs
from korean_flashcards.ledger.db.store import LedgerStore

# Enough for a mean and percentiles. Older calls may have used a different prompt.
_LAST = 1000
# The reply that `kedro llm doctor` requests has about 70 tokens.
_LONG_PROBE = 30


class PastCall(NamedTuple):
    """A successful call for a word.

    Attributes:
        tokens_out: Output tokens, including ``tokens_reasoning``.
        latency_s: Latency in seconds.
        batch: Whether the request was sent in a provider batch. The latency of batch requests must not be used for
            estimates.
    """

    tokens_out: int
    tokens_reasoning: int
    latency_s: float
    batch: bool


class ExtraTokens(NamedTuple):
    """The mean number of tokens per word that repairs and failed calls use in addition to the successful call."""

    tokens_in: float
    tokens_out: float


def past_calls(store: LedgerStore, stage: Stage, model: str) -> list[PastCall]:
    """Return the stage's last 1,000 successful calls to this model that have token counts."""
    calls = llm_calls.c
    query = (
        select(calls.tokens_out, calls.tokens_reasoning, calls.latency_s, calls.batch)
        .where(*_good(stage, model))
        .order_by(calls.number.desc())
        .limit(_LAST)
    )
    with store.read() as connection:
        return [PastCall(out, min(reasoning, out), latency, bool(batch))
                for out, reasoning, latency, batch in connection.execute(query).tuples()]  # fmt: skip


def probe_speed(store: LedgerStore, model: str) -> float | None:
    """Return the tokens per second measured by the last `kedro llm doctor` call with a long reply, or None without one.

    The time for a short reply consists mostly of the time until the first token, so it says little about longer replies.
    """
    calls = llm_calls.c
    query = (
        select(calls.tokens_out, calls.latency_s)
        .where(
            calls.model == model,
            calls.kind == "probe",
            calls.outcome == "ok",
            calls.tokens_out >= _LONG_PROBE,
            calls.latency_s > 0,
        )
        .order_by(calls.number.desc())
        .limit(1)
    )
    with store.read() as connection:
        found = connection.execute(query).one_or_none()
    return None if found is None else float(found.tokens_out / found.latency_s)


def extra_tokens(store: LedgerStore, stage: Stage, model: str) -> ExtraTokens:
    """Return the mean number of tokens per word used by calls other than those that ``past_calls`` returns.

    Interrupted calls and timeouts are excluded, because they are recorded at their maximum cost. Calls without token
    counts are excluded, because their words may never have received a reply.
    """
    calls, good = llm_calls.c, _good(stage, model)
    last = select(calls.number).where(*good).order_by(calls.number.desc()).limit(_LAST).subquery()
    since = case((func.count() == _LAST, func.min(last.c.number)), else_=0)
    seen = calls.outcome.not_in(("interrupted", str(FailureCode.TIMEOUT))) & (calls.tokens_in + calls.tokens_out > 0)
    words, well = func.count(calls.key.distinct()), case((good[-1], 1))
    beyond = [
        func.sum(tokens) * 1.0 / words - func.avg(well * tokens) for tokens in (calls.tokens_in, calls.tokens_out)
    ]
    query = select(*beyond).where(
        calls.stage == stage, calls.model == model, seen, calls.number >= select(since).scalar_subquery()
    )
    with store.read() as connection:
        row = connection.execute(query).one()
    return ExtraTokens(*(max(0.0, tokens or 0.0) for tokens in row))


def _good(stage: Stage, model: str) -> tuple[Any, ...]:
    calls = llm_calls.c
    well = (calls.outcome == "ok") & (calls.kind == "ask") & (calls.tokens_out > 0)
    # The lab also asks the judge for preferences, whose replies are much shorter. Only prompts of runs have versions.
    of_runs = select(prompt_versions.c.version).where(prompt_versions.c.stage == stage)
    own = calls.prompt_version.in_(of_runs) if stage == "judge" else true()
    return calls.stage == stage, calls.model == model, own, well


# One row per call, with the columns of the ledger's table llm_calls. at is in UTC, ISO 8601. usd is null if the price
# is unknown.
CALL_SCHEMA = {
    "number": pl.Int64, "at": pl.String, "run_id": pl.String, "stage": pl.String, "term": pl.String, "model": pl.String,
    "provider": pl.String, "prompt_version": pl.String, "key": pl.String, "kind": pl.String, "attempt": pl.Int64,
    "outcome": pl.String, "message": pl.String, "tokens_in": pl.Int64, "tokens_out": pl.Int64, "tokens_cached": pl.Int64,
    "tokens_reasoning": pl.Int64, "usd": pl.Float64, "latency_s": pl.Float64, "queue_s": pl.Float64, "fixed": pl.Int64,
    "batch": pl.Int64,
}  # fmt: skip


class LedgerCalls:
    """The ledger's recorded calls."""

    def __init__(self, store: LedgerStore, runs: Runs) -> None:
        self._store, self._runs = store, runs

    def frame(self) -> pl.DataFrame:
        """Return all calls in order, with the columns in CALL_SCHEMA. The offline model makes no calls."""
        return self._frame()

    def of_run(self) -> pl.DataFrame:
        """Return this run's calls in order, with the columns in CALL_SCHEMA."""
        return self._frame(llm_calls.c.run_id == (self._runs.current or ""))

    def _frame(self, *conditions: ColumnElement[bool]) -> pl.DataFrame:
        query = select(*(llm_calls.c[name] for name in CALL_SCHEMA)).where(*conditions).order_by(llm_calls.c.number)
        with self._store.read() as connection:
            rows = connection.execute(query).all()
        return pl.DataFrame([tuple(row) for row in rows], schema=CALL_SCHEMA, orient="row")
