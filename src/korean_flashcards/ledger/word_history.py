"""Everything about one word: its homographs, their tasks, rows and exports, and every model call for it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.spending.call_reports import calls_for
from korean_flashcards.ledger.tasks.task_list import WordRecord, show


@dataclass(frozen=True)
class WordHistory:
    """A headword. ``words``: each homograph with its tasks; empty where the word is no longer in the ledger.

    ``calls``: in the order of time, every column but the term; ``usd``: what they cost, ``unpriced``: how many of them have
    no price; ``tokens``: in and out together.
    """

    term: str
    words: list[WordRecord]
    calls: list[dict[str, Any]]
    usd: float
    unpriced: int
    tokens: int


def word_history(store: LedgerStore, word: str) -> WordHistory:
    """Return the history of a headword (every homograph) or an item id; its calls are those of the headword.

    Raises LedgerError for a word that the ledger does not have and that no call was made for.
    """
    term = unicodedata.normalize("NFC", word).strip().partition("#")[0]
    calls = calls_for(store, term)
    try:
        words = show(store, word)
    except LedgerError:
        if not calls:
            raise
        words = []
    return WordHistory(
        term=term,
        words=words,
        calls=calls,
        usd=sum(call["usd"] or 0.0 for call in calls),
        unpriced=sum(call["usd"] is None for call in calls),
        tokens=sum(call["tokens_in"] + call["tokens_out"] for call in calls),
    )


def request_keys(store: LedgerStore, word: str, stages: Sequence[str]) -> list[str]:
    """Return every key that the word was requested under, and the current keys of its tasks, oldest first."""
    history = word_history(store, word)
    keys = [call["key"] for call in history.calls if call["stage"] in stages]
    keys += [task["key"] for each in history.words for task in each.tasks if task["key"] and task["stage"] in stages]
    return list(dict.fromkeys(keys))
