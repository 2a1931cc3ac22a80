"""Takes checked words of an earlier system in: what was paid for into the reply cache, then the words into the ledger.

The words go in as a word list, so that identity, duplicates, rejects and rollback are those of any list; then their tasks
are marked done with the keys of the replies. Every step can be done twice: an import that was killed is completed by the
next one.
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
from korean_flashcards.ledger.tasks.adopt import ALREADY, MODEL, Record, adopt, known_by_headword
from korean_flashcards.ledger.words.imports import ImportOptions
from korean_flashcards.legacy.legacy_data import LONGEST, Kind, LegacyProblem, problem, text_of
from korean_flashcards.legacy.record_check import CheckedWord, Paid
from korean_flashcards.llm.cache.replies import StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache

# The header row of the list that the words are written as.
COLUMNS = ("position", "term", "pos", "definition", "hanja", "example", "usage_hint", "tags")
TAG = "legacy"
_DEFINITION = COLUMNS.index("definition")
_FIRST_ROW = 2  # of the words: the header is row 1
_KINDS: dict[Stage, Kind] = {"nuance": "analysis", "flashcards": "cards"}


@dataclass(frozen=True)
class Count:
    """How many were taken now, were there already, were skipped.

    Cards are counted as cards where they are taken or there; what is skipped as what is listed: a row, a file.
    """

    taken: int
    already: int
    skipped: int


@dataclass(frozen=True)
class Report:
    """What became of a source.

    ``batch_id``: the words' batch, None where there was no word; ``already``: since when the same words are there, or None.
    """

    batch_id: str | None
    already: str | None
    words: Count
    analyses: Count
    cards: Count
    problems: list[LegacyProblem]


def take(
    words: Sequence[CheckedWord],
    problems: Sequence[LegacyProblem],
    origin: tuple[str, str],
    ledger: Ledger,
    cache: ReplyCache | None,
) -> Report:
    """Bring the words in and say what became of them; ``problems`` are those found so far.

    ``origin``: name and source of the batch. ``cache`` None: no reply is stored, for a rehearsal on a copy of the ledger.
    Raises LedgerError, CacheError.
    """
    found = [*problems, *(one for word in words for one in word.problems)]
    if not words:
        return Report(None, None, _count(found, "word"), _count(found, "analysis"), _count(found, "cards"), found)
    if cache is not None:
        _store([paid for word in words for paid in word.paid], cache)
    name, source = origin
    undefined = {one.word.term for one in words if not one.word.values.get("definition")}
    cells = _cells(words, known_by_headword(ledger.store, undefined, source))
    rows = ListFile(name, source, _csv(cells))
    (result,) = ledger.imports.take([rows], ImportOptions(tag=TAG))
    paid = [(row, one) for row, word in enumerate(words, _FIRST_ROW) for one in word.paid]
    records = [Record(row, one.stage, one.key, defined=bool(cells[row - _FIRST_ROW][_DEFINITION])) for row, one in paid]
    adoption = adopt(ledger.store, result.batch_id, records)
    # Of a list without a single word the ledger keeps no row.
    for row, code, reason in adoption.rejects if result.rows else _rejects(rows):
        found.append(problem(words[row - _FIRST_ROW].word.where, "word", f"{code}: {reason}"))
    taken, already = _by_kind(paid, adoption.outcomes, found)
    new = 0 if result.already else adoption.imported
    return Report(
        batch_id=result.batch_id,
        already=result.already,
        words=_count(found, "word", new, adoption.imported + adoption.duplicates - new),
        analyses=_count(found, "analysis", taken["analysis"], already["analysis"]),
        cards=_count(found, "cards", taken["cards"], already["cards"]),
        problems=found,
    )


def _store(replies: Sequence[Paid], cache: ReplyCache) -> None:
    """Write those that are not there yet."""
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
    """The words as rows of COLUMNS; without a definition a row means the word that is there."""
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
    paid: Sequence[tuple[int, Paid]], outcomes: Sequence[str | None], found: list[LegacyProblem]
) -> tuple[Counter[Kind], Counter[Kind]]:
    """(taken, already there), as ``adopt`` said; what it refused is added to ``found``."""
    taken, already = Counter[Kind](), Counter[Kind]()
    for (_, one), outcome in zip(paid, outcomes, strict=True):
        kind = _KINDS[one.stage]
        if outcome is None:
            taken[kind] += one.count
        elif outcome == ALREADY:
            already[kind] += one.count
        else:
            found.append(problem(one.where, kind, outcome))
    return taken, already


def _count(problems: Sequence[LegacyProblem], kind: Kind, taken: int = 0, already: int = 0) -> Count:
    return Count(taken, already, sum(one.skipped and one.what == kind for one in problems))
