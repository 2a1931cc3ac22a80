"""Warnings of words that look like others of the ledger (문, 문을): reported, never merged."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select

from korean_flashcards.ledger.db.in_lists import chunks
from korean_flashcards.ledger.db.tables import import_batches, import_warnings, vocabulary_items

NEAR_DUPLICATE = "near_duplicate"
_NAMED = 3  # words in one warning
_LOOKED_AT = 20  # items of one stem: the first few words are among them, also where each has homographs


def warn(connection: Connection, items: Sequence[dict[str, Any]]) -> None:
    """Note for each of the items (they are in the ledger already) which earlier words look like it."""
    like = _by_stem(connection, sorted({item["stem"] for item in items}))
    warnings = []
    for item in items:
        place = (item["batch"], item["row"])
        others = like.get(item["stem"], ())
        names: dict[str, str] = {}
        for term, batch, *came in others:
            if term != item["term"] and (*came,) < place:
                names.setdefault(term, batch)
        if names:
            shown = ", ".join(f"{term} ({batch})" for term, batch in list(names.items())[:_NAMED])
            reason = f"{item['term']} looks like {shown}{', …' if len(names) > _NAMED else ''}; both are kept"
            warnings.append({"batch": item["batch"], "row": item["row"], "code": NEAR_DUPLICATE, "reason": reason})
    if warnings:
        connection.execute(insert(import_warnings), warnings)


def _by_stem(connection: Connection, stems: Sequence[str]) -> dict[str, list[tuple[str, str, int, int]]]:
    """The earliest items of each stem that has several, in the order in which they came: term, batch id, batch, row."""
    like: dict[str, list[tuple[str, str, int, int]]] = {}
    items = vocabulary_items.c
    place = func.row_number().over(partition_by=items.stem, order_by=(items.batch, items.row)).label("place")
    several = func.count().over(partition_by=items.stem).label("several")
    for part in chunks(stems):
        ranked = (
            select(items.stem, items.term, items.batch, items.row, place, several)
            .where(items.stem.in_(part))
            .subquery()
        ).c
        query = (
            select(ranked.stem, ranked.term, import_batches.c.batch_id, ranked.batch, ranked.row)
            .join(import_batches, import_batches.c.number == ranked.batch)
            .where(ranked.several > 1, ranked.place <= _LOOKED_AT)
            .order_by(ranked.batch, ranked.row)
        )
        for stem, *item in connection.execute(query).tuples():
            like.setdefault(stem, []).append((*item,))
    return like
