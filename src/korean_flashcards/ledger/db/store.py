"""Provide ``LedgerStore``, which opens the ledger's SQLite file for reads and writes."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine

from korean_flashcards.ledger.db import schema
from korean_flashcards.ledger.db.slow_queries import SlowQueries
from korean_flashcards.ledger.db.sqlite import begin, connect, explaining, writable


class LedgerStore:
    """The ledger's SQLite file, opened on first use. All access goes through ``read`` and ``write``.

    Args:
        path: The ledger file.
        pool_size: Number of connections to keep open.
        busy_timeout: Number of seconds to wait for the write lock on each attempt.
    """

    def __init__(self, path: Path, pool_size: int, busy_timeout: float) -> None:
        # Lock files are placed beside the ledger, so all runs must find the same folder, whatever links they follow.
        self.path = path.resolve()
        self._pool_size = pool_size
        self._busy_timeout = busy_timeout
        self._engine: Engine | None = None
        # Threads wait for each other on this lock. Waiting inside SQLite is slower, because it sleeps longer each time.
        self._writing = threading.Lock()

    def __reduce__(self) -> tuple[type["LedgerStore"], tuple[Path, int, float]]:
        """Pickle only the options, because connections and locks cannot be sent to another process."""
        return LedgerStore, (self.path, self._pool_size, self._busy_timeout)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees a single snapshot of the ledger. Raises LedgerError."""
        with explaining(self.path), self._open().connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that is committed at the end, or rolled back on an error.

        The transaction takes the write lock at the start, so that rows read inside it cannot change before they are
        written. Raises LedgerError.
        """
        with (
            self._writing,
            explaining(self.path),
            self._open().connect().execution_options(write=True) as connection,
            begin(connection),
        ):
            yield connection

    def close(self) -> None:
        """Store this process's slow queries and close all connections.

        The next use of the store opens new connections.
        """
        if self._engine is None:
            return
        self._engine.dispose()
        self._engine = None
        if self.slow_queries.seen:
            # Slow queries are not worth an error or a long wait. Other operations report an unusable ledger.
            with suppress(sqlite3.Error), closing(writable(self.path, busy_timeout=1)) as connection:
                self.slow_queries.keep(connection)

    @cached_property
    def slow_queries(self) -> SlowQueries:
        """Return this process's slow queries."""
        return SlowQueries()

    def _open(self) -> Engine:
        if self._engine is None:
            # The lock also ensures that only one thread at a time opens the file.
            with schema.prepared(self.path, self._busy_timeout):
                if self._engine is None:
                    engine = connect(self.path, self._busy_timeout, self._pool_size)
                    # Opening a connection while the lock is held lets a restore notice that the file is in use.
                    engine.connect().close()
                    self.slow_queries.watch(engine)
                    self._engine = engine
        return self._engine
