"""Nodes of ingress: word lists into the ledger, and what the ledger holds out of it as layers."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Protocol

import polars as pl

from korean_flashcards.confusables import find_among
from korean_flashcards.domain.errors import WordListError
from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.parameters import ConfusableParameters
from korean_flashcards.formats.word_list import ListFile

_IMPORT_SCHEMA = {
    "file": pl.String, "batch_id": pl.String, "state": pl.String, "rows": pl.Int64, "imported": pl.Int64,
    "duplicates": pl.Int64, "updated": pl.Int64, "rejected": pl.Int64, "warnings": pl.Int64, "already": pl.String,
    "message": pl.String,
}  # fmt: skip


class Imports(Protocol):
    """What these nodes need of ``ledger.imports``."""

    def take(self, lists: Sequence[ListFile]) -> Sequence[Any]: ...


class Vocabulary(Protocol):
    """What these nodes need of ``ledger.vocabulary``."""

    def items(self, batches: Sequence[str] | None) -> pl.DataFrame: ...

    def duplicates(self, batches: Sequence[str] | None) -> pl.DataFrame: ...

    def rejects(self, batches: Sequence[str] | None) -> pl.DataFrame: ...

    def warnings(self, batches: Sequence[str] | None) -> pl.DataFrame: ...

    def counts(self, batches: Sequence[str] | None) -> pl.DataFrame: ...


class ImportLedger(Protocol):
    """What these nodes need of the ``ledger`` dataset (see ``ledger.facade.Ledger``)."""

    @property
    def imports(self) -> Imports: ...

    @property
    def vocabulary(self) -> Vocabulary: ...


def import_lists(word_lists: list[ListFile], ledger: ImportLedger) -> pl.DataFrame:
    """Take every list into the ledger, each as a batch; a list whose bytes are there already changes nothing.

    Returns one row a list: file, batch_id, state, rows, imported, duplicates, updated (of the duplicates), rejected,
    warnings, already (since when it is there, or null), message. Raises WordListError when a list cannot be read; the
    others are imported then.
    """
    results = ledger.imports.take(word_lists)
    if failed := [result for result in results if result.state == "failed"]:
        others = f" The other {len(results) - len(failed)} are imported." if len(results) > len(failed) else ""
        raise WordListError("\n".join(result.message for result in failed) + others)
    return frame_of((asdict(result) for result in results), _IMPORT_SCHEMA)


def read_vocabulary(
    imported_lists: pl.DataFrame, ledger: ImportLedger, word_lists: str | None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return (vocabulary, duplicates, rejects, warnings, counts) as the ledger holds them.

    All its words, and the rows of the newest version of each list; where the run names its own ``word_lists``, the words
    and rows of these lists alone. Columns: see ``ledger.words.vocabulary``.
    Raises WordListError when there is no word at all.
    """
    batches = None if word_lists is None else imported_lists["batch_id"].to_list()
    vocabulary = ledger.vocabulary.items(batches)
    if not vocabulary.height:
        raise WordListError(
            "There is no word to work on. Put a list (.csv, .tsv, .txt) into data/01_raw, or name one: "
            "kedro run --params word_lists=FILE, or kedro ingress import FILE. Nothing was imported."
        )
    rows = ledger.vocabulary
    return vocabulary, rows.duplicates(batches), rows.rejects(batches), rows.warnings(batches), rows.counts(batches)


def find_confusables(vocabulary: pl.DataFrame, ledger: ImportLedger, settings: ConfusableParameters) -> pl.DataFrame:
    """Return which words a learner mixes each word up with (columns: ``confusables.CONFUSABLE_SCHEMA``).

    Among all words of the ledger, whatever the run works on: a word must not become a different request because
    of the run that sends it.
    """
    return find_among(ledger.vocabulary.items(None), settings, of=set(vocabulary["item_id"]))
