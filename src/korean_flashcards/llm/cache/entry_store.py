"""Store compressed text by name in a diskcache folder that never evicts entries.

The reply cache is built on this store.
"""

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import diskcache  # type: ignore[import-untyped]
from diskcache.core import MODE_PICKLE  # type: ignore[import-untyped]

from korean_flashcards.domain.errors import CacheError, origins
from korean_flashcards.files.disk import disk_message, sync_folder
from korean_flashcards.files.read_only_sqlite import SQLITE_ERRORS, reading, write_obstacle
from korean_flashcards.llm.cache.cache_file import (
    FILE,
    LOG,
    check,
    damage_text,
    damaged_error,
    damages,
    identity,
    is_damage,
    settle,
)
from korean_flashcards.llm.cache.disk_reserve import DiskReserve
from korean_flashcards.llm.cache.many_entries import all_names, stored_names, stored_values
from korean_flashcards.llm.cache.packing import pack, unpack
from korean_flashcards.llm.cache.read_only_entries import ReadOnlyEntries

# diskcache stores values of up to this many bytes in its SQLite file. No reply from a model is larger.
INLINE_BYTES = 2**24
_MISSING = ""  # a real entry is never empty
# Bytes that must be free before a call is made: enough for a thousand replies in flight and for SQLite's own files.
LEAST_ROOM = 32 * 2**20
# SQLite errors that may go away without a repair, such as a full disk, a lock, or a temporarily read-only folder.
_PASSING = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_READONLY,
}  # fmt: skip
# Flushing the data without the file's timestamps is sufficient and faster.
_flush = getattr(os, "fdatasync", os.fsync)


class EntryStore:
    """A store of named text entries in a folder.

    The store is opened on first use. A missing folder is treated as empty.

    All methods raise CacheError if the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reserve = DiskReserve(folder)
        self._checked = False
        self._opened_as: tuple[int, int] | None = None

    def holds(self, name: str) -> bool:
        """Return whether the entry exists. An existing entry may still turn out to be damaged when it is read."""
        if not self._exists():
            return False
        with self.explaining():
            return name in self._store

    def holding(self, names: Iterable[str]) -> set[str]:
        """Return the names that have an entry, as ``holds`` does for one name."""
        if not self._exists():
            return set()
        with self.explaining(), self._reading() as connection:
            return stored_names(connection, names)

    def read(self, name: str) -> str | bytes | None:
        """Return the entry's text, or None if the entry is missing. Raises DamagedError if the entry is damaged."""
        return self.text(name, self.raw(name))

    def raw(self, name: str) -> object:
        """Return the stored value without decoding it, or an empty string if the entry does not exist."""
        if not self._exists():
            return _MISSING
        with self.explaining():
            return self._store.get(name, default=_MISSING)

    def raws(self, names: Iterable[str]) -> Iterator[tuple[str, object]]:
        """Yield the name and the stored value of each of these entries that exists, in any order."""
        if not self._exists():
            return
        with self.explaining(), self._reading() as connection:
            for name, value, is_complete in stored_values(connection, names):
                yield name, value if is_complete else self.raw(name)

    @staticmethod
    def text(name: str, raw: object) -> str | bytes | None:
        """Decode a raw value, or return None if the entry is missing. Raises DamagedError."""
        return None if raw == _MISSING else unpack(raw)

    def add(self, name: str, text: bytes) -> bool:
        """Write the entry, as durably as ``write`` does, unless it already exists.

        Return whether the entry was written. An existing entry is kept even if it is damaged.
        """
        with self.explaining():
            return bool(self._store.add(name, pack(text)))

    def write(self, name: str, text: bytes) -> None:
        """Write the entry.

        Once written, the entry survives a process crash; after ``sync``, it also survives a power failure.
        """
        with self.explaining():
            self._store.set(name, pack(text))

    def sync(self) -> None:
        """Flush all written entries to disk, so that they survive a power failure.

        SQLite does not flush after every write, because that would be slow.
        """
        with self.explaining():
            try:
                # Closing this file releases no lock, because SQLite holds none on it. Windows can flush only writable
                # files.
                with (self.folder / LOG).open("rb+", buffering=0) as log:
                    _flush(log.fileno())
            except FileNotFoundError:
                # Unless the folder was deleted, SQLite has moved the entries to the main file and flushed them.
                if not (self.folder / FILE).exists():
                    raise

    def remove(self, name: str) -> None:
        """Delete the entry if it exists."""
        with self.explaining():
            self._store.delete(name)

    def names(self) -> Iterator[str]:
        """Yield the names of all entries in sorted order."""
        if not self._exists():
            return
        with self.explaining(), self._reading() as connection:
            yield from all_names(connection)

    @contextmanager
    def unit(self) -> Iterator[None]:
        """Run all reads and writes in the block as one transaction. Other processes wait until the transaction ends."""
        with self.explaining(), self._store.transact():
            yield

    def check_pages(self) -> None:
        """Raise CacheDamagedError if any page of the file is damaged. This takes about 50 ms for 20,000 entries."""
        if self._exists():
            with self.explaining():
                found = damages(self.folder, most=1)
            if found:
                raise damaged_error(self.folder, found[0])

    def check_room(self) -> None:
        """Raise CacheError if the disk only has room for replies to calls in flight."""
        with self.explaining():
            if shutil.disk_usage(self.folder).free < LEAST_ROOM:
                raise OSError(errno.ENOSPC, f"its disk has less than {LEAST_ROOM // 2**20} MB of free space")

    def reserve(self) -> None:
        """Reserve disk space that ``free_reserve`` releases when the disk is full."""
        with self.explaining():
            self._reserve.make()

    def free_reserve(self) -> None:
        """Make the reserved disk space available. Do nothing if the folder cannot be used."""
        with suppress(OSError):
            self._reserve.free()

    def open(self) -> None:
        """Open or create the store for writing, so that an unusable folder is detected before any money is spent.

        If the file was replaced since it was opened, the new file is opened.
        """
        with self.explaining():
            if self._opened_as != identity(self.folder):
                self.disconnect()
                self.__dict__.pop("_store", None)
            # diskcache writes its settings only when it creates the file. Writing a setting now proves that the file is
            # writable.
            self._store.reset("eviction_policy", "none")
            # The file names must also survive a power failure.
            sync_folder(self.folder)
            sync_folder(self.folder.parent)

    def disconnect(self) -> None:
        """Close the calling thread's connection. The next access opens a new connection."""
        if "_store" in self.__dict__ and not isinstance(self._store, ReadOnlyEntries):
            self._store.close()

    def close(self) -> None:
        """Close the store, and make the cache file complete (see ``settle``). The next access opens the file again."""
        if "_store" in self.__dict__:
            self.disconnect()
            store = self.__dict__.pop("_store")
            self._checked = False
            if isinstance(store, ReadOnlyEntries):
                store.close()
            else:
                settle(self.folder)

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Turn SQLite and disk errors inside the block into CacheError, or CacheDamagedError for a damaged file."""
        try:
            yield
        except (*SQLITE_ERRORS, OSError, diskcache.Timeout) as error:
            if is_damage(error):
                raise damaged_error(self.folder, damage_text(error)) from error
            reason = error.strerror if isinstance(error, OSError) else str(error)
            cause = reason or "it is locked by another process, read-only, or on a full disk"
            safe = "No more requests will be sent, so there are no further costs. The replies stored so far are safe."
            raise CacheError(disk_message(f"The reply cache {self.folder} cannot be used", cause, safe)) from error

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection for queries that diskcache does not offer."""
        is_read_only = isinstance(self._store, ReadOnlyEntries)
        with self._store.connected() if is_read_only else reading(self.folder / FILE) as connection:
            yield connection

    def _exists(self) -> bool:
        """Return whether the file has entries to read. Raises CacheError if it is damaged or not a reply cache."""
        if "_store" in self.__dict__:
            return True
        if not self._checked:
            with self.explaining():
                check(self.folder)
            self._checked = True
        file = self.folder / FILE
        return file.exists() and file.stat().st_size > 0

    @cached_property
    def _store(self) -> diskcache.Cache | ReadOnlyEntries:
        # diskcache would add its tables to any database.
        there = check(self.folder)
        if there and (obstacle := write_obstacle(self.folder / FILE)):
            return ReadOnlyEntries(self.folder / FILE, obstacle)
        # The default policy silently evicts entries at 1 GB. cull_limit=0 also skips the check on each write.
        opened = diskcache.Cache(
            str(self.folder),
            disk=TextDisk,
            eviction_policy="none",
            cull_limit=0,
            disk_min_file_size=INLINE_BYTES,
        )
        self._opened_as = identity(self.folder)
        return opened


def may_pass(error: CacheError) -> bool:
    """Return whether the same write may succeed later, for example when disk space is available again."""
    return any(
        cause.sqlite_errorcode & 0xFF in _PASSING
        if isinstance(cause, sqlite3.Error) and hasattr(cause, "sqlite_errorcode")
        else isinstance(cause, OSError | diskcache.Timeout)
        for cause in origins(error)
    )


class TextDisk(diskcache.Disk):  # type: ignore[misc]
    """A diskcache serializer that reads only text and bytes. Any other value, such as a pickle, counts as damaged."""

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> Any:
        if mode == MODE_PICKLE:
            return None
        return super().fetch(mode, filename, value, read)
