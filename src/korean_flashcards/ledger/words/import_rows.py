"""The rows of one list into the ledger, a part at a time, inside the one transaction of its batch."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.exc import IntegrityError

from korean_flashcards.domain.records import RejectCode
from korean_flashcards.formats.item_row import storable
from korean_flashcards.formats.word_list import ListRow
from korean_flashcards.ledger.db.in_lists import chunks
from korean_flashcards.ledger.db.tables import (
    import_batches,
    import_rows,
    import_warnings,
    vocabulary_items,
)
from korean_flashcards.ledger.words.identity import KnownWord
from korean_flashcards.ledger.words.item_values import add_tasks, change_values, raise_priority, values_of
from korean_flashcards.ledger.words.near_words import warn
from korean_flashcards.ledger.words.reserved_numbers import kept_numbers
from korean_flashcards.ledger.words.row_outcomes import ImportBatch, Known, Outcomes


class RowTaker:
    """Takes the rows of one batch; ``counts``: imported, duplicates, rejected; ``first_reject``: (row, reason)."""

    def __init__(self, connection: Connection, batch: ImportBatch) -> None:
        self._connection = connection
        self._batch = batch
        self.counts: Counter[str] = Counter()
        self.first_reject: tuple[int, str] | None = None

    def take(self, rows: Sequence[ListRow]) -> None:
        """Take these rows. One that the database refuses is a reject; the others are not touched by it."""
        outcomes = Outcomes(self._batch)
        try:
            with self._connection.begin_nested():
                outcomes.place(rows, self._known(rows))
                self._write(outcomes)
        except IntegrityError as error:
            if len(rows) > 1:
                for row in rows:
                    self.take([row])
                return
            outcomes = Outcomes(self._batch)
            outcomes.reject(rows[0], RejectCode.CONSTRAINT, f"the ledger refuses it: {error.orig}")
            self._write(outcomes)
        self.counts += outcomes.counts
        self.first_reject = self.first_reject or outcomes.first_reject

    def _known(self, rows: Sequence[ListRow]) -> Known:
        """All that has a number among the rows' headwords: words of the ledger, and those whose numbers it keeps."""
        terms = sorted({storable(" ".join(row.values.get("term", "").split())) for row in rows})
        known: Known = {}
        for part in chunks(terms):
            items = self._items(part)
            seen = self._seen([item["item_id"] for item in items])
            for item in items:
                own = item["source"] == self._batch.source
                word = KnownWord(item["homograph"], values_of(item), own=own, seen=item["item_id"] in seen)
                known.setdefault(item["term"], {})[word.homograph] = word
            kept = select(kept_numbers).where(kept_numbers.c.term.in_(part))
            for gone in self._connection.execute(kept).mappings():
                word = KnownWord(gone["homograph"], dict(gone), here=False)
                known.setdefault(gone["term"], {}).setdefault(word.homograph, word)
        return {term: dict(sorted(words.items())) for term, words in known.items()}

    def _items(self, terms: Sequence[str]) -> Sequence[Any]:
        query = (
            select(vocabulary_items, import_batches.c.source)
            .join(import_batches, import_batches.c.number == vocabulary_items.c.batch)
            .where(vocabulary_items.c.term.in_(terms))
        )
        return self._connection.execute(query).mappings().all()

    def _seen(self, item_ids: Sequence[str]) -> set[str]:
        """Those of the words that an earlier row of this file means."""
        rows = import_rows.c
        return {
            item_id
            for part in chunks(item_ids)
            for item_id in self._connection.execute(
                select(rows.item_id).where(rows.item_id.in_(part), rows.batch == self._batch.number)
            ).scalars()
        }

    def _write(self, outcomes: Outcomes) -> None:
        connection, batch = self._connection, self._batch
        for table, rows in (
            (vocabulary_items, outcomes.items), (import_rows, outcomes.rows), (import_warnings, outcomes.warnings)
        ):  # fmt: skip
            _insert(connection, table, rows)
        if outcomes.items:
            add_tasks(connection, batch.number, outcomes.items[0]["row"], outcomes.items[-1]["row"], batch.priority)
            warn(connection, outcomes.items)
        change_values(connection, outcomes.changes)
        for ids in chunks(sorted(outcomes.repeated)):
            raise_priority(connection, ids, batch.priority)


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows; the driver is called directly, as SQLAlchemy's own way takes a tenth of a whole import."""
    if rows:
        names = list(rows[0])
        statement = insert(table).compile(connection.engine, column_keys=names)
        ordered = statement.positiontup or names
        connection.exec_driver_sql(str(statement), [tuple(row[name] for name in ordered) for row in rows])
