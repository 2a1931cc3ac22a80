"""Nodes of the archive: pure functions from the replies that are kept to what the parser says of them."""

from typing import Any

import polars as pl

from korean_flashcards.domain.frame_builder import FrameBuilder
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.records import Problem
from korean_flashcards.formats.json_text import is_json
from korean_flashcards.formats.outcome import OK, PART, parse_outcome

# One row a reply that was ever received. code, message, problems: what today's parser says ("ok" or a code); outcome: what
# became of it when it came. part: it answers a repair, so that it is not a whole reply, and code is the outcome of
# then. accepted: how it became a record ("as it was", "mended", "repaired"), null where it is none.
OUTCOME_SCHEMA = {
    "key": pl.String, "stage": pl.String, "term": pl.String, "model": pl.String, "prompt_version": pl.String,
    "at": pl.String, "in_use": pl.Boolean, "part": pl.Boolean, "outcome": pl.String, "code": pl.String,
    "message": pl.String, "problems": pl.List(pl.Struct(polars_schema(Problem))),
    "accepted": pl.String, "tokens_in": pl.Int64, "tokens_out": pl.Int64, "usd": pl.Float64, "text": pl.String,
}  # fmt: skip


def read_replies_again(kept_replies: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """Return one row a reply (OUTCOME_SCHEMA), in their order. ``calls`` names the words that replies do not name."""
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
    """How it is a record: with parts from a repair, after fences or commas were mended, or as the model sent it."""
    if reply["repaired"]:
        return "repaired"
    return "as it was" if is_json(reply["text"]) else "mended"
