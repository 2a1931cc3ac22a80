"""Which words a run works on: all of the vocabulary, or those that its parameters name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from korean_flashcards.stages.ports import TaskLedger


@dataclass(frozen=True)
class Selection:
    """``words``: rows of the vocabulary; ``dead``: item ids whose task is a dead letter; see ``select``."""

    words: pl.DataFrame
    narrowed_by: str | None
    dead: set[str]


def select(
    vocabulary: pl.DataFrame,
    ledger: TaskLedger,
    limit: int | None,
    batch: str | None,
    priority_min: int | None,
    words: str | Sequence[str] | None,
) -> Selection:
    """Return the chosen words in the vocabulary's order; ``limit`` takes those that come first in the queue.

    ``words``: headwords or item ids, also as one text with commas or semicolons between them. Dropped words are left out.
    Raises LedgerError for a batch or a word that the ledger does not have.
    """
    listed = re.split(r"[,;]", words) if isinstance(words, str) else words or []
    named = [word.strip() for word in listed if word.strip()]
    queued = ledger.queue.select([batch] if batch else None, named or None, priority_min, None)
    chosen = set(vocabulary["item_id"]) & set(queued)
    if limit is not None:
        chosen = set([item_id for item_id in queued if item_id in chosen][:limit])
    given = {"limit": limit, "batch": batch, "priority_min": priority_min, "words": ", ".join(named) or None}
    narrowed_by = ", ".join(f"{name} {value}" for name, value in given.items() if value is not None)
    return Selection(vocabulary.filter(pl.col("item_id").is_in(chosen)), narrowed_by or None, ledger.queue.dead(chosen))
