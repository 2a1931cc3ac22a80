"""Report the ledger file's health: size, integrity, backups, and slow queries.

The report is available even if the file is missing or corrupted, or was written by a newer release.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.db import schema
from korean_flashcards.ledger.db.backup_files import in_future, listing, made_at
from korean_flashcards.ledger.db.problems import access_problem, json_damage, repair_advice
from korean_flashcards.ledger.db.spending_log import SpendingLog, lost_sentence, spending_totals
from korean_flashcards.ledger.db.sqlite import read_only

State = Literal["none", "healthy", "attention", "broken"]
# A backup, restore, or vacuum needs free disk space of twice the ledger's size, plus some for the journal.
_JOURNAL = 64 * 1024 * 1024
_SLOWEST = 5


@dataclass
class Health:
    """The state of the ledger file. Sizes are in bytes.

    If the file cannot be read, ``version``, ``integrity``, ``foreign_keys``, ``rows``, and ``slow_queries`` are None or
    empty.

    Attributes:
        head: The newest schema version that this release supports.
        wal: Size of the write-ahead log.
        free_in_file: Space that `kedro db vacuum` would free.
        integrity: "ok", or a description of the corruption that SQLite found.
        foreign_keys: Number of broken foreign keys.
        rows: Number of rows by table.
        live_runs: IDs of the active runs and imports.
        slow_queries: The slow queries, slowest first, each with statement, count, worst_seconds, and last_seen.
        problem: Why the ledger cannot be used, or None if it can be used.
        attention: Problems that need attention, one sentence each.
    """

    path: str
    state: State
    head: str = schema.HEAD
    version: str | None = None
    size: int = 0
    wal: int = 0
    free_in_file: int = 0
    free_on_disk: int = 0
    integrity: str | None = None
    foreign_keys: int | None = None
    rows: dict[str, int] = field(default_factory=dict)
    backups: int = 0
    last_backup: str | None = None
    last_backup_at: str | None = None
    live_runs: list[str] = field(default_factory=list)
    slow_queries: list[dict[str, Any]] = field(default_factory=list)
    problem: str | None = None
    attention: list[str] = field(default_factory=list)


def health(path: Path) -> Health:
    """Return the ledger's health.

    If the ledger is unusable, the reason is stored in ``problem``, and no error is raised.
    """
    found = Health(str(path), "none", free_on_disk=_free_on_disk(path))
    hidden = access_problem(path)
    with suppress(PermissionError):
        if kept := listing(path):
            found.backups, found.last_backup, found.last_backup_at = len(kept), str(kept[0]), made_at(kept[0])
    if hidden:
        found.problem = str(hidden)
        _set_state(found)
        return found
    found.live_runs = live_runs(path)
    if not path.exists():
        return found
    found.size, found.wal = path.stat().st_size, _size(path.with_name(path.name + "-wal"))
    if not found.size:
        found.problem = f"The ledger {path} is corrupted: the file is empty. {repair_advice(path)}"
        _set_state(found)
        return found
    try:
        found.version = schema.installed_version(path)
        if found.version is None:
            return found
        schema.refuse_newer(path, found.version)
        with read_only(path) as connection:
            _look_inside(connection, found)
    except LedgerError as error:
        found.problem = str(error)
    _set_state(found)
    return found


def live_runs(path: Path) -> list[str]:
    """Return the IDs of the active runs and imports, sorted. This function reads only lock files, not the ledger."""
    return sorted(lock.stem for lock in (path.parent / ".runs").glob("*.lock") if not _is_free(lock))


@contextmanager
def at_rest(path: Path) -> Iterator[None]:
    """Lock the ledger file so that no run or import can begin. Raises LedgerError if a run or import is active."""
    with schema.migration_lock(path):
        if alive := live_runs(path):
            raise LedgerError(
                f"The ledger {path} is in use by {', '.join(alive)}. Nothing was changed. Wait for the run or import "
                "to finish, or stop it with Ctrl-C. Then run the same command again."
            )
        yield


def _look_inside(connection: sqlite3.Connection, found: Health) -> None:
    checked = schema.checks(connection)
    found.integrity, found.foreign_keys = checked["integrity"], checked["foreign_keys"]
    (pages,), (page_size,) = (
        connection.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_size")
    )
    found.free_in_file = pages * page_size
    if found.integrity == "ok":
        found.integrity = json_damage(connection) or "ok"
        found.rows = schema.row_counts(connection)
        found.slow_queries = _slowest(connection)
        if lost := SpendingLog(Path(found.path)).lost(spending_totals(connection)):
            found.attention.append(
                f"{lost_sentence(lost)} `kedro run` records this spending again before it sends anything."
            )


def _slowest(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'slow_queries'").fetchone():
        return []
    names = ("statement", "count", "worst_seconds", "last_seen")
    query = f"SELECT {', '.join(names)} FROM slow_queries ORDER BY worst_seconds DESC LIMIT {_SLOWEST}"
    return [dict(zip(names, row, strict=True)) for row in connection.execute(query)]


def _set_state(found: Health) -> None:
    if found.integrity not in (None, "ok"):
        found.problem = f"The ledger {found.path} is corrupted ({found.integrity}). {repair_advice(Path(found.path))}"
    if found.foreign_keys:
        found.attention.append(f"{counted(found.foreign_keys, 'broken foreign key')}: see `kedro db verify`.")
    if wrong := [file.name for file in listing(Path(found.path)) if in_future(file)]:
        found.attention.append(
            f"{counted(len(wrong), 'backup')} dated in the future, made while the clock was wrong: "
            f"{', '.join(wrong)}. Such backups count as older than all others."
        )
    needed = 2 * (found.size + found.wal) + _JOURNAL
    if found.free_on_disk < needed:
        found.attention.append(
            f"The disk is nearly full. A backup or restore may need {needed / 1e6:,.0f} MB. Free some space."
        )
    found.state = "broken" if found.problem else "attention" if found.attention else "healthy"


def _is_free(lock: Path) -> bool:
    try:
        with FileLock(lock, timeout=0):
            return True
    except Timeout:
        return False
    except OSError:
        return True  # In a read-only folder, no process can hold the lock.


def _free_on_disk(path: Path) -> int:
    folder = next(folder for folder in path.absolute().parents if folder.is_dir())
    return shutil.disk_usage(folder).free


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
