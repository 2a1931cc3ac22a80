"""Named texts in a folder, never evicted: diskcache (SQLite, safe for several threads and processes) and ``packing``."""

import errno
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import diskcache  # type: ignore[import-untyped]
from diskcache.core import MODE_PICKLE  # type: ignore[import-untyped]

from korean_flashcards.domain.errors import CacheError
from korean_flashcards.files.disk import disk_message
from korean_flashcards.llm.cache.packing import DamagedError, pack, unpack

logger = logging.getLogger(__name__)

# diskcache keeps values up to this many bytes inside its SQLite file: no reply of a model is larger.
INLINE_BYTES = 2**24
_MISSING = ""  # no entry is empty
# Bytes that must be free before another call leaves: a thousand replies under way, and what SQLite writes beside them.
LEAST_ROOM = 32 * 2**20


class EntryStore:
    """The folder, opened on first use; a missing one reads as empty. All methods raise CacheError when it cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reported: set[str] = set()

    def holds(self, name: str) -> bool:
        """Whether there is such an entry (which may still turn out to be damaged when it is read)."""
        if not self._exists():
            return False
        with self.explaining():
            return name in self._store

    def read(self, name: str) -> str | bytes | None:
        """The entry's text; None where there is none, or it is damaged (reported)."""
        try:
            return self.text(name, self.raw(name))
        except DamagedError as error:
            self.report(name, str(error))
            return None

    def raw(self, name: str) -> object:
        """What is stored, as it is; an empty text where there is nothing."""
        if not self._exists():
            return _MISSING
        with self.explaining():
            return self._store.get(name, default=_MISSING)

    @staticmethod
    def text(name: str, raw: object) -> str | bytes | None:
        """The text of a raw value, None where it is that of no entry. Raises DamagedError."""
        return None if raw == _MISSING else unpack(raw)

    def add(self, name: str, text: bytes) -> bool:
        """Write the entry if there is none, whatever state it is in; whether it was written, as by ``write``."""
        with self.explaining():
            return bool(self._store.add(name, pack(text)))

    def write(self, name: str, text: bytes) -> None:
        """Write the entry; once this returns, it survives the death of the process."""
        with self.explaining():
            self._store.set(name, pack(text))

    def remove(self, name: str) -> None:
        """Forget the entry, if there is one."""
        with self.explaining():
            self._store.delete(name)

    def names(self) -> Iterator[str]:
        """The names of all entries, sorted."""
        if not self._exists():
            return
        with self.explaining():
            yield from self._store.iterkeys()

    @contextmanager
    def unit(self) -> Iterator[None]:
        """What is read and written inside is one change; other processes wait with theirs."""
        with self.explaining(), self._store.transact():
            yield

    def report(self, name: str, why: str) -> None:
        """Tell of a damaged entry, once."""
        if name not in self._reported:
            self._reported.add(name)
            logger.warning(
                "The cached reply %s in %s is damaged and counts as missing: %s. `kedro cache verify` looks for more; "
                "`kedro cache import` brings it back from an export.", name, self.folder, why,
            )  # fmt: skip

    def check_room(self) -> None:
        """Raise CacheError while there is still room for the replies under way: later they would be paid for and lost."""
        with self.explaining():
            if shutil.disk_usage(self.folder).free < LEAST_ROOM:
                raise OSError(errno.ENOSPC, f"less than {LEAST_ROOM // 2**20} MB are free on its disk")

    def open(self) -> None:
        """Open or create the store for writing: a folder that cannot be used is found before anything is paid."""
        with self.explaining():
            # diskcache writes its settings on opening; writing one again proves that it is still possible.
            self._store.reset("eviction_policy", "none")

    def close(self) -> None:
        """Close the calling thread's connection; the next use opens another."""
        if "_store" in self.__dict__:
            self._store.close()

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Raise CacheError for what SQLite and the disk raise inside."""
        try:
            yield
        except (sqlite3.Error, OSError, diskcache.Timeout) as error:
            cause = str(error) or "it is locked by another process, read-only, or on a full disk"
            safe = "Nothing more is requested, so nothing more is paid. The replies stored so far are safe."
            raise CacheError(disk_message(f"The reply cache {self.folder} cannot be used", cause, safe)) from error

    def _exists(self) -> bool:
        return "_store" in self.__dict__ or (self.folder / "cache.db").exists()

    @cached_property
    def _store(self) -> diskcache.Cache:

        # The default policy evicts silently at 1 GB; cull_limit=0 also spares the check at each write.
        return diskcache.Cache(
            str(self.folder),
            disk=TextDisk,
            eviction_policy="none",
            cull_limit=0,
            disk_min_file_size=INLINE_BYTES,
        )


class TextDisk(diskcache.Disk):  # type: ignore[misc]
    """Reads only what was stored as text or bytes; everything else reads as None, hence as a damaged entry."""

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> Any:
        if mode == MODE_PICKLE:
            return None
        return super().fetch(mode, filename, value, read)
