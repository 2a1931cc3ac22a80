"""What some rows of a list become, worked out in memory: words, words again, rejects. ``import_rows`` writes it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from korean_flashcards.domain.records import RejectCode, VocabularyItem
from korean_flashcards.formats.item_row import RowError, item_of, storable
from korean_flashcards.formats.word_list import ListRow
from korean_flashcards.korean.near import stem
from korean_flashcards.ledger.words.identity import KnownWord, OnDuplicate, Placed, overlaid, place
from korean_flashcards.ledger.words.item_values import columns_of

Row = dict[str, Any]
# By headword: its homographs by number, in their order.
Known = dict[str, dict[int, KnownWord]]


@dataclass(frozen=True)
class ImportBatch:
    """The batch that the rows belong to, as ``import_batches`` has it."""

    number: int
    file: str
    source: str
    priority: int
    on_duplicate: OnDuplicate


class Outcomes:
    """Rows for the ledger's tables: ``items``, ``rows``, ``warnings``.

    ``changes``: (item id, new values) of words that a row corrects; ``repeated``: ids of words that a row means again;
    ``counts``: imported, duplicates, rejected; ``first_reject``: (row, reason).
    """

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch
        self.items: list[Row] = []
        self.rows: list[Row] = []
        self.warnings: list[Row] = []
        self.changes: list[tuple[str, Row]] = []
        self.repeated: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.first_reject: tuple[int, str] | None = None

    def place(self, rows: Iterable[ListRow], known: Known) -> None:
        """Say of each row what it becomes; ``known`` has all homographs of their headwords and learns the new ones."""
        for row in rows:
            try:
                item, warnings = item_of(row, self._batch.file)
            except RowError as error:
                self.reject(row, error.code, str(error))
                continue
            self._place(row, item, known.setdefault(item.term, {}))
            for code, reason in warnings:
                warning = {"batch": self._batch.number, "row": row.row, "code": code, "reason": storable(reason)}
                self.warnings.append(warning)

    def reject(self, row: ListRow, code: RejectCode, reason: str) -> None:
        """Note the row as no word."""
        self._note(row, "rejected", code=code.value, reason=storable(reason))
        self.counts["rejected"] += 1
        self.first_reject = self.first_reject or (row.row, storable(reason))

    def _place(self, row: ListRow, item: VocabularyItem, words: dict[int, KnownWord]) -> None:
        values = vars(item)
        placed = place(list(words.values()), values, self._batch.on_duplicate)
        if placed.homograph != 1:
            identity = {"item_id": f"{item.term}#{placed.homograph}", "homograph": placed.homograph}
            item = item.model_copy(update=identity)
        if placed.new:
            words[placed.homograph] = KnownWord(placed.homograph, values, seen=True)
            identity = {
                "item_id": item.item_id,
                "term": item.term,
                "homograph": item.homograph,
                "stem": stem(item.term),
            }
            self.items.append({**identity, **columns_of(values), "batch": self._batch.number, "row": row.row})
            outcome, updated = "imported", False
        else:
            outcome, updated = "duplicate", self._repeat(item.item_id, words[placed.homograph], values, placed)
        self._note(row, outcome, item_id=item.item_id, updated=int(updated), item=item.model_dump_json())
        self.counts["imported" if placed.new else "duplicates"] += 1

    def _repeat(self, item_id: str, word: KnownWord, values: Row, placed: Placed) -> bool:
        """Note the word again; return whether the row corrects it."""
        self.repeated.add(item_id)
        word.seen = True
        corrected = overlaid(word.values, values, same_list=word.own)
        if not placed.update or all(word.values[name] == value for name, value in corrected.items()):
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
             "text": storable(row.text), "item_id": item_id, "updated": updated, "item": item}
        )  # fmt: skip
