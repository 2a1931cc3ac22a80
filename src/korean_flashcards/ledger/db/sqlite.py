"""Open SQLite connections and transactions, and translate SQLite errors into readable messages."""

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

# Number of retries for the write lock, each after up to ``busy_timeout`` seconds. SQLite does not grant the lock on a
# first-come, first-served basis, so other writers may get ahead.
LOCK_RETRIES = 3


def now() -> str:
    """Return the current time in the ledger's format: UTC, ISO 8601, in whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def connect(path: Path, busy_timeout: float, pool_size: int = 1) -> Engine:
    """Return an engine for the file, with WAL, foreign keys, full synchronization, and explicit transactions.

    Transactions begin with BEGIN, or with BEGIN IMMEDIATE if the connection has the execution option ``write``.
    """
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
    """Yield a plain, read-only connection to a snapshot of the file, without creating or upgrading the file.

    Use this connection for health checks and backups, even if the file is corrupted or has a different schema version.
    Raises LedgerError.
    """
    with explaining(path), closing(writable(path, busy_timeout)) as connection:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("BEGIN")
        yield connection


def writable(path: Path, busy_timeout: float = 5) -> sqlite3.Connection:
    """Return a plain connection without an open transaction.

    The file must exist, and the caller must close the connection.
    """
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=busy_timeout, isolation_level=None)


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Convert any SQLite error raised inside the context to a LedgerError."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise explained_error(path, error) from error


def explained_error(path: Path, error: DatabaseError | sqlite3.DatabaseError) -> LedgerError:
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
    if code == sqlite3.SQLITE_CONSTRAINT:
        return LedgerError(
            f"The ledger {path} rejected a value: {cause}. This step changed nothing. Run `kedro db verify` to find "
            "inconsistencies. If it finds none, you have found a bug. Please report it with this message."
        )
    safe = "This step changed nothing. The ledger is intact, and the replies that you have paid for are in the cache."
    return LedgerError(disk_message(f"The ledger {path} cannot be used", cause, safe))


def damaged_error(path: Path, cause: str) -> LedgerDamagedError:
    """Return the error for a corrupted ledger file."""
    return LedgerDamagedError(
        f"The ledger {path} is corrupted ({cause}). Nothing was changed. `kedro db restore` lists the data that would "
        "be lost and restores the newest backup. The replies that you paid for are in the cache, so you will not pay "
        "for them again."
    )


def sqlite_code(error: DatabaseError | sqlite3.DatabaseError) -> int:
    """Return SQLite's primary result code, or 0 if the error is not from SQLite."""
    cause = error.orig if isinstance(error, DatabaseError) else error
    code: int = getattr(cause, "sqlite_errorcode", 0)
    return code & 0xFF


def begin(connection: Connection) -> RootTransaction:
    """Begin a transaction, retrying while other writers hold the lock."""
    for _ in range(LOCK_RETRIES):
        try:
            return connection.begin()
        except OperationalError as error:
            if sqlite_code(error) != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.05)
    return connection.begin()
