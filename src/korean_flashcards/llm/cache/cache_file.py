"""Handle the reply cache's file without diskcache: check it before it is opened, and complete it afterward."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from korean_flashcards.domain.errors import CacheDamagedError, CacheError
from korean_flashcards.files.disk import sync_folder
from korean_flashcards.files.file_problems import missing_target
from korean_flashcards.files.permissions import permission_problem
from korean_flashcards.files.read_only_sqlite import SQLITE_ERRORS, reading
from korean_flashcards.llm.cache.cache_schema import schema_objects, wrong_definition

FILE, LOG, SHARED = "cache.db", "cache.db-wal", "cache.db-shm"
# A repair works in a folder, then puts the complete new file next to the old one, then swaps the files.
REPAIRING, REPAIRED = ".repairing-", f"{FILE}.repaired-"
_LOCK = ".repair.lock"
# The tables of a reply cache. diskcache would add them to any other database.
_TABLES = {"Cache", "Settings"}
_MAGIC = b"SQLite format 3\0"
# The two bytes after the page size. With any other values, SQLite does not read the file, or refuses to write it.
_VERSIONS_AT, _VERSIONS = 18, (b"\1\1", b"\2\2")
_PATIENCE = 5.0  # seconds to wait for another process's transaction
_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def check(folder: Path) -> bool:
    """Return whether the folder contains a cache file with tables, without changing anything.

    Raises:
        CacheDamagedError: The file is damaged, or it is a different database.
        CacheError: The folder is a link to a disk that is not mounted, or the user may not read it.
    """
    file, log = folder / FILE, folder / LOG
    if problem := permission_problem(folder) or permission_problem(file):
        raise CacheError(
            f"The reply cache {folder} cannot be read. Nothing was changed, and nothing is lost. {problem}"
        )
    _clear_killed_repairs(folder)
    if missing := missing_target(file):
        raise CacheError(
            f"The reply cache {folder} is missing: {missing}. Nothing was changed. If the replies are on a different disk, "
            "mount this disk and run the same command again. If they are gone, delete the link."
        )
    if not file.exists() or not file.stat().st_size:
        if log.exists() and log.stat().st_size:
            raise damaged_error(folder, f"{FILE} is missing or empty, but {LOG} still contains replies")
        return False
    if not file.is_file():
        raise CacheError(
            f"{file} is a folder, but it must be the reply cache's file. Nothing was changed. Move it away."
        )
    with file.open("rb") as content:
        start = content.read(_VERSIONS_AT + 2)
    if not start.startswith(_MAGIC):
        raise damaged_error(folder, f"{FILE} is not a database")
    if start[_VERSIONS_AT:] not in _VERSIONS:
        raise damaged_error(folder, f"the header of {FILE} is wrong")
    with explaining_damage(folder), _read_only(file) as connection:
        found = schema_objects(connection)
    tables = {one.name for one in found if one.kind == "table"}
    if tables and not tables & _TABLES:
        raise CacheDamagedError(
            f"{file} is a database, but not a reply cache. Nothing was changed. Move this file away and put the reply "
            "cache back. If you no longer have the reply cache, run `kedro cache repair`: it keeps this file under a "
            "different name and starts a new cache."
        )
    if tables and (wrong := wrong_definition(found)):
        raise damaged_error(folder, f"the definition of its {wrong} is wrong")
    return bool(tables)


def damages(folder: Path, most: int = 5) -> list[str]:
    """Return up to ``most`` problems that SQLite finds in the cache file. The file is not changed."""
    try:
        with _read_only(folder / FILE) as connection:
            return [line for (line,) in connection.execute(f"PRAGMA integrity_check({most})") if line != "ok"]
    except SQLITE_ERRORS as error:
        if not is_damage(error):
            raise
        return [damage_text(error)]


def damaged_error(folder: Path, cause: str) -> CacheDamagedError:
    """Return the error for a damaged cache. ``cause`` is a clause without a period."""
    return CacheDamagedError(
        f"The reply cache {folder} is damaged: {cause}. No requests are sent until it is repaired, so there are no further "
        "costs. Run `kedro cache repair`: it saves every reply that can still be read and lists the others."
    )


def is_damage(error: BaseException) -> bool:
    """Return whether SQLite reports that the file is damaged."""
    if isinstance(error, UnicodeDecodeError):
        return True
    # The second case has SQLite's general error code.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return isinstance(error, sqlite3.Error) and (code in _CORRUPT or "unsupported file format" in str(error))


def damage_text(error: BaseException) -> str:
    """Return SQLite's description of the damage as a clause."""
    return "its description is not readable text" if isinstance(error, UnicodeDecodeError) else str(error)


@contextmanager
def explaining_damage(folder: Path) -> Iterator[None]:
    """Turn SQLite's errors about a damaged file into CacheDamagedError."""
    try:
        yield
    except SQLITE_ERRORS as error:
        if is_damage(error):
            raise damaged_error(folder, damage_text(error)) from error
        raise


def identity(folder: Path) -> tuple[int, int] | None:
    """Return the device and inode numbers of the cache file, or None if there is no file."""
    with suppress(OSError):
        found = (folder / FILE).stat()
        return found.st_dev, found.st_ino
    return None


def settle(folder: Path) -> None:
    """Move all entries from the write-ahead log into the cache file, so that a copy of this one file is complete.

    If another process is using the cache, the last process to end completes this step. If the disk is full or the file
    is damaged, the entries stay in the log.
    """
    log = folder / LOG
    with suppress(OSError, sqlite3.Error):
        if not log.exists() or not log.stat().st_size:
            return
        address = f"{(folder / FILE).absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


@contextmanager
def repair_lock(folder: Path) -> Iterator[None]:
    """Allow only one process at a time to repair the cache. Leftovers of a killed repair are cleared first."""
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise CacheError(
            f"The reply cache {folder} is being repaired by a different process. Nothing was changed. Wait for the repair "
            "to finish. Then run the same command again."
        ) from error
    try:
        finish_repair(folder)
        for killed in folder.glob(f"{REPAIRING}*"):
            shutil.rmtree(killed, ignore_errors=True)
        yield
    finally:
        with suppress(OSError):
            (folder / _LOCK).unlink()
        lock.release()


def finish_repair(folder: Path) -> Path | None:
    """Replace the cache file with the repaired file, and return the new path of the damaged file.

    Return None if there is no repaired file. A swap that was interrupted at any point is completed. The caller must hold
    the ``repair_lock``.
    """
    kept = None
    for fresh in sorted(folder.glob(f"{REPAIRED}*")):
        kept = folder / f"cache-damaged-{fresh.name.removeprefix(REPAIRED)}.db"
        (folder / SHARED).unlink(missing_ok=True)
        # The log must be moved first. SQLite would apply it to the repaired file.
        for name, suffix in ((LOG, "-wal"), (FILE, "")):
            if (folder / name).exists() and (folder / name).stat().st_size:
                (folder / name).replace(kept.with_name(kept.name + suffix))
            (folder / name).unlink(missing_ok=True)
        fresh.replace(folder / FILE)
        sync_folder(folder)
    return kept


def _clear_killed_repairs(folder: Path) -> None:
    """Finish the swap of a repair that was killed, and delete its temporary files."""
    if folder.is_dir() and any(one.name.startswith((REPAIRING, REPAIRED)) for one in folder.iterdir()):
        with repair_lock(folder):
            pass


@contextmanager
def _read_only(file: Path) -> Iterator[sqlite3.Connection]:
    with reading(file) as connection:
        yield connection
