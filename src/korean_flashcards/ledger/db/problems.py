"""Find out why the ledger file cannot be used, and name the command that repairs it."""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from korean_flashcards.domain.errors import FlashcardsError, LedgerDamagedError, LedgerError
from korean_flashcards.files.dangling_links import dangling_link, link_target
from korean_flashcards.files.disk import disk_message
from korean_flashcards.files.permissions import permission_problem
from korean_flashcards.files.read_only_sqlite import read_only_address
from korean_flashcards.ledger.db.backup_files import listing
from korean_flashcards.ledger.db.llm_tables import llm_calls

# SQLite's codes for a disk that is full, fails, or does not allow the operation.
_DISK = {
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}  # fmt: skip
# A ledger of up to this size is checked whenever it is opened, which takes up to 30 ms.
_CHECKED_AT_ONCE = 2 * 2**20  # bytes
_SPARE = 2**20  # bytes that SQLite needs for its own small files
# SQLite has no code for a table without its columns, or for text that is not UTF-8. The ledger's own queries never
# cause these errors unless the file is damaged.
_DAMAGE = re.compile(r"no such (table|column)|has no column|foreign key mismatch|Could not decode|malformed")
JSON_COLUMNS = (
    ("vocabulary_items", "tags"), ("import_rows", "item"), ("overrides", "base"), ("overrides", "value"),
    ("card_versions", "content"), ("history", "details"),
)  # fmt: skip
_UNDONE = "The change that failed was undone. Changes that were saved before it are kept."
_PAID = "The replies that you paid for are in the cache, so you will not pay for them again."


@contextmanager
def explaining(path: Path, file: Path | None = None) -> Iterator[None]:
    """Convert any SQLite error raised inside the context to a LedgerError.

    Args:
        path: The ledger file that messages name.
        file: The file that is open, if it is a copy of the ledger.
    """
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise explained_error(path, error, file) from error
    except (FlashcardsError, OSError):
        raise
    except json.JSONDecodeError as error:
        raise damaged_error(path, "a value is not valid JSON") from error
    except Exception as error:
        # Damaged values may have the wrong type or format, which no SQLite error reports.
        if cause := damage_of(file or path):
            raise damaged_error(path, cause) from error
        raise


def explained_error(path: Path, error: DatabaseError | sqlite3.DatabaseError, file: Path | None = None) -> LedgerError:
    """Return a LedgerError whose message explains the SQLite error and how to fix it."""
    cause = error.orig if isinstance(error, DatabaseError) else error
    code = sqlite_code(error)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged_error(path, str(cause))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LedgerError(
            f"The ledger {path} has been locked for too long by another process (an import, a migration, or a program "
            "that has the file open). Nothing was changed. Wait for that process to finish. Then run the same command "
            "again."
        )
    if hidden := access_problem(file or path):
        return hidden
    if damage := damage_of(file or path):
        return damaged_error(path, damage)
    if code == sqlite3.SQLITE_FULL:
        return LedgerError(_full_text(path))
    if code in _DISK:
        safe = f"{_UNDONE} The replies that you have paid for are in the cache."
        return LedgerError(disk_message(f"The ledger {path} cannot be used", cause, safe))
    if code != sqlite3.SQLITE_CONSTRAINT and _DAMAGE.search(str(cause)):
        return damaged_error(path, str(cause))
    return LedgerError(
        f"The ledger {path} rejected a value: {cause}. {_UNDONE} Run `kedro db verify` to find "
        "inconsistencies. If it finds none, you have found a bug. Please report it with this message."
    )


def damaged_error(path: Path, cause: str) -> LedgerDamagedError:
    """Return the error for a corrupted ledger file. Its message names the command that repairs the ledger."""
    cause = " ".join(cause.removeprefix("*** in database main ***").split())
    message = f"The ledger {path} is corrupted ({cause}). Nothing was changed. {repair_advice(path)}"
    return LedgerDamagedError(message, cause)


def repair_advice(path: Path) -> str:
    """Return what to do about a corrupted ledger: restore the newest backup, or rebuild the ledger without a backup."""
    if kept := listing(path):
        restores = f"restores the newest backup, {kept[0].name}"
        return f"`kedro db restore` lists the data that would be lost and {restores}. {_PAID}"
    return f"There is no backup. `kedro db repair` builds a new ledger from the rows that can be read. {_PAID}"


def sqlite_code(error: DatabaseError | sqlite3.DatabaseError) -> int:
    """Return SQLite's primary result code, or 0 if the error is not from SQLite."""
    cause = error.orig if isinstance(error, DatabaseError) else error
    code: int = getattr(cause, "sqlite_errorcode", 0)
    return code & 0xFF


def access_problem(path: Path) -> LedgerError | None:
    """Return an error if the file exists but cannot be read, or if a link leads nowhere. Otherwise, return None."""
    try:
        if link := dangling_link(path):
            return LedgerError(_not_mounted(path, link))
        there = path.exists()
        if there and path.is_dir():
            return LedgerError(f"The ledger {path} is a folder. Nothing was changed. Move the folder, and run again.")
    except PermissionError:
        there = True
    except OSError as error:
        return LedgerError(disk_message(f"The ledger {path} cannot be read", error.strerror, "Nothing was changed."))
    if there and (problem := permission_problem(path)):
        return LedgerError(f"The ledger {path} cannot be read. Nothing was changed, and nothing is lost. {problem}")
    return None


def damage_of(path: Path) -> str | None:
    """Return what is wrong with the content of the file, or None if it is sound or cannot be checked.

    Reads the whole file, so this function is only for errors and health checks.
    """
    try:
        with read_only_address(path) as address, closing(sqlite3.connect(address, uri=True)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            return str(found) if found != "ok" else schema_damage(connection) or json_damage(connection)
    except UnicodeDecodeError:
        return "the definition of a table is not readable text"
    except sqlite3.DatabaseError as error:
        return str(error) if sqlite_code(error) not in {*_DISK, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} else None
    except OSError:
        return None


def schema_damage(connection: sqlite3.Connection) -> str | None:
    """Return which table or column is missing from a ledger of this release's version, or None. Takes milliseconds."""
    query = "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'"
    there: dict[str, set[str]] = {}
    for table, column in connection.execute(query):
        there.setdefault(table, set()).add(column)
    # Both modules define their tables in the same metadata.
    for name, known in sorted(llm_calls.metadata.tables.items()):
        if name not in there:
            return f"the table {name} is missing"
        if missing := sorted({column.name for column in known.columns} - there[name]):
            return f"the column {missing[0]} of the table {name} is missing"
    return None


def json_damage(connection: sqlite3.Connection) -> str | None:
    """Return the first column with values that are not valid JSON although they must be, or None. Reads whole tables."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table, column in JSON_COLUMNS:
        if table in there:
            query = f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND NOT json_valid({column})"
            (count,) = connection.execute(query).fetchone()
            if count:
                return f"{count} values in the column {column} of the table {table} are not valid JSON"
    return None


def early_damage(connection: sqlite3.Connection) -> str | None:
    """Return damage that can be found in at most 50 ms, or None: missing tables and, in a small file, broken pages
    and indexes."""
    damage = schema_damage(connection)
    (pages,), (size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    if damage is None and pages * size <= _CHECKED_AT_ONCE:
        (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        damage = None if found == "ok" else str(found)
    return damage


def known_tables() -> set[str]:
    """Return the names of the tables in this release's ledger."""
    return set(llm_calls.metadata.tables)


def _full_text(path: Path) -> str:
    # A change writes each page of the ledger at most once to the write-ahead log.
    with suppress(OSError):
        free = shutil.disk_usage(path.parent).free
        more = max(path.stat().st_size + _SPARE - free, _SPARE)
        return (
            f"The ledger {path} cannot be changed: the disk is full ({free / 1e6:,.1f} MB free). {_UNDONE} The replies "
            f"that you have paid for are in the cache. Free up to {more / 1e6:,.1f} MB on the disk of {path.parent}. Then "
            "run the same command again."
        )
    return disk_message(f"The ledger {path} cannot be changed", "the disk is full", _UNDONE)


def _not_mounted(path: Path, link: Path) -> str:
    where = f"The ledger {path} is not available: {link} is a link to {link_target(link)}, which does not exist."
    kept = listing(path)
    lost = (
        f"If that disk is lost, `kedro db restore --replace-link` restores the newest backup, {kept[0].name}."
        if kept
        else f"If that disk is lost, delete the link {link}. To create a new ledger at the target, create an empty file "
        "there."
    )
    return f"{where} If the link leads to a disk, the disk is not mounted. Nothing was changed. Mount the disk. {lost}"
