"""Select the words for a run: the whole vocabulary, or only the words that the parameters name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from korean_flashcards.stages.ports import TaskLedger


@dataclass(frozen=True)
class Selection:
    """The words in a run.

    Attributes:
        words: The selected rows of the vocabulary.
        known: The number of words in the vocabulary or, if the run has its own lists, in these lists.
        narrowed_by: The parameters that select the words ("limit 3, batch unit1"), or None for all words.
        dead: Item IDs of words that are dead letters.
        lost: Item IDs of words in the vocabulary that are not in the ledger anymore, because a list was rolled back.
    """

    words: pl.DataFrame
    known: int
    narrowed_by: str | None
    dead: set[str]
    lost: frozenset[str] = frozenset()


def select(
    vocabulary: pl.DataFrame,
    ledger: TaskLedger,
    limit: int | None,
    batch: str | None,
    priority_min: int | None,
    words: str | Sequence[str] | None,
    lists: Sequence[str] | None = None,
) -> Selection:
    """Return the selected words in vocabulary order, excluding dropped words.

    Args:
        vocabulary: All words in the lists.
        ledger: The ledger.
        limit: The maximum number of words to take from the front of the queue.
        batch: Select only words in this batch.
        priority_min: Select only words with at least this priority.
        words: Select only these headwords or item IDs, given as a list or as a comma- or semicolon-separated
            string.
        lists: Select only words in these batches, which are the run's own lists.

    Raises:
        LedgerError: A batch or word is not in the ledger.
    """
    listed = re.split(r"[,;]", words) if isinstance(words, str) else words or []
    named = [word.strip() for word in listed if word.strip()]
    if lists is not None:
        vocabulary = vocabulary.filter(pl.col("item_id").is_in(ledger.queue.listed(lists)))
    queued = ledger.queue.select([batch] if batch else None, named or None, priority_min, None)
    chosen = set(vocabulary["item_id"]) & set(queued)
    if limit is not None:
        chosen = set([item_id for item_id in queued if item_id in chosen][:limit])
    given = {"limit": limit, "batch": batch, "priority_min": priority_min, "words": ", ".join(named) or None}
    narrowed_by = ", ".join(f"{name} {value}" for name, value in given.items() if value is not None)
    selected = vocabulary.filter(pl.col("item_id").is_in(chosen))
    lost = ledger.queue.unknown(vocabulary["item_id"])
    return Selection(selected, vocabulary.height, narrowed_by or None, ledger.queue.dead(chosen), frozenset(lost))
