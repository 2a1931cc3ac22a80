"""Detect edited definitions and hanja in a new version of a list, and keep the words' IDs, tasks, and cards."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, update

from korean_flashcards.ledger.db.in_lists import chunks
from korean_flashcards.ledger.db.tables import (
    import_batches,
    import_rows,
    import_warnings,
    vocabulary_items,
)
from korean_flashcards.ledger.words.gone_words import SETTLED
from korean_flashcards.ledger.words.identity import overlaid, plain_definition
from korean_flashcards.ledger.words.import_rows import NEAR_DUPLICATE, ImportBatch
from korean_flashcards.ledger.words.item_values import change_values, raise_priority, values_of
from korean_flashcards.ledger.words.reserved_numbers import kept_numbers

_CHUNK = 500  # words per statement
# A headword and its definition, prepared for comparison.
Meaning = tuple[str, str]


def settle(connection: Connection, batch: ImportBatch, elsewhere: Callable[[], set[Meaning]]) -> int:
    """Turn each row that edits a word's definition or hanja into an update of that word, and return the number of such rows.

    Call this function after all of the batch's rows have been imported. A word counts as edited if the list added it,
    the previous version contained it, no row in this version refers to it, and exactly one row with its headword (or with
    its headword and definition) added a new word.

    Args:
        connection: The import's transaction.
        batch: The batch.
        elsewhere: A function that returns the words in the other lists of this import. A word that moved to a different
            list was not edited. The function is called only if there are edits.
    """
    pairs = _edited(connection, batch)
    moved = elsewhere() if pairs else set()
    if moved:
        items = _items(connection, [old for old, _ in pairs])
        pairs = [pair for pair in pairs if meaning_of(items[pair[0]]) not in moved]
    for start in range(0, len(pairs), _CHUNK):
        _correct(connection, batch, pairs[start : start + _CHUNK])
    return len(pairs)


def meaning_of(item: Mapping[str, Any]) -> Meaning:
    """Return a word's headword and definition, prepared for comparison."""
    return item["term"], plain_definition(item["definition"])


def _edited(connection: Connection, batch: ImportBatch) -> list[tuple[str, str]]:
    """For each edited word, return its item ID and the item ID of the separate word that the new row added."""
    items, rows, batches = vocabulary_items.c, import_rows.c, import_batches.c
    earlier = select(batches.number).where(
        batches.source == batch.source, batches.number != batch.number, batches.state.in_(SETTLED)
    )
    numbers = connection.execute(earlier).scalars().all()
    if not numbers:
        return []
    came_back = select(kept_numbers.c.item_id).where(kept_numbers.c.item_id == items.item_id).exists()
    new = _by_term(connection, items.batch == batch.number, ~came_back)
    in_batch = select(rows.row).where(rows.item_id == items.item_id)
    matched = in_batch.where(rows.batch == batch.number).exists()
    # A word that the previous version did not contain was not edited. It left the list earlier.
    present = in_batch.where(rows.batch == max(numbers)).exists()
    # "+ 0" keeps SQLite from using the index on the batch, which would make it read the whole batch for each chunk.
    own = (items.batch + 0).in_(numbers)
    return [
        pair
        for terms in chunks(list(new))
        for term, old in _by_term(connection, items.term.in_(terms), own, present, ~matched).items()
        for pair in _pairs(old, new[term])
    ]


def _by_term(connection: Connection, *fits: ColumnElement[bool]) -> dict[str, list[tuple[str, str]]]:
    """Return the item ID and the plain definition of each word that meets the conditions, by term."""
    items = vocabulary_items.c
    found: dict[str, list[tuple[str, str]]] = {}
    for term, item_id, definition in connection.execute(
        select(items.term, items.item_id, items.definition).where(*fits)
    ):
        found.setdefault(term, []).append((item_id, plain_definition(definition)))
    return found


def _pairs(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pair homographs with the same definition, whose hanja were edited, and then the only ones that are left."""
    pairs = []
    for meaning in {meaning for _, meaning in old if meaning}:
        olds, news = ([item_id for item_id, its in words if its == meaning] for words in (old, new))
        if len(olds) == len(news) == 1:
            pairs.append((olds[0], news[0]))
    paired = {item_id for pair in pairs for item_id in pair}
    olds, news = ([item_id for item_id, _ in words if item_id not in paired] for words in (old, new))
    return [*pairs, (olds[0], news[0])] if len(olds) == len(news) == 1 else pairs


def _correct(connection: Connection, batch: ImportBatch, pairs: Sequence[tuple[str, str]]) -> None:
    """Assign the new words' rows to the old words as updates, and delete the new words."""
    rows = import_rows.c
    items = _items(connection, [item_id for pair in pairs for item_id in pair])
    moves = [
        {"old": old, "new": new, "number": items[old]["homograph"], "its_row": items[new]["row"]} for old, new in pairs
    ]
    identity: dict[str, Any] = {
        "item_id": bindparam("old"),
        "item": func.json_set(rows.item, "$.item_id", bindparam("old"), "$.homograph", bindparam("number")),
    }
    connection.execute(update(import_rows).where(rows.item_id == bindparam("new")).values(identity), moves)
    at_row = (rows.batch == batch.number) & (rows.row == bindparam("its_row"))
    connection.execute(update(import_rows).where(at_row).values(outcome="duplicate", updated=1), moves)
    connection.execute(delete(vocabulary_items).where(vocabulary_items.c.item_id.in_([new for _, new in pairs])))
    corrected = [(old, overlaid(values_of(items[old]), values_of(items[new]))) for old, new in pairs]
    change_values(connection, corrected)
    raise_priority(connection, [old for old, _ in pairs], batch.priority)
    near = import_warnings.c
    about = near.row.in_([move["its_row"] for move in moves])
    connection.execute(delete(import_warnings).where(near.batch == batch.number, near.code == NEAR_DUPLICATE, about))


def _items(connection: Connection, item_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    query = select(vocabulary_items).where(vocabulary_items.c.item_id.in_(item_ids))
    return {row["item_id"]: dict(row) for row in connection.execute(query).mappings()}
