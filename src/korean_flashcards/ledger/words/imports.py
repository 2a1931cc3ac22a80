"""Import word lists: one batch per file and one transaction per batch, so a killed import leaves no partial batch."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import LedgerError, WordListError
from korean_flashcards.domain.gone_text import gone_text, still_removed_text
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.run_record import RunResult, RunStart
from korean_flashcards.domain.warning_groups import WarningGroup, grouped
from korean_flashcards.formats.list_summary import ListSummary
from korean_flashcards.formats.term_text import numbered_headwords
from korean_flashcards.formats.word_list import ListFile, ListRow, WordList
from korean_flashcards.ledger.batches import rejected_rows
from korean_flashcards.ledger.db.runs import Runs
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import history, import_batches, import_rows, import_warnings
from korean_flashcards.ledger.words import definition_edits, renamed_lists, term_numbers
from korean_flashcards.ledger.words.gone_words import SETTLED, left_with
from korean_flashcards.ledger.words.identity import OnDuplicate
from korean_flashcards.ledger.words.import_rows import ImportBatch, RowImporter
from korean_flashcards.ledger.words.listed_words import single_headwords, words_elsewhere
from korean_flashcards.ledger.words.removed_words import removed_in_batch
from korean_flashcards.ledger.words.rollback import ROLLED_BACK

_CHUNK = 1000  # rows per write
_CACHE_KIB = 32_000
_LONGEST_ID = 100
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # in file names that are not UTF-8
_ID = rf"[^\W_][\w.+-]{{0,{_LONGEST_ID - 1}}}"

Progress = Callable[[int], None]


@dataclass(frozen=True)
class ImportOptions:
    """Options for an import.

    ``batch_id`` can be used only with a single list. ``priority`` ranges from 1 (lowest) to 10 (highest).
    """

    batch_id: str | None = None
    tag: str | None = None
    priority: int = 5
    on_duplicate: OnDuplicate = "skip"
    dry_run: bool = False


@dataclass(frozen=True)
class ImportResult:
    """The result of importing one list. ``rows`` is the sum of ``imported``, ``duplicates``, and ``rejected``.

    Attributes:
        state: The batch's state: completed, partial (some rows were rejected), or failed (``message`` gives the
            reason).
        updated: Number of duplicates that updated their word.
        already: If an identical file was imported before, the time of that import (UTC, ISO 8601). In that case,
            nothing is changed, and the other attributes describe the earlier batch.
        gone: IDs of the words that this version of the list leaves out and that no other list contains.
        still_removed: IDs of the words of the list that a person removed. They stay removed.
        rejects: For a dry run, the rejected rows (row, code, reason, and text). Otherwise, rejected rows are stored in
            the ledger.
        summary: How the list was read, or None if this import did not read it.
        warned: The warnings, grouped by code.
    """

    file: str
    batch_id: str
    state: str
    rows: int
    imported: int
    duplicates: int
    updated: int
    rejected: int
    warnings: int
    already: str | None
    message: str | None
    gone: tuple[str, ...] = ()
    still_removed: tuple[str, ...] = ()
    rejects: tuple[dict[str, Any], ...] = field(default=(), compare=False)
    summary: ListSummary | None = field(default=None, compare=False)
    warned: tuple[WarningGroup, ...] = field(default=(), compare=False)

    @property
    def notes(self) -> list[str]:
        """Return sentences about how the list was read, about its rows, and about the words that are gone."""
        read = self.summary.lines() if self.summary else ()
        gone = [gone_text(self.gone)] if self.gone else []
        removed = [still_removed_text(self.still_removed)] if self.still_removed else []
        return [*read, *(group.sentence for group in self.warned), *gone, *removed]


class LedgerImports:
    """The ledger's interface for importing word lists."""

    def __init__(self, store: LedgerStore, runs: Runs) -> None:
        self._store = store
        self._runs = runs

    def are_new(self, lists: Sequence[ListFile]) -> bool:
        """Return whether the bytes of any of the lists have not been imported yet."""
        hashes, batches = {hashlib.sha256(one.data).hexdigest() for one in lists}, import_batches.c
        query = select(batches.sha256).where(batches.state.in_(SETTLED), batches.sha256.in_(hashes))
        with self._store.read() as connection:
            return not hashes.issubset(connection.execute(query).scalars())

    def take(
        self,
        lists: Sequence[ListFile],
        options: ImportOptions = ImportOptions(),
        progress: Progress | None = None,
    ) -> list[ImportResult]:
        """Import each list as a batch, and return the results in the same order.

        A list that cannot be read becomes a failed batch and does not affect the other lists.

        Args:
            lists: The word lists.
            options: The options that apply to all lists.
            progress: Function to call with the number of rows imported since the last call.

        Raises:
            LedgerError: An option is invalid. Nothing is changed.
        """
        _check(lists, options)
        if options.dry_run:
            return self._try(lists, options, progress)
        if not lists:
            return []
        outermost = self._runs.current is None
        self._runs.sweep()
        run_id = self._runs.enter("import", start=_start(options))
        try:
            registered = self._register(lists, options, run_id)
            results = [
                entry if isinstance(entry, ImportResult) else self._import(one, lists, entry, progress)
                for one, entry in zip(lists, registered, strict=True)
            ]
            if outermost:
                self._runs.conclude(_outcome(results))
            with self._store.read() as connection:
                return _with_gone(connection, results)
        except BaseException as error:
            if outermost:
                stopped = isinstance(error, KeyboardInterrupt)
                self._runs.conclude(RunResult(1, "interrupted" if stopped else "error", str(error) or None))
            raise
        finally:
            if outermost:
                self._runs.end()

    def _try(self, lists: Sequence[ListFile], options: ImportOptions, progress: Progress | None) -> list[ImportResult]:
        """Import all lists in one transaction and then roll it back, so that each list sees the words in earlier lists.

        If a list cannot be read, start over without that list. Using a savepoint for each list would take minutes for
        long lists.
        """
        failed: dict[int, WordListError] = {}
        while True:
            results: list[ImportResult] = []
            try:
                with self._store.write() as connection:
                    entries = [_registered(connection, one, options, run_id=None) for one in lists]
                    for number, (one, entry) in enumerate(zip(lists, entries, strict=True)):
                        if isinstance(entry, ImportResult):
                            results.append(entry)
                        elif number in failed:
                            results.append(_failed(connection, entry, failed[number]))
                        else:
                            result = _import_list(connection, one, lists, entry, progress)
                            results.append(_with_rejects(connection, result))
                    results = _with_gone(connection, results)
                    connection.rollback()
                return results
            except WordListError as error:
                failed[len(results)] = error

    def _register(self, lists: Sequence[ListFile], options: ImportOptions, run_id: str) -> list[str | ImportResult]:
        with self._store.write() as connection:
            return [_registered(connection, one, options, run_id) for one in lists]

    def _import(
        self, one: ListFile, lists: Sequence[ListFile], batch_id: str, progress: Progress | None
    ) -> ImportResult:
        with self._store.write() as connection:
            _set(connection, batch_id, state="processing")
        try:
            with self._store.write() as connection:
                return _import_list(connection, one, lists, batch_id, progress)
        except WordListError as error:
            with self._store.write() as connection:
                return _failed(connection, batch_id, error)


def exit_code(results: Sequence[ImportResult]) -> int:
    """Return the exit code of an import: 1 if a list could not be read, 2 if rows were rejected, and 0 otherwise."""
    if any(result.state == "failed" for result in results):
        return 1
    return 2 if any(result.rejected and not result.already for result in results) else 0


def _start(options: ImportOptions) -> RunStart:
    """Return how the import was started, for its record. The lists are the batches with the import's run ID."""
    given = {name: value for name, value in asdict(options).items() if name != "dry_run"}
    return RunStart((), "", given, {})


def _outcome(results: Sequence[ImportResult]) -> RunResult:
    """Return how the import ended, for its record. An identical list that was imported before adds nothing."""
    new = [result for result in results if not result.already]
    failed = next((result.message for result in results if result.state == "failed"), None)
    imported, rejected = (sum(getattr(result, name) for result in new) for name in ("imported", "rejected"))
    return RunResult(exit_code(results), "word_list" if failed else None, failed, words=imported, failures=rejected)


def _check(lists: Sequence[ListFile], options: ImportOptions) -> None:
    batch_id = options.batch_id
    if batch_id is not None and len(lists) > 1:
        raise LedgerError(
            f"The batch ID {batch_id} cannot be used for {len(lists)} lists. Import the lists one by one. Nothing was "
            "imported."
        )
    if batch_id is not None and not re.fullmatch(_ID, batch_id):
        raise LedgerError(
            f"{batch_id!r} is not a valid batch ID. Use up to {_LONGEST_ID} letters, digits, '-', '_', '.', and '+', "
            "starting with a letter or digit. Nothing was imported."
        )
    if not 1 <= options.priority <= 10:
        raise LedgerError(f"The priority {options.priority} is not between 1 and 10. Nothing was imported.")


def _registered(
    connection: Connection, one: ListFile, options: ImportOptions, run_id: str | None
) -> str | ImportResult:
    """Register the list as a pending batch and return its ID, or return the result for an identical file.

    If importing an identical file failed earlier, first delete the failed batch, which has no rows.
    """
    sha256, batches = hashlib.sha256(one.data).hexdigest(), import_batches.c
    # A path identifies the list, so its Unicode form does not change.
    source = _LONE_SURROGATE.sub("\ufffd", one.source)
    renamed_lists.take_over(connection, one, source)
    if known := _settled(connection, sha256, source):
        return known
    failed = (batches.sha256 == sha256) & (batches.source == source) & (batches.state == "failed")
    connection.execute(delete(import_batches).where(failed))
    batch_id = _free_id(connection, one, options.batch_id)
    connection.execute(
        insert(import_batches).values(
            batch_id=batch_id, file=clean(one.name), source=source, sha256=sha256, state="pending",
            tag=options.tag and clean(options.tag), priority=options.priority, on_duplicate=options.on_duplicate,
            created=now(), run_id=run_id,
        )
    )  # fmt: skip
    return batch_id


def _free_id(connection: Connection, one: ListFile, given: str | None) -> str:
    stem = clean(PurePosixPath(one.name).stem)
    base = given or re.sub(r"[^\w.+-]+", "-", stem).strip("-_.+")[: _LONGEST_ID - 10] or "list"
    batches = import_batches.c
    # A range can use the index; LIKE cannot.
    like = select(batches.batch_id).where(batches.batch_id.between(base, base + "\U0010ffff"))
    taken = set(connection.execute(like).scalars())
    if base not in taken:
        return base
    if given:
        raise LedgerError(
            f"The batch {given} already exists (see `kedro ingress status {given}`). Choose a different --batch-id. "
            "Nothing was imported."
        )
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def _import_list(
    connection: Connection, one: ListFile, lists: Sequence[ListFile], batch_id: str, progress: Progress | None
) -> ImportResult:
    """Import the list, unless an identical file has been imported in the meantime.

    Raises WordListError if the list contains no valid word.
    """
    row = _batch(connection, batch_id)
    if known := _settled(connection, row["sha256"], row["source"]):
        connection.execute(delete(import_batches).where(import_batches.c.batch_id == batch_id))
        return known
    batch = ImportBatch(
        _last_number(connection, row["number"]), row["file"], row["source"], row["priority"], row["on_duplicate"]
    )
    # A long list writes to random index pages. With its default cache of 2 MB, SQLite would read them repeatedly.
    connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KIB}")
    words = WordList(batch.file, one.data)
    single = cache(lambda: single_headwords(lists)) if _is_first(connection, row["run_id"]) else None
    importer = RowImporter(connection, batch, cache(lambda: numbered_headwords(words.terms())), single)
    for rows in _chunked(words.rows()):
        importer.add(rows)
        if progress is not None:
            progress(len(rows))
    _refuse_without_words(batch, importer)
    edited = definition_edits.settle(connection, batch, partial(words_elsewhere, lists, but=one))
    term_numbers.settle(connection, batch)
    renamed_lists.absorb(connection, one, batch.source, batch.number)
    counts = {"imported": importer.counts["imported"] - edited, "duplicates": importer.counts["duplicates"] + edited,
              "rejected": importer.counts["rejected"]}  # fmt: skip
    state = "partial" if counts["rejected"] else "completed"
    _set(connection, batch_id, state=state, finished=now(), message=None, rows=sum(counts.values()), **counts)
    return replace(_result(connection, batch_id), summary=words.summary, warned=_warned(connection, batch.number))


def _warned(connection: Connection, number: int) -> tuple[WarningGroup, ...]:
    warnings = import_warnings.c
    query = select(warnings.row, warnings.code, warnings.reason).where(warnings.batch == number)
    found = connection.execute(query.order_by(warnings.row, warnings.number)).mappings()
    return grouped(dict(one) for one in found)


def _is_first(connection: Connection, run_id: str | None) -> bool:
    """Return whether the ledger has never had a list before this import. Lists may have been rolled back since."""
    batches = import_batches.c
    earlier = select(batches.number).where(batches.state != "pending", batches.run_id.is_distinct_from(run_id))
    rolled_back = select(history.c.number).where(history.c.event == ROLLED_BACK)
    return all(connection.execute(query.limit(1)).first() is None for query in (earlier, rolled_back))


def _last_number(connection: Connection, number: int) -> int:
    """Make the batch's number the highest of all batches with rows, and return it.

    Batch numbers must follow the order in which rows are written, so that a word's first row is always the one that
    added it. A batch that was registered later may have written its rows first.
    """
    batches = import_batches.c
    highest = connection.execute(select(func.max(batches.number)).where(batches.state.in_(SETTLED))).scalar_one() or 0
    if highest < number:
        return number
    last: int = connection.execute(select(func.max(batches.number) + 1)).scalar_one()
    connection.execute(update(import_batches).where(batches.number == number).values(number=last))
    return last


def _chunked(rows: Iterator[ListRow]) -> Iterator[list[ListRow]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _refuse_without_words(batch: ImportBatch, importer: RowImporter) -> None:
    counts = importer.counts
    if importer.first_reject and not counts["imported"] + counts["duplicates"] + counts["unclear"]:
        row, reason = importer.first_reject
        raise WordListError(
            f"{batch.file}: no row contains a valid word ({counted(counts['rejected'], 'row')} rejected). First rejected "
            f"row: row {row}: {reason}. Check the word column and the file's encoding. Nothing from this list "
            "was imported."
        )


def _with_gone(connection: Connection, results: Sequence[ImportResult]) -> list[ImportResult]:
    """Return the results with the words that are gone. Only after all lists are imported, it is clear which words are."""
    return [
        result if result.already or result.state == "failed" else _with_left(connection, result) for result in results
    ]


def _with_left(connection: Connection, result: ImportResult) -> ImportResult:
    number = _batch(connection, result.batch_id)["number"]
    removed = removed_in_batch(connection, number)
    return replace(result, gone=tuple(left_with(connection, number)), still_removed=tuple(removed))


def _failed(connection: Connection, batch_id: str, error: WordListError) -> ImportResult:
    _set(connection, batch_id, state="failed", message=clean(str(error)), finished=now())
    return _result(connection, batch_id)


def _with_rejects(connection: Connection, result: ImportResult) -> ImportResult:
    number = _batch(connection, result.batch_id)["number"]
    return replace(result, rejects=() if result.already else tuple(rejected_rows(connection, number)))


def _set(connection: Connection, batch_id: str, **values: Any) -> None:
    connection.execute(update(import_batches).where(import_batches.c.batch_id == batch_id).values(**values))


def _batch(connection: Connection, batch_id: str) -> RowMapping:
    return connection.execute(select(import_batches).where(import_batches.c.batch_id == batch_id)).mappings().one()


def _settled(connection: Connection, sha256: str, source: str) -> ImportResult | None:
    """Return the result of an earlier import of an identical file, or None.

    Also return None if a newer version of the list has been imported since then, because importing this file would then
    restore the old version.
    """
    batches, later = import_batches.c, import_batches.alias().c
    replaced = select(later.number).where(
        later.source == batches.source, later.number > batches.number, later.state.in_(SETTLED)
    )
    query = select(batches.batch_id, batches.created).where(
        batches.sha256 == sha256,
        batches.state.in_(SETTLED),
        (batches.source != source) | ~replaced.exists(),
    )
    known = connection.execute(query.order_by(batches.number)).first()
    return _result(connection, known.batch_id, already=known.created) if known else None


def _result(connection: Connection, batch_id: str, already: str | None = None) -> ImportResult:
    batch = _batch(connection, batch_id)
    rows, warnings = import_rows.c, import_warnings.c
    updated = select(func.count()).where(rows.batch == batch["number"], rows.updated == 1)
    warned = select(func.count()).where(warnings.batch == batch["number"])
    columns = ("file", "batch_id", "state", "rows", "imported", "duplicates", "rejected", "message")
    return ImportResult(
        **{name: batch[name] for name in columns},
        updated=connection.execute(updated).scalar_one(),
        warnings=connection.execute(warned).scalar_one(),
        already=already,
    )
