"""Repair a damaged reply cache: save every readable entry in a new file, and keep the damaged file next to it.

Until the new file is complete, nothing is changed. If the process is killed while the files are swapped, the next
command that opens the cache finishes the swap (``cache_file.finish_repair``).
"""

import hashlib
import json
import secrets
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from korean_flashcards.domain.errors import CacheDamagedError, CacheError
from korean_flashcards.files.disk import disk_message
from korean_flashcards.llm.cache.cache_file import (
    FILE,
    LOG,
    REPAIRED,
    REPAIRING,
    check,
    damages,
    finish_repair,
    repair_lock,
)
from korean_flashcards.llm.cache.damaged_keys import KEY_DIGITS, KnownKeys, is_key, right_key
from korean_flashcards.llm.cache.maintenance import key_with
from korean_flashcards.llm.cache.packing import DamagedError, unpack
from korean_flashcards.llm.cache.replies import PART, ArchivedReply, StoredReply, read_archive, read_reply
from korean_flashcards.llm.cache.reply_cache import ARCHIVE, TEMPLATE, ReplyCache
from korean_flashcards.llm.cache.salvage import FoundEntry, Salvage, salvage

Parts = dict[str, Any]


@dataclass(frozen=True)
class Repaired:
    """The result of a repair.

    ``replies``, ``archives``: the numbers of saved replies, and of saved requests with archived replies. ``lost``: the
    names of the entries that cannot be read. ``kept``: the damaged file, or None if nothing was damaged and nothing was
    changed. ``keyless``: the number of replies whose right key is unknown, so that they were saved in the archive.
    """

    replies: int
    archives: int
    lost: tuple[str, ...]
    kept: Path | None
    keyless: int = 0


@dataclass(frozen=True)
class _Verified:
    """An entry that was verified with its checksum. ``content`` is a reply, a list of archived replies, or key parts."""

    found: FoundEntry
    text: bytes
    content: StoredReply | list[ArchivedReply] | Parts


def repair(folder: Path, requested: Collection[str] = ()) -> Repaired:
    """Repair the cache in the folder, unless every entry in it is intact.

    ``requested``: the keys of requests, according to the ledger. They help to correct damaged keys.

    The caller must make sure that no run is active. Raises CacheError, without changing anything, if the cache is on a
    disk that is not mounted, if the folder is full or read-only, or if a different process is repairing the cache.
    """
    with _explaining(folder):
        healthy = _is_healthy(folder)
        if healthy is None:
            return Repaired(0, 0, (), None)
        with repair_lock(folder):
            work = folder / f"{REPAIRING}{secrets.token_hex(4)}"
            work.mkdir()
            try:
                return _repair(folder, work, healthy, KnownKeys(requested))
            finally:
                shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _explaining(folder: Path) -> Iterator[None]:
    """Turn SQLite and disk errors inside the block into CacheError."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        failed, safe = f"The reply cache {folder} cannot be repaired", "Nothing was changed."
        cause = error.strerror if isinstance(error, OSError) else error
        raise CacheError(disk_message(failed, cause, safe)) from error


def _is_healthy(folder: Path) -> bool | None:
    """Return whether SQLite finds no damage, or None if there is no cache file and no log."""
    try:
        if not check(folder):
            return None
        return not damages(folder, most=1)
    except CacheDamagedError:
        return False


def _repair(folder: Path, work: Path, healthy: bool, requested: KnownKeys) -> Repaired:
    for name in (FILE, LOG):
        if (folder / name).exists():
            shutil.copyfile(folder / name, work / name)
    found = salvage(work / FILE, folder)
    verified, complete = _all_verified(found, healthy)
    naming = _Naming(verified, requested, found.names)
    saved, keyless = naming.named, naming.keyless
    lost = tuple(sorted(_names(found, saved) - set(saved) - {one.found.name for one in verified}))
    counts = [sum(isinstance(one.content, kind) for one in saved.values()) for kind in (StoredReply, list)]
    if healthy and complete and not lost and not keyless and {one.name for one in found.entries} == set(saved):
        return Repaired(counts[0], counts[1], (), None)
    _write(work / "new", naming)
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    (work / "new" / FILE).replace(folder / f"{REPAIRED}{stamp}")
    kept = finish_repair(folder)
    return Repaired(counts[0], counts[1], lost, kept, len(keyless))


def _write(folder: Path, naming: "_Naming") -> None:
    """Write the entries to a new cache, and replies without a key to its archive.

    Raise the original SQLite or disk error if this fails.
    """
    new = ReplyCache(folder)
    try:
        with new.store.unit():
            for name, one in naming.named.items():
                if not isinstance(one.content, list):
                    new.store.write(name, one.text)
            for key, replies in naming.archives:
                new.archive(key, *replies)
            for reply in naming.keyless:
                # Any key that no request has will do. With its text's hash, the reply stays where it is in later repairs.
                new.archive(hashlib.sha256(reply.text.encode()).hexdigest(), reply)
    except CacheError as error:
        # The message names the temporary folder.
        raise (error.__cause__ or error) from error
    finally:
        new.close()


def _all_verified(found: Salvage, healthy: bool) -> tuple[list[_Verified], bool]:
    """Return the newest version of each readable entry, and whether SQL can read all values.

    If it cannot, the entries also come from the bytes of the pages.
    """
    by_sql, carved, by_value = (
        [one for one in map(_verified, entries) if one] for entries in (found.entries, found.carved, found.by_value)
    )
    known = {one.text for one in (*by_sql, *carved)}
    others = [*carved, *(one for one in by_value if one.text not in known)]
    unread = {one.name for one in found.entries} - {one.found.name for one in by_sql}
    if healthy:
        # Other versions of entries that SQL can read were replaced or removed on purpose.
        others = [one for one in others if one.found.name in unread]
    return _newest([*by_sql, *others]), not unread


def _names(found: Salvage, saved: Iterable[str]) -> set[str]:
    """Return the names of the entries that were seen. Texts that damaged row headers turn into names are left out."""
    known = KnownKeys(name[-KEY_DIGITS:] for name in saved)
    keys = {name: name[-KEY_DIGITS:] for name in found.names if len(name) >= KEY_DIGITS}
    return {name for name, key in keys.items() if is_key(key) or (len(name) == KEY_DIGITS and not known.similar(key))}


def _verified(found: FoundEntry) -> _Verified | None:
    """Return the entry with its parsed text, or None if its checksum or its text is wrong."""
    try:
        text = unpack(found.value)
        text = text.encode() if isinstance(text, str) else text
        parsed = json.loads(text)
        if isinstance(parsed, dict) and "messages" in parsed:
            return _Verified(found, text, parsed)
        return _Verified(found, text, read_archive(text) if isinstance(parsed, list) else read_reply(text))
    except (DamagedError, ValueError):
        return None


def _newest(verified: Iterable[_Verified]) -> list[_Verified]:
    """Return the newest version of each entry. Of equally new versions, the first is returned."""
    newest: dict[str, _Verified] = {}
    for one in verified:
        if one.found.name not in newest or one.found.stored > newest[one.found.name].found.stored:
            newest[one.found.name] = one
    return list(newest.values())


class _Naming:
    """The right names of a damaged file's entries, computed from their contents if possible.

    Attributes:
        named: The newest version of each entry whose name is known, by name.
        archives: The archived replies by key.
        keyless: The replies whose right key is unknown.
    """

    def __init__(self, verified: list[_Verified], requested: KnownKeys, names: Iterable[str]) -> None:
        self._requested = requested
        self._seen = KnownKeys(name[-KEY_DIGITS:] for name in names)
        self._templates: dict[str, Parts] = {}
        for one in verified:
            if isinstance(one.content, dict):
                with suppress(KeyError, TypeError, ValueError):
                    self._templates[key_with(one.content, "")] = one.content
        self.named: dict[str, _Verified] = {}
        self.archives: list[tuple[str, list[ArchivedReply]]] = []
        self.keyless: list[ArchivedReply] = []
        for one in verified:
            self._add(one, self._name(one))

    def _add(self, one: _Verified, name: str | None) -> None:
        content = one.content
        if name is None:
            if not isinstance(content, dict):
                self.keyless += content if isinstance(content, list) else [_set_aside(content)]
            return
        if isinstance(content, list):
            self.archives.append((name.removeprefix(ARCHIVE), content))
        if name not in self.named or one.found.stored > self.named[name].found.stored:
            self.named[name] = one

    def _name(self, one: _Verified) -> str | None:
        """Return the entry's name, or None if its key is unknown."""
        content = one.content
        kind = TEMPLATE if isinstance(content, dict) else ARCHIVE if isinstance(content, list) else ""
        key = self._computed(content) or right_key(one.found.name[-KEY_DIGITS:], self._requested, self._seen)
        return f"{kind}{key}" if key else None

    def _computed(self, content: StoredReply | list[ArchivedReply] | Parts) -> str | None:
        """Return the key that follows from an entry's content, or None if the content is not sufficient."""
        with suppress(KeyError, TypeError, ValueError):
            if isinstance(content, dict):
                return key_with(content, "")
            for reply in content if isinstance(content, list) else [content]:
                parts = self._templates.get(reply.template or "")
                if parts is not None and reply.user is not None:
                    return key_with(parts, reply.user)
        return None


def _set_aside(reply: StoredReply) -> ArchivedReply:
    return ArchivedReply(
        reply.text, PART, "The key was damaged.", reply.user or "", reply.model, reply.stage, reply.created, None,
        reply.tokens_in, reply.tokens_out, reply.cost_usd, reply.prompt_version, reply.template,
    )  # fmt: skip
