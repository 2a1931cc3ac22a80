"""Provide ``ReplyCache``, which stores accepted replies by key and archives rejected replies. Nothing is evicted.

Each accepted reply is stored under its key. ``archive/<key>`` contains the paid replies to the same request that were
rejected or needed a repair. ``template/<id>`` contains all parts of a key except the word's own text, stored once for
all words.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from korean_flashcards.domain.calls import PaidReply
from korean_flashcards.domain.errors import CacheError
from korean_flashcards.domain.requests import ChatTemplate
from korean_flashcards.llm.cache.cache_file import damaged_error
from korean_flashcards.llm.cache.entry_store import EntryStore
from korean_flashcards.llm.cache.packing import DamagedError, pack
from korean_flashcards.llm.cache.replies import (
    REPLACED,
    ArchivedReply,
    StoredReply,
    read_archive,
    read_reply,
    write_archive,
    write_reply,
)

ARCHIVE, TEMPLATE = "archive/", "template/"
_Parsed = TypeVar("_Parsed")


class ReplyCache:
    """A cache in ``folder`` that contains one StoredReply per key (SHA-256, hex). A missing folder is treated as empty.

    All methods raise CacheError if the folder cannot be used. ``store`` gives direct access to the entries.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = EntryStore(folder)
        self._noted: set[str] = set()

    def present(self, keys: Iterable[str]) -> set[str]:
        """Return the keys that have an accepted reply. A reply may still turn out to be damaged when it is read."""
        return self.store.holding(keys)

    def get(self, key: str) -> StoredReply | None:
        """Return the reply, or None if it is missing.

        Raises CacheDamagedError if the reply is damaged, because the caller might pay for the reply again.
        """
        return self._intact(key, read_reply)

    def replies(self, keys: Iterable[str]) -> dict[str, StoredReply]:
        """Return the replies that are stored, by key, as ``get`` does for one key."""
        return dict(self._all_intact(keys, read_reply))

    def archives(self, keys: Iterable[str]) -> defaultdict[str, list[ArchivedReply]]:
        """Return the archived replies by key, as ``archived`` does for one key. The default is an empty list."""
        found = self._all_intact((ARCHIVE + key for key in keys), read_archive)
        return defaultdict(list, {name.removeprefix(ARCHIVE): replies for name, replies in found})

    def readable(self, key: str) -> StoredReply | None:
        """Return the reply, or None if it is missing or damaged. Use this method only to replace a damaged reply."""
        with suppress(DamagedError):
            return self._parsed(key, read_reply)
        return None

    def put(self, key: str, reply: StoredReply) -> None:
        """Write the reply, and archive any previous reply. Once written, the reply survives a process crash."""
        if self.store.add(key, write_reply(reply)):
            return
        with self.store.unit():
            before = self.readable(key)
            if before is not None and before.text != reply.text:
                self.archive(key, _replaced(before, reply))
            self.store.write(key, write_reply(reply))

    def paid(self, key: str, since: float) -> PaidReply | None:
        """Return the cost of the key's first reply since the given Unix time, or None if there is none."""
        for reply in self.archived(key):
            if reply.outcome != REPLACED and _moment(reply.created) >= since:
                return PaidReply(reply.cost_usd, reply.tokens_in, reply.tokens_out)
        stored = self.get(key)
        # Accepted replies record the time in whole seconds, and the cost of all attempts.
        if stored is not None and _moment(stored.created) >= int(since):
            return PaidReply(stored.cost_usd, stored.tokens_in, stored.tokens_out, whole=True)
        return None

    def archive(self, key: str, *replies: ArchivedReply) -> int:
        """Add replies to the key's archive. Return the number of new replies."""
        with self.store.unit():
            kept: list[ArchivedReply] = []
            with suppress(DamagedError):
                kept = self._parsed(ARCHIVE + key, read_archive) or []
            known = {(reply.created, reply.text) for reply in kept}
            new = [reply for reply in replies if (reply.created, reply.text) not in known]
            if new:
                self.store.write(ARCHIVE + key, write_archive(sorted(kept + new, key=lambda reply: reply.created)))
        return len(new)

    def archived(self, key: str) -> list[ArchivedReply]:
        """Return the archived replies to the request, newest last. Raises CacheDamagedError if they are damaged."""
        return self._intact(ARCHIVE + key, read_archive) or []

    def note(self, template: ChatTemplate) -> None:
        """Store a template's key parts, but only once. Replies refer to these parts by ``template.key("")``."""
        self.note_parts(template.key(""), template.key_parts(""))

    def note_parts(self, name: str, parts: dict[str, Any]) -> None:
        """Store a template's key parts under its name, unless they are already stored."""
        if name not in self._noted and not self.store.holds(TEMPLATE + name):
            self.store.write(TEMPLATE + name, json.dumps(parts, ensure_ascii=False).encode())
        self._noted.add(name)

    def parts(self, name: str | None) -> dict[str, Any] | None:
        """Return a template's key parts, or None if they are unknown or damaged."""
        parts = None
        with suppress(DamagedError, ValueError):
            parts = self._parsed(TEMPLATE + name, json.loads) if name else None
        return parts if isinstance(parts, dict) else None

    def open(self) -> None:
        """Open or create the folder for writing, so that problems are detected before any money is spent.

        Raises:
            CacheError: The folder cannot be used, or a file of this package is missing.
        """
        try:
            pack(b"")
        except OSError as error:
            raise CacheError(
                f"The file {error.filename} is missing, so replies could not be stored. Nothing was sent. Install the "
                "project again."
            ) from error
        self.store.open()

    def close(self) -> None:
        """Close the calling thread's connection, and make a copy of the cache file complete.

        The next access opens a new connection.
        """
        self.store.close()

    def _intact(self, name: str, parse: Callable[[str | bytes], _Parsed]) -> _Parsed | None:
        with self._explaining(name):
            return self._parsed(name, parse)

    def _all_intact(
        self, names: Iterable[str], parse: Callable[[str | bytes], _Parsed]
    ) -> Iterator[tuple[str, _Parsed]]:
        for name, raw in self.store.raws(names):
            with self._explaining(name):
                text = self.store.text(name, raw)
                if text is not None:
                    yield name, parse(text)

    @contextmanager
    def _explaining(self, name: str) -> Iterator[None]:
        try:
            yield
        except DamagedError as error:
            raise damaged_error(self.folder, f"the entry {name} cannot be read, because {error}") from error

    def _parsed(self, name: str, parse: Callable[[str | bytes], _Parsed]) -> _Parsed | None:
        text = self.store.read(name)
        return None if text is None else parse(text)


def _moment(created: str) -> float:
    """Return the Unix time when a reply was stored, or 0 if an early release stored no time."""
    try:
        return datetime.fromisoformat(created).timestamp()
    except ValueError:
        return 0.0


def _replaced(before: StoredReply, by: StoredReply) -> ArchivedReply:
    """Return the archived form of a replaced reply. Both replies have the same key and therefore the same request."""
    return ArchivedReply(
        text=before.text, outcome=REPLACED, message="replaced by a later reply", user=before.user or by.user or "",
        model=before.model, stage=before.stage, created=before.created, tokens_in=before.tokens_in,
        tokens_out=before.tokens_out, cost_usd=before.cost_usd,
        prompt_version=before.prompt_version, template=before.template,
    )  # fmt: skip
