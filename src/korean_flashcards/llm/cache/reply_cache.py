"""Provide ``ReplyCache``: accepted replies by key, and an archive of rejected replies. Nothing is evicted.

An accepted reply is stored under its key. ``archive/<key>`` has the paid replies to the same request that were rejected or
needed a repair. ``template/<id>`` has all parts of a key except the word's own text, once for all words.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from korean_flashcards.domain.requests import ChatTemplate
from korean_flashcards.llm.cache.entry_store import EntryStore
from korean_flashcards.llm.cache.packing import DamagedError
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


class ReplyCache:
    """Store a StoredReply for each key (SHA-256, hex) in ``folder``. A missing folder reads as empty.

    All methods raise CacheError when the folder cannot be used. ``store`` is for ``maintenance``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = EntryStore(folder)
        self._noted: set[str] = set()

    def present(self, keys: Iterable[str]) -> set[str]:
        """Return the keys that have an accepted reply. It may still be found damaged when it is read."""
        return {key for key in keys if self.store.holds(key)}

    def get(self, key: str) -> StoredReply | None:
        """Return the reply, None if it is missing or damaged. Damage is logged, as the reply will be paid for again."""
        text = self.store.read(key)
        try:
            return None if text is None else read_reply(text)
        except DamagedError as error:
            self.store.report(key, str(error))
            return None

    def put(self, key: str, reply: StoredReply) -> None:
        """Write the reply. When this returns, it survives a crash of the process. A previous reply goes to the archive."""
        if self.store.add(key, write_reply(reply)):
            return
        with self.store.unit():
            before = self.get(key)
            if before is not None and before.text != reply.text:
                self.archive(key, _replaced(before, reply))
            self.store.write(key, write_reply(reply))

    def paid(self, key: str) -> float | None:
        """Return the cost of the reply in USD, None if there is no reply or its price is unknown."""
        stored = self.get(key)
        return stored.cost_usd if stored else None

    def archive(self, key: str, *replies: ArchivedReply) -> int:
        """Add rejected replies to the archive of the key. Return how many of them are new."""
        with self.store.unit():
            kept = self.archived(key)
            known = {(reply.created, reply.text) for reply in kept}
            new = [reply for reply in replies if (reply.created, reply.text) not in known]
            if new:
                self.store.write(ARCHIVE + key, write_archive(sorted(kept + new, key=lambda reply: reply.created)))
        return len(new)

    def archived(self, key: str) -> list[ArchivedReply]:
        """Return the archived replies to the request, newest last. The list is empty if the entry is damaged."""
        text = self.store.read(ARCHIVE + key)
        try:
            return [] if text is None else read_archive(text)
        except DamagedError as error:
            self.store.report(ARCHIVE + key, str(error))
            return []

    def note(self, template: ChatTemplate) -> None:
        """Store the parts of a template's keys, once. A reply refers to them by ``template.key("")``."""
        self.note_parts(template.key(""), template.key_parts(""))

    def note_parts(self, name: str, parts: dict[str, Any]) -> None:
        """Store a template's parts under its name unless they are stored already."""
        if name not in self._noted and not self.store.holds(TEMPLATE + name):
            self.store.write(TEMPLATE + name, json.dumps(parts, ensure_ascii=False).encode())
        self._noted.add(name)

    def parts(self, name: str | None) -> dict[str, Any] | None:
        """Return the parts of a template, None if they are not known."""
        text = self.store.read(TEMPLATE + name) if name else None
        try:
            parts = None if text is None else json.loads(text)
        except ValueError:
            return None
        return parts if isinstance(parts, dict) else None

    def open(self) -> None:
        """Open or create the folder for writing, so that an unusable folder is found before anything is paid."""
        self.store.open()

    def close(self) -> None:
        """Close the calling thread's connection. The next use opens a new one."""
        self.store.close()


def _replaced(before: StoredReply, by: StoredReply) -> ArchivedReply:
    """Return the archived form of a replaced reply. Both replies have the same key, hence the same request."""
    return ArchivedReply(
        text=before.text, outcome=REPLACED, message="replaced by a later reply", user=before.user or by.user or "",
        model=before.model, stage=before.stage, created=before.created, tokens_in=before.tokens_in,
        tokens_out=before.tokens_out, cost_usd=before.cost_usd,
        prompt_version=before.prompt_version, template=before.template,
    )  # fmt: skip
