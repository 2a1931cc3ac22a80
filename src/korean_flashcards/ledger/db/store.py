"""Provide ``LedgerStore``, which opens the ledger's SQLite file for reads and writes."""

import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.files.dangling_links import real_path
from korean_flashcards.files.disk import disk_message, explaining_disk
from korean_flashcards.files.read_only_sqlite import read_only_address, scratch_folder, write_obstacle
from korean_flashcards.ledger.db import schema
from korean_flashcards.ledger.db.problems import access_problem, explaining
from korean_flashcards.ledger.db.slow_queries import SlowQueries
from korean_flashcards.ledger.db.sqlite import begin, connect, connect_read_only, writable


class LedgerStore:
    """The ledger's SQLite file, opened on first use. All access goes through ``read`` and ``write``.

    Args:
        path: The ledger file.
        pool_size: Number of connections to keep open.
        busy_timeout: Number of seconds to wait for the write lock on each attempt.
        original: If ``path`` is a temporary copy, the ledger that was copied. Error messages name it.
    """

    def __init__(self, path: Path, pool_size: int, busy_timeout: float, original: Path | None = None) -> None:
        # Lock files are placed beside the ledger, so all runs must find the same folder, whatever links they follow.
        self.path = real_path(path)
        self._shown = original or self.path
        self._pool_size = pool_size
        self._busy_timeout = busy_timeout
        self._engine: Engine | None = None
        self._close_engine: Callable[[], object] = lambda: None
        # What must be closed with the engine, such as a temporary copy of a ledger in a read-only folder.
        self._resources = ExitStack()
        self._read_only = False
        # Threads wait for each other on this lock. Waiting inside SQLite is slower, because it sleeps longer each time.
        self._writing = threading.Lock()

    def __reduce__(self) -> tuple[type["LedgerStore"], tuple[Path, int, float, Path]]:
        """Pickle only the options, because connections and locks cannot be sent to another process."""
        return LedgerStore, (self.path, self._pool_size, self._busy_timeout, self._shown)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees a single snapshot of the ledger. Raises LedgerError."""
        with explaining(self._shown, self.path), self._open().connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that is committed at the end, or rolled back on an error.

        The transaction takes the write lock at the start, so that rows read inside it cannot change before they are
        written. Raises LedgerError.
        """
        with (
            self._writing,
            explaining(self._shown, self.path),
            self._open(writing=True).connect().execution_options(write=True) as connection,
            begin(connection),
        ):
            yield connection

    def close(self) -> None:
        """Store this process's slow queries and close all connections.

        The next use of the store opens new connections.
        """
        if self._engine is None:
            return
        read_only = self._read_only
        self._dispose()
        if self.slow_queries.seen and not read_only:
            # Slow queries are not worth an error or a long wait. Other operations report an unusable ledger.
            with suppress(sqlite3.Error), closing(writable(self.path, busy_timeout=1)) as connection:
                self.slow_queries.keep(connection)

    @cached_property
    def slow_queries(self) -> SlowQueries:
        """Return this process's slow queries."""
        return SlowQueries()

    def ensure_writable(self) -> None:
        """Open the ledger for writes. Raises LedgerError if it cannot be written."""
        with explaining(self._shown, self.path):
            self._open(writing=True)

    @property
    def read_only(self) -> bool:
        """Return whether the ledger can only be read, because its folder is read-only or its disk is full.

        Opens the ledger. Raises LedgerError.
        """
        with explaining(self._shown, self.path):
            self._open()
        return self._read_only

    def _open(self, writing: bool = False) -> Engine:
        if writing and self._read_only and write_obstacle(self.path) is None:
            self._dispose()
        if self._engine is None:
            obstacle = _obstacle(self.path)
            if obstacle and (writing or not self.path.exists()):
                raise _unwritable(self._shown, obstacle)
            with nullcontext() if obstacle else schema.prepared(self.path, self._busy_timeout):
                # The lock also ensures that only one thread at a time opens the file.
                if self._engine is None:
                    self._engine = self._opened_read_only() if obstacle else self._opened()
                    # Called at the latest when Python ends, because the last connection to be closed copies SQLite's log
                    # into the file.
                    self._close_engine = weakref.finalize(self, self._engine.dispose)
        if writing and self._read_only:
            raise _unwritable(self._shown, write_obstacle(self.path) or "it was opened as read-only")
        return self._engine

    def _opened(self) -> Engine:
        """Open the prepared ledger for reads and writes."""
        engine = connect(self.path, self._busy_timeout, self._pool_size)
        # Opening a connection while the lock is held lets a restore notice that the file is in use.
        engine.connect().close()
        self.slow_queries.watch(engine)
        return engine

    def _opened_read_only(self) -> Engine:
        """Open the ledger for reads only. An outdated ledger is upgraded in a temporary copy."""
        version = schema.installed_version(self.path)
        schema.refuse_newer(self.path, version)
        self._read_only = True
        with explaining_disk(LedgerError, f"The ledger {self._shown} cannot be read", "Nothing was changed."):
            if version == schema.HEAD:
                address = self._resources.enter_context(read_only_address(self.path))
            else:
                folder = self._resources.enter_context(scratch_folder(2 * self.path.stat().st_size))
                address = schema.upgraded_copy(self.path, folder, self._busy_timeout).as_uri()
        engine = connect_read_only(address, self._busy_timeout)
        engine.connect().close()
        return engine

    def _dispose(self) -> None:
        """Close all connections, and delete the temporary copy if there is one."""
        self._engine, self._read_only = None, False
        self._close_engine()
        self._resources.close()


def _obstacle(path: Path) -> str | None:
    """Return why the ledger cannot be written, or None. Raises LedgerError if it cannot be read, either."""
    if hidden := access_problem(path):
        raise hidden
    return write_obstacle(path)


def _unwritable(path: Path, obstacle: str) -> LedgerError:
    failed = f"The ledger {path} cannot be changed"
    return LedgerError(disk_message(failed, obstacle, "Nothing was changed. The ledger is intact."))
