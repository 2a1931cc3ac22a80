"""Which questions were asked, by their keys: the key that begins so, all of a word, the word of one."""

from collections.abc import Sequence

from sqlalchemy import select, union

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import llm_calls, tasks, vocabulary_items
from korean_flashcards.ledger.spending.call_reports import story

_SHOWN = 5


def asked_key(store: LedgerStore, start: str) -> str | None:
    """Return the one key that begins so, None where none does. Raises LedgerError where several do."""
    # A range, not LIKE: only that goes by the index. "g" comes after every hexadecimal digit.
    query = union(*(select(c.key).where(c.key >= start, c.key < start + "g") for c in (llm_calls.c, tasks.c)))
    with store.read() as connection:
        found = connection.execute(query.limit(_SHOWN + 1)).scalars().all()
    if len(found) > 1:
        names = ", ".join(sorted(found)[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")
        raise LedgerError(f"Several keys begin with {start}: {names}. Give more of it. Nothing was changed.")
    return found[0] if found else None


def keys_of(store: LedgerStore, word: str, stages: Sequence[str]) -> list[str]:
    """Every key that a word was asked under, and those its tasks are about now, the oldest first."""
    told = story(store, word)
    keys = [call["key"] for call in told.calls if call["stage"] in stages]
    keys += [task["key"] for each in told.words for task in each.tasks if task["key"] and task["stage"] in stages]
    return list(dict.fromkeys(keys))


def about(store: LedgerStore, key: str) -> tuple[Stage, str] | None:
    """Stage and headword of a key; None where the ledger does not know it."""
    asked = select(llm_calls.c.stage, llm_calls.c.term).where(llm_calls.c.key == key).limit(1)
    noted = (
        select(tasks.c.stage, vocabulary_items.c.term)
        .join_from(tasks, vocabulary_items, vocabulary_items.c.item_id == tasks.c.item_id)
        .where(tasks.c.key == key)
        .limit(1)
    )
    with store.read() as connection:
        for query in (asked, noted):
            if found := connection.execute(query).tuples().first():
                return found
    return None
