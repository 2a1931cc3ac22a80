"""The SQLite file: connections, pragmas, transactions, and what an SQLite error means to a person."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, OperationalError

from korean_flashcards.domain.errors import LedgerDamagedError, LedgerError
from korean_flashcards.files.disk import disk_message

# Further waits for the write lock, each of ``busy_timeout`` seconds: SQLite's queue is not fair, a writer may be overtaken.
LOCK_RETRIES = 3


def now() -> str:
    """The time as the ledger writes it: UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def connect(path: Path, busy_timeout: float, pool_size: int = 1) -> Engine:
    """An engine on the file: WAL, foreign keys, full synchronisation, and transactions that begin when they are told to."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        pool_size=pool_size,
        max_overflow=4,
        connect_args={"timeout": busy_timeout, "isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


@contextmanager
def read_only(path: Path, busy_timeout: float = 5) -> Iterator[sqlite3.Connection]:
    """A bare connection that sees one state of the file as it is: nothing is created, upgraded or written.

    For the care of the file, also of one that is damaged or of another version. Raises LedgerError.
    """
    with explaining(path), closing(writable(path, busy_timeout)) as connection:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("BEGIN")
        yield connection


def writable(path: Path, busy_timeout: float = 5) -> sqlite3.Connection:
    """A bare connection for what cannot be done in a transaction; the file must exist. Close it."""
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=busy_timeout, isolation_level=None)


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Raise LedgerError for what SQLite raises inside."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise explained_error(path, error) from error


def explained_error(path: Path, error: DatabaseError | sqlite3.DatabaseError) -> LedgerError:
    """The error as a person can act on it."""
    cause = error.orig if isinstance(error, DatabaseError) else error
    code = sqlite_code(error)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged_error(path, str(cause))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LedgerError(
            f"The ledger {path} has been locked by another process for too long. Nothing was changed. Wait for it to end "
            "(an import, a migration, a program that has the file open), then run the same command again."
        )
    if code == sqlite3.SQLITE_CONSTRAINT:
        return LedgerError(
            f"The ledger {path} refuses a value: {cause}. Nothing was changed by this step. `kedro db verify` looks for "
            "what is out of step; when it finds nothing, this is a bug. Please report it."
        )
    safe = "Nothing was changed by this step. The ledger is not damaged, and replies paid so far are in the cache."
    return LedgerError(disk_message(f"The ledger {path} cannot be used", cause, safe))


def damaged_error(path: Path, cause: str) -> LedgerDamagedError:
    """The error for a file that is no whole ledger any more."""
    return LedgerDamagedError(
        f"The ledger {path} is damaged ({cause}). Nothing was changed. `kedro db restore` brings back the newest backup "
        "and says what is lost; paid replies are in the cache and are not paid again."
    )


def sqlite_code(error: DatabaseError | sqlite3.DatabaseError) -> int:
    """SQLite's primary result code, 0 where the error is not SQLite's own."""
    cause = error.orig if isinstance(error, DatabaseError) else error
    code: int = getattr(cause, "sqlite_errorcode", 0)
    return code & 0xFF


def begin(connection: Connection) -> RootTransaction:
    """Begin a transaction; wait again where another writer is ahead in SQLite's queue, which is not fair."""
    for _ in range(LOCK_RETRIES):
        try:
            return connection.begin()
        except OperationalError as error:
            if sqlite_code(error) != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.05)
    return connection.begin()
