"""The database file behind the ledger: connections, transactions, and what an SQLite error means to a person."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, OperationalError

from korean_flashcards.domain.errors import LedgerDamagedError, LedgerError
from korean_flashcards.ledger.db.slow_queries import SlowQueries

# Further waits for the write lock, each of ``busy_timeout`` seconds: SQLite's queue is not fair, a writer may be overtaken.
LOCK_RETRIES = 3


def now() -> str:
    """The time as the ledger writes it: UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class LedgerStore:
    """One SQLite file, opened on first use. ``read`` and ``write`` are the only ways in.

    ``pool_size``: connections kept open. ``busy_timeout``: seconds to wait for another writer, each time.
    """

    def __init__(self, path: Path, pool_size: int, busy_timeout: float) -> None:
        self.path = path
        self._pool_size = pool_size
        self._busy_timeout = busy_timeout
        self._engine: Engine | None = None
        # Threads wait for each other here: waiting inside SQLite they would sleep, and longer each time.
        self._writing = threading.Lock()

    def __reduce__(self) -> tuple[type["LedgerStore"], tuple[Path, int, float]]:
        """Another process opens the file anew: connections and locks do not travel."""
        return LedgerStore, (self.path, self._pool_size, self._busy_timeout)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the ledger throughout. Raises LedgerError."""
        with explaining(self.path), self._open().connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One unit of work: committed at the end, rolled back whole on any error. Raises LedgerError.

        The write lock is taken at the start, so that what is read inside cannot change before it is written.
        """
        with (
            self._writing,
            explaining(self.path),
            self._open().connect().execution_options(write=True) as connection,
            _begin(connection),
        ):
            yield connection

    def close(self) -> None:
        """Note the slow queries of this process, close all connections; the next use opens them again."""
        if self._engine is None:
            return
        self._engine.dispose()
        self._engine = None
        if self.slow_queries.seen:
            # Notes are worth no error and no wait: what makes the ledger unusable is said where the work stops.
            with suppress(sqlite3.Error), closing(changing(self.path, busy_timeout=1)) as connection:
                self.slow_queries.keep(connection)

    @cached_property
    def slow_queries(self) -> SlowQueries:
        """What took long in this process."""
        return SlowQueries()

    def _open(self) -> Engine:
        from korean_flashcards.ledger.db import schema

        if self._engine is None:
            # Also one thread at a time gets in here.
            with schema.prepared(self.path, self._busy_timeout):
                if self._engine is None:
                    engine = connect(self.path, self._busy_timeout, self._pool_size)
                    # A connection is open before anybody may replace the file: a restore sees that it is in use.
                    engine.connect().close()
                    self.slow_queries.watch(engine)
                    self._engine = engine
        return self._engine


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
def looking(path: Path, busy_timeout: float = 5) -> Iterator[sqlite3.Connection]:
    """A bare connection that sees one state of the file as it is: nothing is created, upgraded or written.

    For the care of the file, also of one that is damaged or of another version. Raises LedgerError.
    """
    with explaining(path), closing(changing(path, busy_timeout)) as connection:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("BEGIN")
        yield connection


def changing(path: Path, busy_timeout: float = 5) -> sqlite3.Connection:
    """A bare connection for what cannot be done in a transaction; the file must exist. Close it."""
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=busy_timeout, isolation_level=None)


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Raise LedgerError for what SQLite raises inside."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise explained(path, error) from error


def explained(path: Path, error: DatabaseError | sqlite3.DatabaseError) -> LedgerError:
    """The error as a person can act on it."""
    cause = error.orig if isinstance(error, DatabaseError) else error
    code = sqlite_code(error)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(path, str(cause))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LedgerError(
            f"The ledger {path} is held by another process for too long. Nothing was changed. Wait for it to end (an "
            "import, a migration, a program that has the file open), then run the same command again."
        )
    if code == sqlite3.SQLITE_CONSTRAINT:
        return LedgerError(
            f"The ledger {path} refuses a value: {cause}. Nothing was changed by this step. `kedro db verify` looks for "
            "what is out of step; when it finds nothing, this is a mistake of the program: please report it."
        )
    return LedgerError(
        f"The ledger {path} cannot be used: {cause}. Nothing was changed by this step, the ledger is whole; replies paid so "
        f"far are in the cache. {_ADVICE.get(code, _ADVICE_OTHERWISE)} Then run the same command again."
    )


def damaged(path: Path, cause: str) -> LedgerDamagedError:
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


_DISK = "Free disk space (`kedro db status` says how much there is)."
_FOLDER = "Make the file and its folder writable."
_ADVICE = {
    sqlite3.SQLITE_FULL: _DISK,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_READONLY: _FOLDER,
    sqlite3.SQLITE_CANTOPEN: _FOLDER,
}
_ADVICE_OTHERWISE = "Free disk space or make the folder writable."


def _begin(connection: Connection) -> RootTransaction:
    for _ in range(LOCK_RETRIES):
        try:
            return connection.begin()
        except OperationalError as error:
            if sqlite_code(error) != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.05)
    return connection.begin()
