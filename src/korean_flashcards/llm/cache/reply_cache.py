"""``ReplyCache``: key → accepted reply on disk, never evicted, with an archive of rejected replies.

Beside the accepted replies the store keeps, by name: ``archive/<key>``, the paid replies to the same request that were not
accepted as they came; ``template/<id>``, all parts of a key but the word's own text, once for all words.
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
    """Key (SHA-256, hex) → StoredReply in ``folder``; a missing folder reads as empty.

    All methods raise CacheError when the folder cannot be used. ``store``: for ``maintenance``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = EntryStore(folder)
        self._noted: set[str] = set()

    def present(self, keys: Iterable[str]) -> set[str]:
        """Those of ``keys`` that have an accepted reply (which may still turn out to be damaged when it is read)."""
        return {key for key in keys if self.store.holds(key)}

    def get(self, key: str) -> StoredReply | None:
        """The reply, or None where there is none or the entry is damaged (reported: it will be requested and paid again)."""
        text = self.store.read(key)
        try:
            return None if text is None else read_reply(text)
        except DamagedError as error:
            self.store.report(key, str(error))
            return None

    def put(self, key: str, reply: StoredReply) -> None:
        """Write ``reply``; once this returns, it survives the death of the process. What was there goes to the archive."""
        if self.store.add(key, write_reply(reply)):
            return
        with self.store.unit():
            before = self.get(key)
            if before is not None and before.text != reply.text:
                self.archive(key, _replaced(before, reply))
            self.store.write(key, write_reply(reply))

    def paid(self, key: str) -> float | None:
        """USD that the reply cost, None where there is none or its price is unknown."""
        stored = self.get(key)
        return stored.cost_usd if stored else None

    def archive(self, key: str, *replies: ArchivedReply) -> int:
        """Keep replies that were not accepted, beside those of the key that are there; return how many are new."""
        with self.store.unit():
            kept = self.archived(key)
            known = {(reply.created, reply.text) for reply in kept}
            new = [reply for reply in replies if (reply.created, reply.text) not in known]
            if new:
                self.store.write(ARCHIVE + key, write_archive(sorted(kept + new, key=lambda reply: reply.created)))
        return len(new)

    def archived(self, key: str) -> list[ArchivedReply]:
        """Return the rejected replies to the request, newest last; none where the entry is damaged."""
        text = self.store.read(ARCHIVE + key)
        try:
            return [] if text is None else read_archive(text)
        except DamagedError as error:
            self.store.report(ARCHIVE + key, str(error))
            return []

    def note(self, template: ChatTemplate) -> None:
        """Store the parts of the keys of a template, once; a reply names them by ``template.key("")``."""
        self.note_parts(template.key(""), template.key_parts(""))

    def note_parts(self, name: str, parts: dict[str, Any]) -> None:
        """Keep a template's parts under its name, if they are not there."""
        if name not in self._noted and not self.store.holds(TEMPLATE + name):
            self.store.write(TEMPLATE + name, json.dumps(parts, ensure_ascii=False).encode())
        self._noted.add(name)

    def parts(self, name: str | None) -> dict[str, Any] | None:
        """The parts of a template, None where they are not known."""
        text = self.store.read(TEMPLATE + name) if name else None
        try:
            parts = None if text is None else json.loads(text)
        except ValueError:
            return None
        return parts if isinstance(parts, dict) else None

    def open(self) -> None:
        """Open or create the folder for writing: one that cannot be used is found before anything is paid."""
        self.store.open()

    def close(self) -> None:
        """Close the calling thread's connection; the next use opens another."""
        self.store.close()


def _replaced(before: StoredReply, by: StoredReply) -> ArchivedReply:
    """An accepted reply that is accepted no more. The same key has the same request."""
    return ArchivedReply(
        text=before.text, outcome=REPLACED, message="a later reply took its place", user=before.user or by.user or "",
        model=before.model, stage=before.stage, created=before.created, tokens_in=before.tokens_in,
        tokens_out=before.tokens_out, cost_usd=before.cost_usd,
        prompt_version=before.prompt_version, template=before.template,
    )  # fmt: skip
