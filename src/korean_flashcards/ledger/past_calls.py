"""What the calls so far tell about the next ones: how long their replies were, how long they took. Reads only."""

from typing import NamedTuple

from sqlalchemy import select

from korean_flashcards.contracts import Stage
from korean_flashcards.ledger.store import LedgerStore
from korean_flashcards.ledger.tables import llm_calls

# Enough for a mean and a spread; older calls may have been to another prompt.
_LAST = 1000


class PastCall(NamedTuple):
    """One word's question that was answered well. ``tokens_out`` includes ``tokens_reasoning``; seconds.

    ``batch``: answered through the provider's batch API, so that its latency says nothing about a call.
    """

    tokens_out: int
    tokens_reasoning: int
    latency_s: float
    batch: bool


def past_calls(store: LedgerStore, stage: Stage, model: str) -> list[PastCall]:
    """The last good calls of this stage to this model, whose provider counts tokens; at most a thousand."""
    calls = llm_calls.c
    query = (
        select(calls.tokens_out, calls.tokens_reasoning, calls.latency_s, calls.batch)
        .where(calls.stage == stage, calls.model == model, calls.outcome == "ok", calls.kind == "ask")
        .where(calls.tokens_out > 0)
        .order_by(calls.number.desc())
        .limit(_LAST)
    )
    with store.read() as connection:
        return [PastCall(out, min(reasoning, out), latency, bool(batch))
                for out, reasoning, latency, batch in connection.execute(query).tuples()]  # fmt: skip
