"""Read the entries of a cache whose folder is read-only or whose disk is full. diskcache needs to write."""

import errno
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NoReturn

from diskcache.core import MODE_BINARY, MODE_RAW  # type: ignore[import-untyped]

from korean_flashcards.files.read_only_sqlite import read_only_address


class ReadOnlyEntries:
    """The part of ``diskcache.Cache`` that reads. All other methods raise OSError with ``obstacle`` as the reason."""

    def __init__(self, file: Path, obstacle: str) -> None:
        self._folder, self._obstacle = file.parent, obstacle
        self._resources = ExitStack()
        address = self._resources.enter_context(read_only_address(file))
        connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._connection = self._resources.enter_context(closing(connection))
        self._lock = threading.RLock()

    def __contains__(self, name: str) -> bool:
        return bool(self._rows("SELECT 1 FROM Cache WHERE key = ? AND raw = 1", name))

    def get(self, name: str, default: object = None) -> object:
        """Return the entry's value, ``default`` if there is no such entry, or None for a value that is not bytes."""
        rows = self._rows("SELECT mode, filename, value FROM Cache WHERE key = ? AND raw = 1", name)
        if not rows:
            return default
        mode, filename, value = rows[0]
        if mode == MODE_RAW:
            return value
        return (self._folder / str(filename)).read_bytes() if mode == MODE_BINARY else None

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection, which no other thread uses meanwhile."""
        with self._lock:
            yield self._connection

    def close(self) -> None:
        """Close the connection, and delete the temporary copy if there is one."""
        self._resources.close()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise OSError(errno.EROFS, self._obstacle)

    add = set = delete = reset = transact = _refuse

    def _rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()
