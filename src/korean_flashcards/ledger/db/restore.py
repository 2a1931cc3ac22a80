"""Restore a backup: check it, compare it with the ledger, and replace the ledger atomically, keeping the old file."""

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.files.disk import explaining_disk, sync_folder
from korean_flashcards.files.read_only_sqlite import SQLITE_ERRORS
from korean_flashcards.ledger.db import backups, schema
from korean_flashcards.ledger.db.backup_files import folder_of, listing, made_at
from korean_flashcards.ledger.db.health import at_rest
from korean_flashcards.ledger.db.problems import explaining, sqlite_code
from korean_flashcards.ledger.db.sqlite import now, read_only, writable

_DONE = "tasks done"
_JOURNALS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Losses:
    """Data that a restore would lose because it is in the ledger but not in the backup.

    Attributes:
        backup: The backup file.
        made_at: Time when the backup was made (UTC, ISO 8601).
        version: The backup's schema version.
        ledger_there: Whether a ledger file exists.
        rows: Number of rows in the ledger (None if unreadable) and in the backup, for each table and for done tasks.
        words: IDs of words that are only in the ledger, or None if the ledger cannot be read.
        batches: IDs of batches that are only in the ledger, or None if the ledger cannot be read.
    """

    backup: str
    made_at: str
    version: str
    ledger_there: bool
    rows: dict[str, tuple[int | None, int]]
    words: list[str] | None
    batches: list[str] | None

    @property
    def readable(self) -> bool:
        """Return whether the whole ledger could be compared with the backup."""
        return (
            self.words is not None
            and self.batches is not None
            and all(old is not None for old, _ in self.rows.values())
        )


@dataclass(frozen=True)
class Restored:
    """The result of a restore.

    ``replaced`` is the file that contains the previous ledger, or None if no ledger existed.
    """

    losses: Losses
    replaced: Path | None


def choose(path: Path, backup: Path | None) -> Path:
    """Return the given backup, or the newest one if none is given.

    Raises LedgerError if the backup is missing or corrupted.
    """
    kept = listing(path)
    if backup is None:
        if not kept:
            raise LedgerError(
                f"There are no backups in {folder_of(path)}. Nothing was changed. If the ledger is corrupted, "
                "`kedro db repair` builds a new ledger from the rows that can be read."
            )
        backup = kept[0]
    elif not backup.exists():
        # The backup was given as a bare file name or as a path relative to a different folder.
        backup = folder_of(path) / backup.name
    if not backup.is_file():
        raise LedgerError(
            f"The backup {backup} does not exist. Nothing was changed. Available backups: {_named(kept)}."
        )
    if wrong := backups.problem(backup):
        older = kept[kept.index(backup) + 1 :] if backup in kept else kept
        good = next((file for file in older if backups.problem(file) is None), None)
        following = f"Restore an older backup: kedro db restore {good}" if good else "There is no older backup."
        raise LedgerError(f"The backup {backup} is corrupted: {wrong}. Nothing was changed. {following}")
    return backup


def losses(path: Path, backup: Path) -> Losses:
    """Return the data that would be lost by restoring the backup, without changing anything.

    Raises:
        LedgerVersionError: The backup is from a newer release.
        LedgerError: The backup is corrupted, or the ledger is in use.
    """
    with at_rest(path), _unpacked(path, backup) as fresh:
        return _compare(path, backup, fresh)


def restore(path: Path, backup: Path) -> Restored:
    """Replace the ledger with the backup, and keep the old file in the same folder.

    Raises the same errors as ``losses``. Even if the process is killed, the ledger file contains either the old ledger
    or the restored one.
    """
    with at_rest(path), _unpacked(path, backup) as fresh, explaining_replacement(path):
        lost = _compare(path, backup, fresh)
        replaced = _replaced_name(path) if path.exists() else None
        _record(fresh, path, lost, replaced)
        swap(path, fresh, replaced)
    return Restored(lost, replaced)


def swap(path: Path, fresh: Path, replaced: Path | None = None) -> Path | None:
    """Replace the ledger with the file ``fresh``, and keep the old file as ``replaced``, or under a name with the time.

    Return the path of the old file, or None if there was none. The caller must hold the ``at_rest`` lock.
    """
    if path.exists():
        replaced = replaced or _replaced_name(path)
        _close_journal(path)
        _keep(path, replaced, fresh.parent)
    # Otherwise, SQLite would apply the corrupted file's journal to the restored file.
    for journal in (path.with_name(path.name + each) for each in _JOURNALS):
        if journal.exists():
            journal.replace((replaced or _replaced_name(path)).as_posix() + journal.name.removeprefix(path.name))
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)
    return replaced


@contextmanager
def temporary_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside the ledger, and delete it and those of killed processes.

    The caller must hold the ``at_rest`` lock.
    """
    prefix = f".{path.name}.restoring-"
    with explaining_replacement(path):
        for killed in path.parent.glob(f"{prefix}*"):
            shutil.rmtree(killed, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=prefix))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _unpacked(path: Path, backup: Path) -> Iterator[Path]:
    """Unpack the backup to a temporary folder next to the ledger, check it, and yield the database file.

    The caller must hold the ``at_rest`` lock.
    """
    with temporary_folder(path) as folder:
        fresh = folder / "restored.db"
        with explaining_replacement(path):
            backups.unpack(backup, fresh)
        with explaining(backup, fresh), closing(writable(fresh)) as connection:
            version = schema.version_of(connection, backup)
            schema.refuse_newer(backup, version)
            found = schema.checks(connection)["integrity"] if version else "empty"
        if found != "ok":
            raise LedgerError(
                f"The backup {backup} is corrupted ({found}). Nothing was changed. Restore an older backup."
            )
        yield fresh


def _compare(path: Path, backup: Path, fresh: Path) -> Losses:
    with explaining(backup, fresh), read_only(fresh) as connection:
        version = schema.version_of(connection, backup)
        kept = {name: _count(connection, name) or 0 for name in _counted(connection)}
        known_words, known_batches = set(_words(connection)), set(_batches(connection))
    held: dict[str, int | None] = {}
    words = batches = None
    if path.exists():
        held = dict.fromkeys(kept)
        with suppress(LedgerError), _looking(path) as connection:
            held = {name: _count(connection, name) for name in sorted({*kept, *_counted(connection)})}
            with suppress(*SQLITE_ERRORS):
                words = [each for each in _words(connection) if each not in known_words]
            with suppress(*SQLITE_ERRORS):
                batches = [each for each in _batches(connection) if each not in known_batches]
    rows = {name: (count, kept.get(name, 0)) for name, count in held.items()}
    return Losses(str(backup), made_at(backup), str(version), path.exists(), rows, words, batches)


@contextmanager
def _looking(path: Path) -> Iterator[sqlite3.Connection]:
    # SQLite deletes an empty file's journal, and the journal may hold all the remaining data.
    if path.stat().st_size == 0:
        raise LedgerError(f"The ledger {path} is empty.")
    with read_only(path) as connection:
        yield connection


def _words(connection: sqlite3.Connection) -> list[str]:
    return [item_id for (item_id,) in connection.execute("SELECT item_id FROM vocabulary_items ORDER BY term_number")]


def _batches(connection: sqlite3.Connection) -> list[str]:
    return [batch_id for (batch_id,) in connection.execute("SELECT batch_id FROM import_batches ORDER BY number")]


def _counted(connection: sqlite3.Connection) -> list[str]:
    names = schema.table_names(connection)
    return [*names, _DONE] if "tasks" in names else names


def _count(connection: sqlite3.Connection, name: str) -> int | None:
    # Count the table itself, not its smallest index: the index may be readable when the table is not.
    table, where = ("tasks", "WHERE state = 'done'") if name == _DONE else (name, "")
    with suppress(*SQLITE_ERRORS):
        count: int = connection.execute(f'SELECT count(*) FROM "{table}" NOT INDEXED {where}').fetchone()[0]
        return count
    return None


def _close_journal(path: Path) -> None:
    """Merge the journal into the ledger file. Raises LedgerError if another process has the file open.

    If the ledger file is corrupted, its journal is left in place.
    """
    if not path.exists() or path.stat().st_size == 0:
        return
    try:
        with closing(writable(path, busy_timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except SQLITE_ERRORS as error:
        if isinstance(error, sqlite3.DatabaseError) and sqlite_code(error) in (
            sqlite3.SQLITE_BUSY,
            sqlite3.SQLITE_LOCKED,
        ):
            raise LedgerError(
                f"The ledger {path} is open in another process. Nothing was changed. Close that process (a notebook or "
                "database browser), then run the same command again."
            ) from error


def _record(fresh: Path, path: Path, lost: Losses, replaced: Path | None) -> None:
    """Record the restore in the restored ledger's history before that ledger replaces the old one."""
    with explaining(path, fresh), closing(writable(fresh)) as connection:
        # Record only the number of lost words, because there may be thousands of IDs.
        details = {**asdict(lost), "words": len(lost.words or ()), "replaced": str(replaced) if replaced else None}
        checked = schema.checks(connection)
        connection.execute(
            "INSERT INTO history (at, event, from_version, to_version, backup, details) VALUES (?, 'restored', ?, ?, ?, ?)",
            (
                now(),
                _version_before(path),
                lost.version,
                lost.backup,
                json.dumps(details | checked, ensure_ascii=False),
            ),
        )
        connection.execute("PRAGMA journal_mode=WAL")


def _version_before(path: Path) -> str | None:
    with suppress(LedgerError):
        return schema.installed_version(path)
    return None


def _keep(path: Path, replaced: Path, folder: Path) -> None:
    """Copy the ledger to ``replaced`` by way of the temporary folder. A hard link is not used, because it would give
    the database two names.
    """
    partly = folder / "before.db"
    shutil.copyfile(path, partly)
    partly.replace(replaced)


def _replaced_name(path: Path) -> Path:
    return path.with_name(f"{path.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.db")


def _named(files: list[Path]) -> str:
    return ", ".join(file.name for file in files) or "none"


def explaining_replacement(path: Path) -> AbstractContextManager[None]:
    """Convert an OSError inside the context to a LedgerError which says that the ledger was not replaced."""
    return explaining_disk(
        LedgerError, f"The ledger {path} cannot be replaced", "The ledger and the backups are unchanged."
    )
