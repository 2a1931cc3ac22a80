"""Import an earlier system's checked words: first paid replies into the reply cache, then words into the ledger.

The words are imported as a word list, so identity, duplicates, rejects, and rollback work as they do for any list. The
words' tasks are then marked as done and linked to the replies by key. All steps are idempotent: the next import completes
an interrupted one.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from korean_flashcards.domain.records import Stage
from korean_flashcards.formats.item_row import RowError, item_of
from korean_flashcards.formats.word_list import ListFile, read_word_list
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.tasks.adopt import (
    ALREADY_ADOPTED,
    MODEL,
    AdoptableReply,
    Adoption,
    adopt,
    known_by_headword,
)
from korean_flashcards.ledger.words.imports import ImportOptions, ImportResult
from korean_flashcards.legacy.legacy_data import LONGEST, Kind, LegacyProblem, problem, text_of
from korean_flashcards.legacy.record_check import CheckedWord, Paid
from korean_flashcards.llm.cache.replies import StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache

# The header row in the word list that is written for the import.
COLUMNS = ("position", "term", "pos", "definition", "hanja", "example", "usage_hint", "tags")
TAG = "legacy"
_DEFINITION = COLUMNS.index("definition")
_FIRST_ROW = 2  # the first word; the header is row 1
_KINDS: dict[Stage, Kind] = {"nuance": "analysis", "flashcards": "cards"}


@dataclass(frozen=True)
class Count:
    """The numbers of items imported now (``taken``), imported before (``already``), and skipped.

    Imported cards are counted individually. Skipped cards are counted by row or file, as in the list of problems.
    """

    taken: int
    already: int
    skipped: int


@dataclass(frozen=True)
class LegacyReport:
    """The result of an import.

    Attributes:
        batch_id: The words' batch, or None if no words were found.
        already: When the same words were imported before (UTC, ISO 8601), or None if they were not.
    """

    batch_id: str | None
    already: str | None
    words: Count
    analyses: Count
    cards: Count
    problems: list[LegacyProblem]


def import_words(
    words: Sequence[CheckedWord],
    problems: Sequence[LegacyProblem],
    origin: tuple[str, str],
    ledger: Ledger,
    cache: ReplyCache | None,
) -> LegacyReport:
    """Import the words and their replies, and report what was imported.

    Args:
        words: The checked words.
        problems: The problems found so far.
        origin: The batch's name and source.
        ledger: The ledger.
        cache: The reply cache, or None for a dry run on a copy of the ledger, during which no replies are stored.

    Raises:
        LedgerError: The ledger cannot be used.
        CacheError: The reply cache cannot be used.
    """
    found = [*problems, *(one for word in words for one in word.problems)]
    if not words:
        counts = (_count(found, "word"), _count(found, "analysis"), _count(found, "cards"))
        return LegacyReport(None, None, *counts, found)
    if cache is not None:
        _store([paid for word in words for paid in word.paid], cache)
    result, adoption, rejects = _import_and_adopt(words, origin, ledger)
    for row, code, reason in rejects:
        found.append(problem(words[row - _FIRST_ROW].word.where, "word", f"{code}: {reason}"))
    taken, already = _by_kind([one for word in words for one in word.paid], adoption.outcomes, found)
    new = 0 if result.already else adoption.imported
    return LegacyReport(
        batch_id=result.batch_id,
        already=result.already,
        words=_count(found, "word", new, adoption.imported + adoption.duplicates - new),
        analyses=_count(found, "analysis", taken["analysis"], already["analysis"]),
        cards=_count(found, "cards", taken["cards"], already["cards"]),
        problems=found,
    )


def _import_and_adopt(
    words: Sequence[CheckedWord], origin: tuple[str, str], ledger: Ledger
) -> tuple[ImportResult, Adoption, Sequence[tuple[int, str, str]]]:
    """Import the words as a list and mark their tasks as done.

    Returns the result of the import, the result of marking the tasks as done, and the row, code, and reason for each
    rejected row.
    """
    name, source = origin
    undefined = {one.word.term for one in words if not one.word.values.get("definition")}
    cells = _cells(words, known_by_headword(ledger.store, undefined, source))
    rows = ListFile(name, source, _csv(cells))
    (result,) = ledger.imports.take([rows], ImportOptions(tag=TAG))
    replies = [
        AdoptableReply(row, one.stage, one.key, defined=bool(cells[row - _FIRST_ROW][_DEFINITION]))
        for row, word in enumerate(words, _FIRST_ROW)
        for one in word.paid
    ]
    adoption = adopt(ledger.store, result.batch_id, replies)
    # The ledger does not keep rows from lists without a valid word.
    return result, adoption, adoption.rejects if result.rows else list(_rejects(rows))


def _store(replies: Sequence[Paid], cache: ReplyCache) -> None:
    """Store the replies that are not yet in the cache."""
    present = cache.present(one.key for one in replies)
    for one in replies:
        if one.key not in present:
            reply = StoredReply(
                text=one.text, tokens_in=one.tokens_in, tokens_out=one.tokens_out, cost_usd=0.0, latency_s=0.0,
                attempts=1, model=MODEL, stage=one.stage, created=one.created or now(),
            )  # fmt: skip
            cache.put(one.key, reply)
    cache.close()


def _cells(words: Sequence[CheckedWord], known: set[str]) -> list[list[str]]:
    """Return the words as rows with the columns in COLUMNS.

    A row without a definition refers to a word already in the ledger.
    """
    rows, position = [], 0
    for one in words:
        position = one.word.position or position + 1
        definition = one.word.values.get("definition") or ("" if one.word.term in known else one.meaning)
        values = {**one.word.values, "position": str(position), "term": one.word.term, "definition": definition}
        rows.append([text_of(values.get(name))[:LONGEST] for name in COLUMNS])
    return rows


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([COLUMNS, *rows])
    return file.getvalue().encode()


def _rejects(rows: ListFile) -> Iterator[tuple[int, str, str]]:
    for row in read_word_list(rows.name, rows.data):
        try:
            item_of(row, rows.name)
        except RowError as error:
            yield row.row, error.code, str(error)


def _by_kind(
    paid: Sequence[Paid], outcomes: Sequence[str | None], found: list[LegacyProblem]
) -> tuple[Counter[Kind], Counter[Kind]]:
    """Count, by kind, the replies that ``adopt`` accepted now or earlier. Add the rejected replies to ``found``."""
    taken, already = Counter[Kind](), Counter[Kind]()
    for one, outcome in zip(paid, outcomes, strict=True):
        kind = _KINDS[one.stage]
        if outcome is None:
            taken[kind] += one.count
        elif outcome == ALREADY_ADOPTED:
            already[kind] += one.count
        else:
            found.append(problem(one.where, kind, outcome))
    return taken, already


def _count(problems: Sequence[LegacyProblem], kind: Kind, taken: int = 0, already: int = 0) -> Count:
    return Count(taken, already, sum(one.skipped and one.what == kind for one in problems))
