"""The care of the reply cache: what it holds, key by key; taking entries out; whether each is what it says it is."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from korean_flashcards.domain.requests import key_of
from korean_flashcards.llm.cache.cache_sqlite import FileSize
from korean_flashcards.llm.cache.packing import DamagedError
from korean_flashcards.llm.cache.replies import ArchivedReply, StoredReply, read_archive, read_reply
from korean_flashcards.llm.cache.reply_cache import ARCHIVE, TEMPLATE, ReplyCache


@dataclass(frozen=True)
class CacheEntry:
    """All that is kept for one key.

    ``raw``: the stored values by name. ``text_bytes``, ``bytes``: before and after compression. ``problems``: what is
    damaged, by name; the reply or the archived ones are then missing.
    """

    key: str
    reply: StoredReply | None
    archived: tuple[ArchivedReply, ...]
    raw: Mapping[str, object]
    text_bytes: int
    problems: Mapping[str, str]

    @property
    def newest(self) -> StoredReply | ArchivedReply | None:
        """What tells the stage, the model and the word of this key."""
        return self.reply or (self.archived[-1] if self.archived else None)

    @property
    def bytes(self) -> int:
        """What is stored, without SQLite's own."""
        return sum(map(_size, self.raw.values()))


def entries(cache: ReplyCache) -> Iterator[CacheEntry]:
    """Every key that has a reply or archived ones, sorted by name of entry."""
    for name in cache.store.names():
        if name.startswith(TEMPLATE):
            continue
        key = name.removeprefix(ARCHIVE)
        if key == name or not cache.store.holds(key):
            yield entry(cache, key)


def entry(cache: ReplyCache, key: str) -> CacheEntry:
    """All that is kept for the key; nothing where it is not there."""
    raw = {name: value for name in (key, ARCHIVE + key) if (value := cache.store.raw(name)) != ""}
    reply: StoredReply | None = None
    archived: tuple[ArchivedReply, ...] = ()
    size, problems = 0, dict[str, str]()
    for name, value in raw.items():
        try:
            text = cache.store.text(name, value)
            assert text is not None
            size += _size(text)
            if name == key:
                reply = read_reply(text)
            else:
                archived = tuple(read_archive(text))
        except DamagedError as error:
            problems[name] = str(error)
    return CacheEntry(key, reply, archived, raw, size, problems)


def take_out(cache: ReplyCache, taken: Iterable[CacheEntry]) -> int:
    """Remove these entries where they are still what was read; return how many keys went."""
    removed = 0
    for one in taken:
        with cache.store.unit():
            for name, value in one.raw.items():
                # Another process may have stored a better reply in the meantime.
                if cache.store.raw(name) == value:
                    cache.store.remove(name)
        removed += not any(cache.store.holds(name) for name in one.raw)
    return removed


def prunable(
    found: Iterable[CacheEntry], used: Collection[str], also_used: bool, size: FileSize, limit: int
) -> list[str]:
    """The keys to take out, oldest first, so that the cache holds no more than ``limit`` bytes.

    ``used``: keys that must stay, unless ``also_used``. They may not suffice.
    """
    sizes, ages = {}, {}
    for one in found:
        sizes[one.key] = one.bytes
        ages[one.key] = one.newest.created if one.newest else ""
    # What SQLite adds is shared out by size.
    overhead = size.used / max(sum(sizes.values()), 1)
    chosen, left = [], float(size.used)
    for key in sorted(sizes, key=lambda key: (ages[key], key)):
        if left <= limit:
            break
        if also_used or key not in used:
            chosen.append(key)
            left -= sizes[key] * overhead
    return chosen


def mismatch(one: CacheEntry, parts: Mapping[str, Any] | None) -> bool:
    """Whether the entry's own parts give another key than the one that it stands under; ``parts``: its template's."""
    if one.reply is None or one.reply.user is None or parts is None:
        return False
    return key_with(parts, one.reply.user) != one.key


def key_with(parts: Mapping[str, Any], user: str) -> str:
    """The key of a question, from its template's parts and its own text."""
    system, *_ = parts["messages"]
    return key_of({**parts, "messages": [system, {"role": "user", "content": user}]})


def _size(value: object) -> int:
    if isinstance(value, str):
        return len(value.encode())
    return len(value) if isinstance(value, bytes) else 0
