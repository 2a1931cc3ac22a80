"""Recognize renamed lists, so that the words of a renamed list stay the words of that list."""

from pathlib import Path

from sqlalchemy import Connection, select, update

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.formats.word_list import ListFile, read_word_list
from korean_flashcards.ledger.db.tables import import_batches, import_rows, vocabulary_items
from korean_flashcards.ledger.words.gone_words import newest_batches

_SHARED = 0.5  # minimum share of words that a renamed list has in common with the old list, and vice versa


def take_over(connection: Connection, one: ListFile, source: str) -> str | None:
    """If the list is new and is evidently an earlier list under a new name, let it continue that list.

    The earlier list's file must no longer exist, and each of the two lists must contain at least half of the other's
    words.

    Returns:
        The earlier list's source, or None.
    """
    batches = import_batches.c
    known = connection.execute(select(batches.source, batches.number).where(batches.number.in_(newest_batches()))).all()
    if one.root is None or any(source == name for name, _ in known):
        return None
    missing = [(name, number) for name, number in known if not _exists(one.root, name)]
    terms = _terms(one) if missing else set()
    alike = [(_likeness(terms, _terms_of(connection, number)), name) for name, number in missing]
    likeness, earlier = max(alike, default=(0.0, ""))
    if likeness < _SHARED:
        return None
    connection.execute(update(import_batches).where(batches.source == earlier).values(source=source))
    return earlier


def _exists(root: Path, source: str) -> bool:
    try:
        return (root / source).exists()
    except OSError:
        # If it is unclear whether the file exists, it does not count as renamed.
        return True


def _terms(one: ListFile) -> set[str]:
    """Return the terms as they stand in the list. A list that cannot be read has none."""
    try:
        return {" ".join(row.values.get("term", "").split()) for row in read_word_list(one.name, one.data)}
    except WordListError:
        return set()


def _terms_of(connection: Connection, number: int) -> set[str]:
    items, rows = vocabulary_items.c, import_rows.c
    query = select(items.term).join_from(import_rows, vocabulary_items, items.item_id == rows.item_id)
    return set(connection.execute(query.where(rows.batch == number).distinct()).scalars())


def _likeness(one: set[str], other: set[str]) -> float:
    """Return the smaller of the two shares of common words, from 0 to 1."""
    return len(one & other) / max(len(one), len(other), 1)
