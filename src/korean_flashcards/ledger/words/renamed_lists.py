"""Recognize renamed and merged lists, so that the words of such a list stay the words of one list."""

from pathlib import Path

from sqlalchemy import Connection, select, update

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.formats.word_list import ListFile, read_word_list
from korean_flashcards.ledger.db.tables import import_batches, import_rows, vocabulary_items
from korean_flashcards.ledger.words.gone_words import SETTLED, newest_batches

_KEPT = 0.8  # minimum share of the earlier list's words that the renamed list contains
_KNOWN = 0.5  # minimum share of the renamed list's words that the earlier list contains


def take_over(connection: Connection, one: ListFile, source: str) -> None:
    """If the list is new and is evidently an earlier list under a new name, let it continue that list.

    The earlier list's file must no longer exist. The new list must contain most of the earlier list's words and few others.
    """
    batches = import_batches.c
    if connection.execute(select(batches.number).where(batches.source == source, batches.state.in_(SETTLED))).first():
        return
    missing = _missing(connection, one)
    terms = _terms(one) if missing else set()
    for earlier, number in missing:
        old = _terms_of(connection, number)
        shared = len(terms & old)
        if old and shared >= _KEPT * len(old) and shared >= _KNOWN * len(terms):
            _continue(connection, earlier, source)
            return


def absorb(connection: Connection, one: ListFile, source: str, number: int) -> None:
    """If lists were merged into this one, let it continue them.

    A merged list's file no longer exists, and this list contains all of its words.

    Args:
        connection: The import's transaction.
        one: The list.
        source: The list's source.
        number: The list's batch, with all of its rows.
    """
    for earlier, other in _missing(connection, one):
        rows = import_rows.c
        here = select(rows.item_id).where(rows.batch == number, rows.item_id.is_not(None))
        left = select(rows.row).where(rows.batch == other, rows.item_id.is_not(None), rows.item_id.not_in(here))
        if earlier != source and not connection.execute(left).first():
            _continue(connection, earlier, source)


def _continue(connection: Connection, earlier: str, source: str) -> None:
    batches = import_batches
    connection.execute(update(batches).where(batches.c.source == earlier).values(source=source))


def _missing(connection: Connection, one: ListFile) -> list[tuple[str, int]]:
    """Return the source and the newest batch of each list whose file does not exist."""
    if one.root is None:
        return []
    newest = connection.execute(
        select(import_batches.c.source, import_batches.c.number).where(import_batches.c.number.in_(newest_batches()))
    )
    return [(source, number) for source, number in newest.tuples() if not _exists(one.root, source)]


def _exists(root: Path, source: str) -> bool:
    try:
        return (root / source).exists()
    except OSError:
        # If it is unclear whether the file exists, it does not count as renamed.
        return True


def _terms(one: ListFile) -> set[str]:
    """Return the terms in the list, without cleaning. A list that cannot be read has none."""
    try:
        return {" ".join(row.values.get("term", "").split()) for row in read_word_list(one.name, one.data)}
    except WordListError:
        return set()


def _terms_of(connection: Connection, number: int) -> set[str]:
    items, rows = vocabulary_items.c, import_rows.c
    query = select(items.term).join_from(import_rows, vocabulary_items, items.item_id == rows.item_id)
    return set(connection.execute(query.where(rows.batch == number).distinct()).scalars())
