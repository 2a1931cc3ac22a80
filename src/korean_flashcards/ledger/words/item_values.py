"""Read and write a word's values, and copy the frequency, which determines the queue order, to the word's tasks."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal, select, update

from korean_flashcards.domain.records import WORD_STAGES
from korean_flashcards.ledger.db.tables import tasks, vocabulary_items
from korean_flashcards.ledger.words.identity import VALUES

# Do not escape non-ASCII characters, so that Hangul stays readable.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def columns_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as columns of ``vocabulary_items``."""
    return {**{name: values[name] for name in VALUES}, "tags": _encode(values["tags"])}


def values_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values in a row of ``vocabulary_items``. This is the inverse of ``columns_of``."""
    return {**{name: item[name] for name in VALUES}, "tags": json.loads(item["tags"])}


def add_tasks(connection: Connection, batch: int, first: int, last: int, priority: int) -> None:
    """For each word added by the batch's rows ``first`` to ``last``, add one task per stage in WORD_STAGES."""
    items = vocabulary_items.c
    names = ["stage", "item_id", "priority", "frequency", "position"]
    for stage in WORD_STAGES:
        rows = select(
            literal(stage), items.item_id, literal(priority), func.coalesce(items.frequency, 0), items.term_number
        )
        brought = rows.where(items.batch == batch, items.row.between(first, last))
        connection.execute(insert(tasks).from_select(names, brought))


def change_values(connection: Connection, changes: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Set the words' values, keyed by item ID, and update the frequency in the words' tasks."""
    if not changes:
        return
    columns: dict[str, Any] = {name: bindparam(f"to_{name}") for name in VALUES}
    order = {"frequency": func.coalesce(columns["frequency"], 0)}
    its_id: Any = bindparam("id")
    rows = [
        {"id": item_id, **{f"to_{name}": value for name, value in columns_of(values).items()}}
        for item_id, values in changes
    ]
    connection.execute(update(vocabulary_items).where(vocabulary_items.c.item_id == its_id).values(columns), rows)
    connection.execute(update(tasks).where(tasks.c.item_id == its_id).values(order), rows)


def raise_priority(connection: Connection, item_ids: Sequence[str], priority: int) -> None:
    """Raise the priority of the words' tasks to ``priority``.

    Tasks that already have a higher priority stay unchanged.
    """
    lower = tasks.c.priority < priority
    connection.execute(update(tasks).where(tasks.c.item_id.in_(item_ids), lower).values(priority=priority))
