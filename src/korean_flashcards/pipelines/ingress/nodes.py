"""Define the ingress pipeline's nodes, which import word lists into the ledger and read the ledger's vocabulary."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath
from typing import Any, Protocol

import polars as pl

from korean_flashcards.confusables import find_among
from korean_flashcards.domain.earlier_result import EarlierResult, result_key
from korean_flashcards.domain.errors import WordListError
from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.gone_text import deleted_text
from korean_flashcards.domain.parameters import ConfusableParameters, GoneWords, IngressParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.formats.word_list import ListFile

logger = logging.getLogger(__name__)

IMPORT_SCHEMA = {
    "file": pl.String, "batch_id": pl.String, "state": pl.String, "rows": pl.Int64, "imported": pl.Int64,
    "duplicates": pl.Int64, "updated": pl.Int64, "rejected": pl.Int64, "warnings": pl.Int64, "already": pl.String,
    "message": pl.String,
}  # fmt: skip

# The columns of the vocabulary that decide which words are confusable.
_COMPARED = ("item_id", "term", "pos", "definition")


class Imports(Protocol):
    """The part of ``ledger.imports`` that these nodes use."""

    def take(self, lists: Sequence[ListFile]) -> Sequence[Any]: ...


class Vocabulary(Protocol):
    """The part of ``ledger.vocabulary`` that these nodes use."""

    def items(self, batches: Sequence[str] | None, gone: GoneWords = "keep") -> pl.DataFrame: ...

    def removed(self) -> int: ...

    def duplicates(self, batches: Sequence[str] | None) -> pl.DataFrame: ...

    def rejects(self, batches: Sequence[str] | None) -> pl.DataFrame: ...

    def deleted_lists(self, root: Path) -> Sequence[Any]: ...

    def warnings(self, batches: Sequence[str] | None) -> pl.DataFrame: ...

    def counts(self, batches: Sequence[str] | None) -> pl.DataFrame: ...


class ImportLedger(Protocol):
    """The part of the ``ledger`` dataset that these nodes use (see ``ledger.facade.Ledger``)."""

    @property
    def imports(self) -> Imports: ...

    @property
    def vocabulary(self) -> Vocabulary: ...


def import_lists(word_lists: list[ListFile], ledger: ImportLedger) -> pl.DataFrame:
    """Import each list into the ledger as a batch. Importing an identical list again changes nothing.

    Returns:
        One row per list: file, batch_id, state, rows, imported, duplicates, updated (the number of duplicates that
        updated their word), rejected, warnings, already (the time when an identical list was first imported, or null),
        and message.

    Raises:
        WordListError: A list cannot be imported. The other lists are still imported.
    """
    results = ledger.imports.take(word_lists)
    for result in results:
        if result.notes:
            logger.info("Imported %s.\n%s", result.file, "\n".join(f"  {note}" for note in result.notes))
    for root in {one.root for one in word_lists if one.root and not PurePath(one.source).is_absolute()}:
        for gone in ledger.vocabulary.deleted_lists(root):
            logger.warning(deleted_text(gone.file, gone.batches, gone.words))
    if failed := [result for result in results if result.state == "failed"]:
        good = len(results) - len(failed)
        others = f" {counted(good, 'other list')} {'was' if good == 1 else 'were'} imported." if good else ""
        raise WordListError("\n".join(result.message for result in failed) + others)
    return frame_of(({name: getattr(result, name) for name in IMPORT_SCHEMA} for result in results), IMPORT_SCHEMA)


def read_vocabulary(
    imported_lists: pl.DataFrame, ledger: ImportLedger, word_lists: str | None, settings: IngressParameters
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return (vocabulary, duplicates, rejects, warnings, counts) from the ledger.

    The frames contain all words in the ledger, even if the parameter ``word_lists`` selects the words of some lists.
    They also contain the rows from the newest version of each list and, if ``word_lists`` is set, from the named lists.
    The parameter ``ingress.gone`` decides whether words that no list contains anymore take part.
    ``ledger.words.vocabulary`` describes the columns.

    Raises:
        WordListError: The ledger or the named lists contain no words.
    """
    own = None if word_lists is None else imported_lists["batch_id"].to_list()
    vocabulary = ledger.vocabulary.items(None, settings.gone)
    named = vocabulary if own is None else ledger.vocabulary.items(own, settings.gone)
    if not named.height and (removed := ledger.vocabulary.removed()):
        raise WordListError(
            f"There are no words: {counted(removed, 'word')} {'was' if removed == 1 else 'were'} removed with `kedro word "
            "remove`. Nothing was requested, and the existing deck was not changed. `kedro word restore WORD` restores "
            "one."
        )
    if not named.height:
        raise WordListError(
            "There are no words yet. Put a word list (.csv, .tsv, .txt, or .xlsx) into data/01_raw, or specify one with "
            "`kedro run --params word_lists=FILE` or `kedro ingress import FILE`."
        )
    rows = ledger.vocabulary
    duplicates, rejects = _with_own(rows.duplicates, own), _with_own(rows.rejects, own)
    return vocabulary, duplicates, rejects, _with_own(rows.warnings, own), _with_own(rows.counts, own)


def _with_own(rows: Callable[[Sequence[str] | None], pl.DataFrame], own: Sequence[str] | None) -> pl.DataFrame:
    """Return the rows from the newest version of each list, and from the batches ``own``, which may be older."""
    newest = rows(None)
    older = sorted(set(own or ()) - set(newest["batch_id"]))
    return pl.concat([newest, rows(older)]) if older else newest


def find_confusables(
    vocabulary: pl.DataFrame, ledger: ImportLedger, settings: ConfusableParameters, before: EarlierResult
) -> tuple[pl.DataFrame, str]:
    """Return the words that are easily confused with each vocabulary word (columns: ``confusables.CONFUSABLE_SCHEMA``).

    All words in the ledger are compared, even if the run is limited to a few of them. Otherwise, a word's request would
    depend on which words are in the run. If nothing has changed since an earlier run (``before``), its result is returned.
    The second value is the key of the result for later runs.
    """
    words = ledger.vocabulary.items(None)
    inputs = before.inputs_hash(words.select(_COMPARED), vocabulary.select("item_id"), settings.model_dump_json())
    if earlier := before.of(inputs):
        return earlier[0], before.key
    found = find_among(words, settings, of=vocabulary["item_id"].to_list())
    return found, result_key(inputs, found)
