"""Read words and the outcomes of list rows (rejects, duplicates, warnings, and counts) as data frames."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, Select, func, select

from korean_flashcards.domain.frame_builder import Schema
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.parameters import GoneWords
from korean_flashcards.domain.records import VocabularyItem
from korean_flashcards.ledger.batches import batch_number, updated_rows
from korean_flashcards.ledger.db.in_lists import listed
from korean_flashcards.ledger.db.removal_tables import removed_ids
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import import_batches, import_rows, import_warnings, vocabulary_items
from korean_flashcards.ledger.words.gone_words import (
    DeletedList,
    deleted_lists,
    is_gone,
    is_removed,
    newest_batches,
    takes_part,
)

_ITEM_SCHEMA = polars_schema(VocabularyItem)
_CHUNK = 1000  # rows to read at once, to limit the memory that they need
_ROW_SCHEMA = {"batch_id": pl.String, "file": pl.String, "row": pl.Int64}
PROBLEM_SCHEMA = {**_ROW_SCHEMA, "code": pl.String, "reason": pl.String, "text": pl.String}
DUPLICATE_SCHEMA = {
    **_ROW_SCHEMA, "term": pl.String, "definition": pl.String, "updated": pl.Boolean, "item_id": pl.String,
    "first_batch": pl.String, "first_file": pl.String, "first_row": pl.Int64,
}  # fmt: skip
LIST_COUNT_SCHEMA = {"batch_id": pl.String, "file": pl.String, "rows": pl.Int64, "imported": pl.Int64,
                 "duplicates": pl.Int64, "rejected": pl.Int64, "updated": pl.Int64}  # fmt: skip


class LedgerVocabulary:
    """The ledger's words and the outcomes of list rows.

    ``batches`` contains batch IDs. Every method raises LedgerError if a batch does not exist. Except in ``items``, None
    means each list's newest batch.
    """

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def import_times(self) -> dict[str, str]:
        """Return the time when each batch was registered (ISO 8601, UTC), by the batch's ID."""
        with self._store.read() as connection:
            rows = connection.execute(select(import_batches.c.batch_id, import_batches.c.created)).tuples()
            return dict(rows.all())

    def lists(self) -> pl.DataFrame:
        """Return the words in the newest version of each list, with the columns ``item_id`` and ``file``."""
        rows = import_rows.c
        # One JSON array per list takes a quarter of the time that one row per word takes.
        query = (
            select(import_batches.c.file, func.json_group_array(rows.item_id))
            .join_from(import_rows, import_batches, import_batches.c.number == rows.batch)
            .where(rows.item_id.is_not(None), rows.batch.in_(newest_batches()))
            .group_by(rows.batch)
        )
        with self._store.read() as connection:
            found = [(json.loads(words), file) for file, words in connection.execute(query).tuples()]
        lists = pl.DataFrame(found, {"item_id": pl.List(pl.String), "file": pl.String}, orient="row")
        return lists.explode("item_id").unique(maintain_order=True)

    def items(self, batches: Sequence[str] | None, gone: GoneWords = "keep") -> pl.DataFrame:
        """Return the words in import order, with the columns of VocabularyItem.

        If ``batches`` is given, return only words that a row in these batches refers to. ``file``, ``row``, and
        ``batch_id`` describe the row that added the word. ``gone`` decides which words that are gone take part.
        """
        items, rows = vocabulary_items.c, import_rows.c
        columns = [items[name] for name in _ITEM_SCHEMA if name in items]
        query = (
            select(
                *columns,
                import_batches.c.file,
                import_batches.c.batch_id,
                is_gone().label("gone"),
                is_removed().label("removed"),
            )
            .join_from(vocabulary_items, import_batches, import_batches.c.number == items.batch)
            .where(takes_part(gone))
            .order_by(items.batch, items.row)
        )
        with self._store.read() as connection:
            if batches is not None:
                query = query.where(
                    items.item_id.in_(select(rows.item_id).where(rows.batch.in_(_numbers(connection, batches))))
                )
            found = _frame(connection, query, {**_ITEM_SCHEMA, "tags": pl.String})
            # Inside the block, which reports invalid JSON as a damaged ledger.
            tags = pl.Series("tags", list(map(json.loads, found["tags"])), _ITEM_SCHEMA["tags"])
        return found.with_columns(tags)

    def gone(self) -> int:
        """Return the number of words that are gone."""
        with self._store.read() as connection:
            return connection.execute(select(func.count()).select_from(vocabulary_items).where(is_gone())).scalar_one()

    def removed(self) -> int:
        """Return the number of words that a person removed."""
        with self._store.read() as connection:
            return connection.execute(select(func.count()).select_from(removed_ids().subquery())).scalar_one()

    def deleted_lists(self, root: Path) -> list[DeletedList]:
        """Return the lists in the project folder ``root`` whose file no longer exists, if only they contain some words."""
        with self._store.read() as connection:
            return deleted_lists(connection, root)

    def rejects(self, batches: Sequence[str] | None) -> pl.DataFrame:
        """Return the rejected rows with the columns batch_id, file, row, code, reason, and text."""
        rows = import_rows.c
        query = select(*_WHERE, rows.code, rows.reason, rows.text).join_from(import_rows, import_batches)
        return self._rows(query.where(rows.outcome == "rejected"), batches, PROBLEM_SCHEMA)

    def warnings(self, batches: Sequence[str] | None) -> pl.DataFrame:
        """Return the warnings about imported rows, with the same columns as ``rejects``."""
        notes, rows = import_warnings.c, import_rows.c
        query = (
            select(*_WHERE, notes.code, notes.reason, rows.text)
            .join_from(import_rows, import_batches)
            .join(import_warnings, (rows.batch == notes.batch) & (rows.row == notes.row))
        )
        return self._rows(query, batches, PROBLEM_SCHEMA, notes.number)

    def duplicates(self, batches: Sequence[str] | None) -> pl.DataFrame:
        """Return the rows whose word already existed.

        The columns are batch_id, file, row, term, definition (from the row), updated (whether the row updated the
        word), item_id, first_batch, first_file, and first_row. The last three columns identify the row that added the
        word.
        """
        rows, items, first = import_rows.c, vocabulary_items.c, import_batches.alias("first")
        query = (
            select(
                *_WHERE, items.term, func.json_extract(rows.item, "$.definition").label("definition"),
                (rows.updated == 1).label("updated"), rows.item_id,
                first.c.batch_id.label("first_batch"), first.c.file.label("first_file"), items.row.label("first_row"),
            )
            .join_from(import_rows, import_batches)
            .join(vocabulary_items, items.item_id == rows.item_id)
            .join(first, first.c.number == items.batch)
            .where(rows.outcome == "duplicate")
        )  # fmt: skip
        return self._rows(query, batches, DUPLICATE_SCHEMA)

    def counts(self, batches: Sequence[str] | None) -> pl.DataFrame:
        """Return each batch's row counts.

        The columns are batch_id, file, rows, imported, duplicates, rejected, and updated (the number of duplicates that
        updated a word).
        """
        stored = [import_batches.c[name] for name in LIST_COUNT_SCHEMA if name != "updated"]
        query = select(*stored, updated_rows()).order_by(import_batches.c.number)
        with self._store.read() as connection:
            chosen = query.where(import_batches.c.number.in_(_numbers(connection, batches)))
            return _frame(connection, chosen, LIST_COUNT_SCHEMA)

    def _rows(
        self, query: Select[Any], batches: Sequence[str] | None, schema: Schema, *order: ColumnElement[Any]
    ) -> pl.DataFrame:
        rows = import_rows.c
        with self._store.read() as connection:
            chosen = query.where(rows.batch.in_(_numbers(connection, batches))).order_by(rows.batch, rows.row, *order)
            return _frame(connection, chosen, schema)


_WHERE = (import_batches.c.batch_id, import_batches.c.file, import_rows.c.row)


def _numbers(connection: Connection, batches: Sequence[str] | None) -> Any:
    """Return the batches' numbers for use in an IN condition. None means each list's newest batch."""
    if batches is None:
        return newest_batches()
    return listed([batch_number(connection, batch_id) for batch_id in batches])


def _frame(connection: Connection, query: Select[Any], schema: Schema) -> pl.DataFrame:
    """Return the rows of a query, whose columns are those of the schema, in any order."""
    result = connection.execution_options(yield_per=_CHUNK).execute(query)
    found = {name: schema[name] for name in result.keys()}  # noqa: SIM118 - a result is not a dictionary
    parts = [pl.DataFrame([*map(tuple, rows)], found, orient="row") for rows in result.partitions()]
    return pl.concat([pl.DataFrame(schema=found), *parts], rechunk=True).select(list(schema))
