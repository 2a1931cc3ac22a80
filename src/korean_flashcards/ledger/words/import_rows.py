"""Import a list's rows: decide each row's outcome, write it, and warn about words that look alike."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.records import RejectCode
from korean_flashcards.formats.item_row import RowError, RowWord, item_of
from korean_flashcards.formats.term_text import has_number, spellings
from korean_flashcards.formats.word_list import ListRow
from korean_flashcards.korean.near import stem
from korean_flashcards.ledger.db.in_lists import chunks
from korean_flashcards.ledger.db.tables import (
    import_batches,
    import_rows,
    import_warnings,
    vocabulary_items,
)
from korean_flashcards.ledger.words.identity import (
    KnownWord,
    OnDuplicate,
    Placed,
    SeveralMeaningsError,
    filled,
    is_other_meaning,
    lacks_meaning,
    overlaid,
    place,
    plain_definition,
)
from korean_flashcards.ledger.words.item_values import add_tasks, change_values, columns_of, raise_priority, values_of
from korean_flashcards.ledger.words.reserved_numbers import kept_numbers
from korean_flashcards.ledger.words.returned_words import restore_replies

NEAR_DUPLICATE = "near_duplicate"
OTHER_MEANING = "other_meaning"
_NOT_IN_ROW = {"batch_id", "gone"}  # columns of a word that depend on all of its rows
_NAMED = 3  # words in one warning
_LOOKED_AT = 20  # items to read per stem; enough to include a few words even if they have homographs
Row = dict[str, Any]
# Each headword's homographs, keyed by number and sorted.
Known = dict[str, dict[int, KnownWord]]
# Returns headwords of whole lists. They are read on demand, because only few rows need them.
Headwords = Callable[[], frozenset[str]]


@dataclass(frozen=True)
class ImportBatch:
    """Columns of ``import_batches`` for the batch that the rows belong to."""

    number: int
    file: str
    source: str
    priority: int
    on_duplicate: OnDuplicate


class Outcomes:
    """The outcomes of rows, collected in memory: new words, duplicates, and rejects.

    Attributes:
        items: New rows for ``vocabulary_items``.
        rows: New rows for ``import_rows``.
        warnings: New rows for ``import_warnings``.
        changes: The item ID and new values of each word that a row updates.
        repeated: Item IDs of the words that duplicate rows refer to.
        returned: Item IDs of the new words that were rolled back earlier and get their reserved numbers back.
        counts: Row counts, keyed by ``imported``, ``duplicates``, ``rejected``, and ``unclear``. Unclear rows are
            rejected rows with a valid word that has several meanings.
        first_reject: Row number of the first rejected row and the reason for the rejection, or None if no row was
            rejected.
    """

    def __init__(self, batch: ImportBatch, numbered: Headwords) -> None:
        self._batch = batch
        self._numbered = numbered
        self.items: list[Row] = []
        self.rows: list[Row] = []
        self.warnings: list[Row] = []
        self.changes: list[tuple[str, Row]] = []
        self.repeated: set[str] = set()
        self.returned: list[str] = []
        self.counts: Counter[str] = Counter()
        self.first_reject: tuple[int, str] | None = None

    def place(self, rows: Iterable[ListRow], known: Known) -> None:
        """Decide each row's outcome.

        ``known`` contains all homographs of the rows' headwords. New homographs are added to ``known``.
        """
        for row in rows:
            try:
                word = item_of(row, self._batch.file, _numbered(row, self._numbered), as_written=known)
            except RowError as error:
                self.reject(row, error.code, str(error))
                continue
            try:
                self._place(row, word, known.setdefault(word.item.term, {}))
            except SeveralMeaningsError as error:
                reason = f"{word.item.term} has several meanings: {error}. Add the meaning to this row"
                self.reject(row, RejectCode.SEVERAL_MEANINGS, reason)
                continue
            for code, reason in word.warnings:
                self.warnings.append({"batch": self._batch.number, "row": row.row, "code": code, "reason": reason})

    def reject(self, row: ListRow, code: RejectCode, reason: str) -> None:
        """Record the row as rejected."""
        self._note(row, "rejected", code=code.value, reason=reason)
        self.counts["rejected"] += 1
        self.counts["unclear"] += code is RejectCode.SEVERAL_MEANINGS
        self.first_reject = self.first_reject or (row.row, reason)

    def _place(self, row: ListRow, word: RowWord, words: dict[int, KnownWord]) -> None:
        item, values = word.item, vars(word.item)
        placed = place(list(words.values()), values, self._batch.on_duplicate, word.dictionary_number)
        if placed.homograph != 1:
            identity = {"item_id": f"{item.term}#{placed.homograph}", "homograph": placed.homograph}
            item = item.model_copy(update=identity)
        if placed.new:
            if placed.homograph in words:
                self.returned.append(item.item_id)
            words[placed.homograph] = KnownWord(placed.homograph, values, own=True, seen=True)
            identity = {
                "item_id": item.item_id,
                "term": item.term,
                "homograph": item.homograph,
                "stem": stem(item.term),
            }
            origin = {"term_number": item.term_number, "batch": self._batch.number, "row": row.row}
            self.items.append({**identity, **columns_of(values), **origin})
            outcome, updated = "imported", False
        else:
            known = words[placed.homograph].values["definition"]
            outcome, updated = "duplicate", self._repeat(item.item_id, words[placed.homograph], values, placed)
            if not updated and is_other_meaning(known, values["definition"]):
                word.warnings.append((OTHER_MEANING, _other_meaning(item.item_id, known, values["definition"])))
        self._note(
            row, outcome, item_id=item.item_id, updated=int(updated), item=item.model_dump_json(exclude=_NOT_IN_ROW)
        )
        self.counts["imported" if placed.new else "duplicates"] += 1

    def _repeat(self, item_id: str, word: KnownWord, values: Row, placed: Placed) -> bool:
        """Record that the row refers to an existing word, and return whether it updates the word."""
        self.repeated.add(item_id)
        word.seen = True
        meaning_arrives = lacks_meaning(word.values, values)
        if placed.update or (meaning_arrives and word.own):
            corrected = overlaid(word.values, values)
        elif meaning_arrives:
            corrected = filled(word.values, values)
        else:
            return False
        if all(word.values[name] == value for name, value in corrected.items()):
            return False
        word.values = corrected
        self.changes.append((item_id, corrected))
        return True

    def _note(
        self, row: ListRow, outcome: str, code: str | None = None, reason: str | None = None,
        item_id: str | None = None, updated: int = 0, item: str | None = None,
    ) -> None:  # fmt: skip
        self.rows.append(
            {"batch": self._batch.number, "row": row.row, "outcome": outcome, "code": code, "reason": reason,
             "text": clean(row.text), "item_id": item_id, "updated": updated, "item": item}
        )  # fmt: skip


class RowImporter:
    """Importer for one batch's rows. ``counts`` and ``first_reject`` have the same meaning as in ``Outcomes``."""

    def __init__(
        self, connection: Connection, batch: ImportBatch, numbered: Headwords, single: Headwords | None = None
    ) -> None:
        """Create an importer.

        Args:
            connection: The transaction.
            batch: The batch.
            numbered: Returns the headwords that the list numbers (배1, 배2). Only rows with a digit in the term need them.
            single: Returns the headwords that only one row of all lists has, if the ledger was created for this import.
        """
        self._single = single
        self._connection = connection
        self._batch = batch
        self._numbered = numbered
        self.counts: Counter[str] = Counter()
        self.first_reject: tuple[int, str] | None = None

    def add(self, rows: Sequence[ListRow]) -> None:
        """Import these rows.

        A row that the database rejects is recorded as rejected, and the other rows are still imported.
        """
        outcomes = Outcomes(self._batch, self._numbered)
        try:
            with self._connection.begin_nested():
                outcomes.place(rows, self._known(rows))
                self._write(outcomes)
        except IntegrityError as error:
            if len(rows) > 1:
                for row in rows:
                    self.add([row])
                return
            outcomes = Outcomes(self._batch, self._numbered)
            outcomes.reject(rows[0], RejectCode.CONSTRAINT, f"the ledger rejected the row: {error.orig}")
            self._write(outcomes)
        self.counts += outcomes.counts
        self.first_reject = self.first_reject or outcomes.first_reject

    def _known(self, rows: Sequence[ListRow]) -> Known:
        """Return the homographs of the rows' headwords, both those in the ledger and those with a reserved number."""
        terms = sorted({term for row in rows for term in spellings(row.values, _numbered(row, self._numbered))})
        known: Known = {}
        for part in chunks(terms):
            items = self._items(part)
            seen, listed = self._rows_of([item["item_id"] for item in items])
            for item in items:
                own, item_id = item["source"] == self._batch.source, item["item_id"]
                word = KnownWord(
                    item["homograph"], values_of(item), own=own, listed=item_id in listed, seen=item_id in seen
                )
                known.setdefault(item["term"], {})[word.homograph] = word
            kept = select(kept_numbers).where(kept_numbers.c.term.in_(part))
            for gone in self._edited(self._connection.execute(kept).mappings().all(), rows):
                word = KnownWord(gone["homograph"], gone, here=False)
                known.setdefault(gone["term"], {}).setdefault(word.homograph, word)
        return {term: dict(sorted(words.items())) for term, words in known.items()}

    def _edited(self, kept: Sequence[Any], rows: Sequence[ListRow]) -> list[Row]:
        """Return the words with reserved numbers, without the meanings that were edited since the ledger was lost.

        As with an edit in a new version of a list, the only row with a headword is then the only word with it.
        """
        words = [dict(gone) for gone in kept]
        if self._single is None:
            return words
        listed = {plain_definition(row.values.get("definition", "")) for row in rows}
        homographs = Counter(term for term, _ in {(word["term"], word["homograph"]) for word in words})
        for word in words:
            is_edited = plain_definition(word["definition"]) not in listed
            if is_edited and homographs[word["term"]] == 1 and word["term"] in self._single():
                word |= {"definition": None, "hanja": None}
        return words

    def _items(self, terms: Sequence[str]) -> Sequence[Any]:
        query = (
            select(vocabulary_items, import_batches.c.source)
            .join(import_batches, import_batches.c.number == vocabulary_items.c.batch)
            .where(vocabulary_items.c.term.in_(terms))
        )
        return self._connection.execute(query).mappings().all()

    def _rows_of(self, item_ids: Sequence[str]) -> tuple[set[str], set[str]]:
        """Return the item IDs that an earlier row in this file refers to, and those that earlier versions refer to."""
        rows, batches = import_rows.c, import_batches.c
        versions = select(batches.number).where(batches.source == self._batch.source)
        found = [
            row
            for part in chunks(item_ids)
            for row in self._connection.execute(
                select(rows.item_id, rows.batch).where(rows.item_id.in_(part), rows.batch.in_(versions))
            ).tuples()
        ]
        seen = {item_id for item_id, number in found if number == self._batch.number}
        return seen, {item_id for item_id, number in found if number != self._batch.number}

    def _write(self, outcomes: Outcomes) -> None:
        connection, batch = self._connection, self._batch
        for table, rows in (
            (vocabulary_items, outcomes.items), (import_rows, outcomes.rows), (import_warnings, outcomes.warnings)
        ):  # fmt: skip
            _insert(connection, table, rows)
        if outcomes.items:
            add_tasks(connection, batch.number, outcomes.items[0]["row"], outcomes.items[-1]["row"], batch.priority)
            restore_replies(connection, outcomes.returned)
            _warn_of_near_words(connection, outcomes.items)
        change_values(connection, outcomes.changes)
        for ids in chunks(sorted(outcomes.repeated)):
            raise_priority(connection, ids, batch.priority)


def _other_meaning(item_id: str, known: str, further: str) -> str:
    return (
        f"{item_id} has the same dictionary number, so its meaning stays “{known[:60]}”, and “{further[:60]}” was left out: "
        "write all meanings of a word in one row"
    )


def _numbered(row: ListRow, numbered: Headwords) -> frozenset[str]:
    return numbered() if has_number(row.values.get("term", "")) else frozenset()


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows directly through the driver, because SQLAlchemy's insert would take a tenth of the import time."""
    if rows:
        names = list(rows[0])
        statement = insert(table).compile(connection.engine, column_keys=names)
        ordered = statement.positiontup or names
        connection.exec_driver_sql(str(statement), [tuple(row[name] for name in ordered) for row in rows])


def _warn_of_near_words(connection: Connection, items: Sequence[dict[str, Any]]) -> None:
    """Store a warning for each item that looks like an earlier word (such as 문을 and 문). Both words are kept."""
    like = _by_stem(connection, sorted({item["stem"] for item in items}))
    warnings = []
    for item in items:
        place = (item["batch"], item["row"])
        others = like.get(item["stem"], ())
        names: dict[str, str] = {}
        for term, batch, *position in others:
            if term != item["term"] and (*position,) < place:
                names.setdefault(term, batch)
        if names:
            shown = ", ".join(f"{term} ({batch})" for term, batch in list(names.items())[:_NAMED])
            reason = f"{item['term']} looks like {shown}{', …' if len(names) > _NAMED else ''}; both are kept"
            warnings.append({"batch": item["batch"], "row": item["row"], "code": NEAR_DUPLICATE, "reason": reason})
    if warnings:
        connection.execute(insert(import_warnings), warnings)


def _by_stem(connection: Connection, stems: Sequence[str]) -> dict[str, list[tuple[str, str, int, int]]]:
    """Return the earliest items (term, batch ID, batch, and row) for each shared stem, in import order."""
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
        for shared, *item in connection.execute(query).tuples():
            like.setdefault(shared, []).append((*item,))
    return like
