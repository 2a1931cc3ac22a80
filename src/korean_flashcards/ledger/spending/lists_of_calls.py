"""Find the word list that a model call was for: the list that first added the call's word."""

from collections import Counter, defaultdict
from collections.abc import Callable

from sqlalchemy import Connection, select

from korean_flashcards.ledger.db.tables import card_versions, import_batches, tasks, vocabulary_items

NO_LIST = "(in no list)"
NO_WORD = "(no word)"


def lists_of_calls(connection: Connection) -> Callable[[str, str], str]:
    """Return a function that maps a call's headword and cache key to the name of a list.

    A word in several lists belongs to the one that added it, because the other lists caused no calls. A word that no
    list has added, or that was rolled back, is in no list. Test calls and calls of a lost ledger have no word.
    """
    items, batches = vocabulary_items.c, import_batches.c
    query = (
        select(items.term, items.item_id, batches.source, batches.file)
        .join_from(vocabulary_items, import_batches, batches.number == items.batch)
        .order_by(items.batch, items.row)
    )
    homographs: dict[str, dict[str, str]] = defaultdict(dict)
    files: dict[str, str] = {}
    for term, item_id, source, file in connection.execute(query).tuples():
        homographs[term][item_id] = source
        files[source] = file
    names = _names(files)
    words = _words_of_keys(connection) if any(len(set(one.values())) > 1 for one in homographs.values()) else {}

    def list_of(term: str, key: str) -> str:
        sources = homographs.get(term)
        if not sources:
            return NO_LIST if term else NO_WORD
        return names[sources.get(words.get(key, "")) or next(iter(sources.values()))]

    return list_of


def _names(files: dict[str, str]) -> dict[str, str]:
    """Return the name of each list: its file name or, if several lists share it, its path."""
    uses = Counter(files.values())
    return {source: file if uses[file] == 1 else source for source, file in files.items()}


def _words_of_keys(connection: Connection) -> dict[str, str]:
    """Return the item ID for each cache key, to tell homographs in different lists apart."""
    found: dict[str, str] = {}
    for key, item_id in (
        (card_versions.c.key, card_versions.c.item_id),
        (tasks.c.good_key, tasks.c.item_id),
        (tasks.c.key, tasks.c.item_id),
    ):
        found |= dict(connection.execute(select(key, item_id).where(key.is_not(None)).distinct()).tuples().all())
    return found
