"""Define the archive pipeline's nodes, which reparse cached replies."""

from typing import Any, Protocol

import polars as pl

from korean_flashcards.domain.frame_builder import FrameBuilder
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.records import Problem
from korean_flashcards.formats.json_text import is_json
from korean_flashcards.formats.outcome import OK, PART, parse_outcome

# One row per cached reply.
#   part: whether it is the reply to a repair request, and therefore incomplete.
#   outcome: the result when the reply was received, "ok" or a failure code.
#   code, message, problems: the current parser's result. For a part, the code is the outcome.
#   accepted: how the reply became a record ("as it was", "mended", "repaired"), or null.
OUTCOME_SCHEMA = {
    "key": pl.String, "stage": pl.String, "term": pl.String, "model": pl.String, "prompt_version": pl.String,
    "at": pl.String, "in_use": pl.Boolean, "part": pl.Boolean, "outcome": pl.String, "code": pl.String,
    "message": pl.String, "problems": pl.List(pl.Struct(polars_schema(Problem))),
    "accepted": pl.String, "tokens_in": pl.Int64, "tokens_out": pl.Int64, "usd": pl.Float64, "text": pl.String,
}  # fmt: skip


class AllCalls(Protocol):
    """The part of ``ledger.calls`` that these nodes use."""

    def frame(self) -> pl.DataFrame: ...


class ArchiveLedger(Protocol):
    """The part of the ``ledger`` dataset that these nodes use (see ``ledger.facade.Ledger``)."""

    @property
    def calls(self) -> AllCalls: ...


def list_all_calls(ledger: ArchiveLedger) -> pl.DataFrame:
    """Return all recorded calls, one row each (columns: ``ledger.spending.past_calls.CALL_SCHEMA``)."""
    return ledger.calls.frame()


def read_replies_again(kept_replies: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """Return one row per reply (OUTCOME_SCHEMA), in the same order as ``kept_replies``.

    Args:
        kept_replies: The cached replies.
        calls: The recorded calls, used to identify the word if a reply does not name it.
    """
    terms = dict(calls.select("key", "term").iter_rows())
    outcomes = FrameBuilder(OUTCOME_SCHEMA)
    for reply in kept_replies.iter_rows(named=True):
        term = reply["term"] or terms.get(reply["key"])
        row = {name: reply[name] for name in OUTCOME_SCHEMA if name in reply}
        outcomes.add(row | {"term": term} | _read(reply, term))
    return outcomes.frame()


def _read(reply: dict[str, Any], term: str | None) -> dict[str, Any]:
    read = parse_outcome(reply["stage"], reply["text"], reply["user"], term)
    if read.code == PART:
        return {"part": True, "code": reply["outcome"], "problems": []}
    return {
        "part": False,
        "code": read.code,
        "message": read.message,
        "problems": [problem._asdict() for problem in read.problems],
        "accepted": _accepted(reply) if read.code == OK else None,
    }


def _accepted(reply: dict[str, Any]) -> str:
    """Return how a reply was turned into a record.

    The result is "repaired" if parts of the reply were repaired, "mended" if only its JSON was fixed (code fences,
    commas), and "as it was" if the reply was used unchanged.
    """
    if reply["repaired"]:
        return "repaired"
    return "as it was" if is_json(reply["text"]) else "mended"
