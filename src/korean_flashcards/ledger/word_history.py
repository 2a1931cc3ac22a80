"""Look up a word's request keys, and the data that the ledger keeps about its homographs after a rollback."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.ledger.db.export_tables import exported_items
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import card_versions, reviewed_items
from korean_flashcards.ledger.spending.call_reports import calls_for
from korean_flashcards.ledger.tasks.task_list import show

_KEPT = ("definition", "hanja", "exported")


def request_keys(store: LedgerStore, word: str, stages: Sequence[str]) -> list[str]:
    """Return the cache keys of all requests for the word, oldest first, followed by the current keys of its tasks.

    Raises:
        LedgerError: The word is not in the ledger and has no calls.
    """
    calls = calls_for(store, clean(word).strip().partition("#")[0])
    try:
        words = show(store, word)
    except LedgerError:
        if not calls:
            raise
        words = []
    keys = [call["key"] for call in calls if call["stage"] in stages]
    keys += [task["key"] for each in words for task in each.tasks if task["key"] and task["stage"] in stages]
    return list(dict.fromkeys(keys))


def kept_words(store: LedgerStore, term: str) -> dict[str, dict[str, Any]]:
    """Return the data that the ledger keeps about a headword's homographs after a rollback, keyed by item ID.

    A homograph is included only if it was exported or reviewed, or if versions of its analysis or cards exist. Each
    entry has the keys ``definition``, ``hanja``, and ``exported`` (the times of the first and last export, or None).
    """
    versions = (
        select(card_versions.c.item_id).where(card_versions.c.item_id.between(f"{term}#", f"{term}#:")).distinct()
    )
    with store.read() as connection:
        found = {item_id: dict.fromkeys(_KEPT) for item_id in connection.execute(versions).scalars()}
        for table in (reviewed_items, exported_items):
            for row in connection.execute(select(table).where(table.c.term == term)).mappings():
                kept = found.setdefault(row["item_id"], dict.fromkeys(_KEPT))
                kept |= {"definition": row["definition"], "hanja": row["hanja"]}
                if table is exported_items:
                    kept["exported"] = {name: row[name] for name in ("first_exported", "last_exported")}
    return dict(sorted(found.items()))
