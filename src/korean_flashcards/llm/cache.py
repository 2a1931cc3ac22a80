"""Replies that were paid for, content-addressed on disk: a reply is written once and never evicted.

The store is diskcache (SQLite, safe for several threads and processes). Values are JSON text.
"""

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ConfigDict, TypeAdapter, ValidationError

from korean_flashcards.errors import CacheError

if TYPE_CHECKING:
    import diskcache  # type: ignore[import-untyped]

logger = logging.getLogger(__name__)

# diskcache keeps values up to this many characters inside its SQLite file: no reply of a model is larger.
INLINE_CHARACTERS = 2**24


@dataclass(frozen=True, slots=True)
class StoredReply:
    """One accepted reply and what it cost, all attempts together. ``created`` is UTC, ISO 8601."""

    __pydantic_config__ = ConfigDict(strict=True)

    text: str
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    latency_s: float
    attempts: int
    model: str
    stage: str
    created: str


class ReplyCache:
    """Key (SHA-256, hex) → StoredReply in ``folder``, opened on first use; a missing folder reads as empty.

    All methods raise CacheError when the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def present(self, keys: Iterable[str]) -> set[str]:
        """Those of ``keys`` that have an entry (which may still turn out to be damaged when it is read)."""
        if not self._exists():
            return set()
        with self._explaining():
            return {key for key in keys if key in self._store}

    def get(self, key: str) -> StoredReply | None:
        """The reply, or None where there is none or the entry is damaged (logged: it will be asked and paid again)."""
        if not self._exists():
            return None
        with self._explaining():
            stored = self._store.get(key, default="")
        if stored == "":
            return None
        try:
            return _ADAPTER.validate_json(stored)
        except ValidationError:
            logger.warning("The cached reply %s in %s is damaged and will be asked again.", key, self.folder)
            return None

    def put(self, key: str, reply: StoredReply) -> None:
        """Write ``reply``; once this returns, it survives the death of the process."""
        with self._explaining():
            self._store.set(key, _ADAPTER.dump_json(reply).decode())

    def open(self) -> None:
        """Open or create the store for writing: a folder that cannot be used is found before anything is paid."""
        with self._explaining():
            # diskcache writes its settings on opening; writing one again proves that it is still possible.
            self._store.reset("eviction_policy", "none")

    def close(self) -> None:
        """Close the calling thread's connection; the next use opens another."""
        if "_store" in self.__dict__:
            self._store.close()

    def _exists(self) -> bool:
        return "_store" in self.__dict__ or (self.folder / "cache.db").exists()

    @cached_property
    def _store(self) -> "diskcache.Cache":
        import diskcache

        from korean_flashcards.llm.text_disk import TextDisk

        # The default policy evicts silently at 1 GB; cull_limit=0 also spares the check at each write.
        return diskcache.Cache(
            str(self.folder),
            disk=TextDisk,
            eviction_policy="none",
            cull_limit=0,
            disk_min_file_size=INLINE_CHARACTERS,
        )

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        from diskcache import Timeout

        try:
            yield
        except (sqlite3.Error, OSError, Timeout) as error:
            cause = str(error) or "it is locked by another process, read-only, or on a full disk"
            raise CacheError(
                f"The reply cache {self.folder} cannot be used: {cause}. Nothing more is asked, so nothing more is "
                f"paid; the replies stored so far are safe. Free disk space, make the folder writable (or move a "
                f"damaged one away), then run the same command again: only what is missing is asked."
            ) from error


_ADAPTER = TypeAdapter(StoredReply)
