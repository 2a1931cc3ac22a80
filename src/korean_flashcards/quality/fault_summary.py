"""Summarize the faults that the judge named, and how many of them the checks missed."""

import polars as pl
from pydantic import BaseModel

from korean_flashcards.domain.records import FaultKind

# The definitions for the judge are in prompts/judge.md.
FAULTS: dict[FaultKind, str] = {
    "wrong_sense": "The text is about a different sense or word",
    "swapped_comparison": "A comparison swaps the two words",
    "wrong_translation": "A translation belongs to a different sentence",
    "wrong_particle": "A particle gives a noun the wrong role",
    "answer_on_front": "The front gives the answer",
}
_EXAMPLES = 3


class FaultExample(BaseModel):
    """A fault shown in the report."""

    term: str
    card: str
    quote: str
    reason: str


class FoundFault(BaseModel):
    """All faults of one kind.

    Attributes:
        fault: The kind of fault.
        meaning: Its meaning in ``FAULTS``.
        count: Number of faults.
        unnoticed: Number of these faults in cards or analyses for which the checks reported no error or warning.
        examples: The first faults.
    """

    fault: str
    meaning: str
    count: int
    unnoticed: int
    examples: list[FaultExample]


def named_faults(judgements: pl.DataFrame) -> pl.DataFrame:
    """Return the judge's faults, one per row, with ``item_id``, ``term``, and the fields of a ``Fault``."""
    named = judgements.select("item_id", "term", "faults").explode("faults").drop_nulls("faults")
    return named.unnest("faults")


def summarise_faults(judgements: pl.DataFrame, findings: pl.DataFrame) -> list[FoundFault]:
    """Return the kinds of faults that the judge named, most frequent first."""
    faults = named_faults(judgements)
    noticed = findings.filter(pl.col("severity").is_in(["error", "warning"])).select(
        "item_id", card=pl.col("tab_name").fill_null("analysis")
    )
    missed = faults.join(noticed, on=["item_id", "card"], how="anti")
    found = [_found(kind, faults.filter(fault=kind), missed.filter(fault=kind).height) for kind in FAULTS]
    return sorted((each for each in found if each.count), key=lambda each: -each.count)


def _found(kind: FaultKind, faults: pl.DataFrame, unnoticed: int) -> FoundFault:
    examples = faults.head(_EXAMPLES).select(list(FaultExample.model_fields)).to_dicts()
    return FoundFault(
        fault=kind, meaning=FAULTS[kind], count=faults.height, unnoticed=unnoticed,
        examples=[FaultExample(**example) for example in examples],
    )  # fmt: skip
