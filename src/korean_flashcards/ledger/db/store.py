"""``LedgerStore``: the connection to the ledger's SQLite file, through reads and units of work."""

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
    """One SQLite file, opened on first use. All access goes through ``read`` and ``write``.

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
        """Pickle for a different process, which opens the file itself: connections and locks cannot be sent."""
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
            begin(connection),
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
            with suppress(sqlite3.Error), closing(writable(self.path, busy_timeout=1)) as connection:
                self.slow_queries.keep(connection)

    @cached_property
    def slow_queries(self) -> SlowQueries:
        """What took long in this process."""
        return SlowQueries()

    def _open(self) -> Engine:
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
