"""Open SQLite connections and transactions."""

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.files.disk import explaining_disk
from korean_flashcards.files.read_only_sqlite import read_only_address, write_obstacle
from korean_flashcards.ledger.db.problems import explaining, sqlite_code

# Number of retries for the write lock, each after up to ``busy_timeout`` seconds. SQLite does not grant the lock on a
# first-come, first-served basis, so other writers may get ahead.
LOCK_RETRIES = 3


def now() -> str:
    """Return the current time in the ledger's format: UTC, ISO 8601, in whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def storable(text: str) -> str:
    """Return the text without lone surrogates, which SQLite cannot store. File names may contain them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def storable_json(value: object) -> str:
    """Return the value as JSON that SQLite can store. Values that JSON has no type for become text."""
    return storable(json.dumps(value, ensure_ascii=False, default=str))


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
    return _prepared(engine, ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "temp_store=MEMORY"))


def connect_read_only(address: str, busy_timeout: float) -> Engine:
    """Return an engine for the SQLite URI of a file that is only read."""

    def open_file() -> sqlite3.Connection:
        return sqlite3.connect(address, busy_timeout, isolation_level=None, check_same_thread=False, uri=True)

    engine = create_engine("sqlite://", creator=open_file, poolclass=QueuePool, max_overflow=4)
    return _prepared(engine, ("query_only=ON", "temp_store=MEMORY"))


def _prepared(engine: Engine, pragmas: Sequence[str]) -> Engine:
    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        for pragma in pragmas:
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
    If the file cannot be written, it is read without changes. Raises LedgerError.
    """
    failed = f"The ledger {path} cannot be read"
    with ExitStack() as stack:
        stack.enter_context(explaining(path))
        with explaining_disk(LedgerError, failed, "Nothing was changed."):
            writing = write_obstacle(path) is None
            address = _address(path) if writing else stack.enter_context(read_only_address(path))
        connection = sqlite3.connect(address, uri=True, timeout=busy_timeout, isolation_level=None)
        stack.enter_context(closing(connection))
        connection.execute("PRAGMA query_only=ON")
        connection.execute("BEGIN")
        yield connection


def writable(path: Path, busy_timeout: float = 5) -> sqlite3.Connection:
    """Return a plain connection without an open transaction.

    The file must exist, and the caller must close the connection.
    """
    return sqlite3.connect(_address(path), uri=True, timeout=busy_timeout, isolation_level=None)


def _address(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=rw"


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
