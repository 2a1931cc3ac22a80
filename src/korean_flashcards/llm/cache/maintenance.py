"""Maintain the reply cache: list, remove, and verify entries, shrink the file, and add up costs."""

import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from korean_flashcards.domain.cache_key import KeyHasher, key_of
from korean_flashcards.domain.parameters import PriceParameters
from korean_flashcards.files.read_only_sqlite import reading
from korean_flashcards.llm.cache.cache_file import FILE, check
from korean_flashcards.llm.cache.many_entries import parts
from korean_flashcards.llm.cache.packing import DamagedError, unpack
from korean_flashcards.llm.cache.replies import ArchivedReply, StoredReply, read_archive, read_reply
from korean_flashcards.llm.cache.reply_cache import ARCHIVE, TEMPLATE, ReplyCache
from korean_flashcards.llm.pricing.prices import Price, Usage, price_of

_EMPTY = 2**16  # bytes of a cache file without replies
_SPARE = 2**20  # bytes that SQLite needs for its own small files


@dataclass(frozen=True)
class FileSize:
    """The size of the cache's files in bytes: the total on disk (``file``) and the space used by entries (``used``)."""

    file: int
    used: int


@dataclass(frozen=True)
class CacheEntry:
    """Everything that is stored for one key.

    ``raw``: the stored values by name. ``text_bytes``, ``bytes``: the sizes before and after compression. ``problems``:
    descriptions of the corrupted entries, by entry name. Replies from corrupted entries are left out.
    """

    key: str
    reply: StoredReply | None
    archived: tuple[ArchivedReply, ...]
    raw: Mapping[str, object]
    text_bytes: int
    problems: Mapping[str, str]

    @property
    def newest(self) -> StoredReply | ArchivedReply | None:
        """Return the accepted reply or, if there is none, the newest archived reply.

        All replies stored for one key have the same stage, model, and word.
        """
        return self.reply or (self.archived[-1] if self.archived else None)

    @property
    def bytes(self) -> int:
        """Return the size of the stored values in bytes, without SQLite's overhead."""
        return sum(map(_size, self.raw.values()))


def entries(cache: ReplyCache) -> Iterator[CacheEntry]:
    """Yield an entry for each key that has a reply or archived replies, sorted by entry name."""
    for some in parts(name for name in cache.store.names() if not name.startswith(TEMPLATE)):
        keys = dict.fromkeys(name.removeprefix(ARCHIVE) for name in some)
        values = dict(cache.store.raws(name for key in keys for name in (key, ARCHIVE + key)))
        # An archive belongs to the entry of its reply, which has a different place in this order.
        yield from (
            _entry(key, values) for name in some if (key := name.removeprefix(ARCHIVE)) == name or key not in values
        )


def entry(cache: ReplyCache, key: str) -> CacheEntry:
    """Return everything that is stored for the key. The entry is empty if the key is unknown."""
    return _entry(key, {name: value for name in (key, ARCHIVE + key) if (value := cache.store.raw(name)) != ""})


def _entry(key: str, values: Mapping[str, object]) -> CacheEntry:
    """Return the entry for a key. ``values``: stored values by name, also those of other keys."""
    raw = {name: values[name] for name in (key, ARCHIVE + key) if name in values}
    reply: StoredReply | None = None
    archived: tuple[ArchivedReply, ...] = ()
    size, problems = 0, dict[str, str]()
    for name, value in raw.items():
        try:
            text = unpack(value)
            size += _size(text)
            if name == key:
                reply = read_reply(text)
            else:
                archived = tuple(read_archive(text))
        except DamagedError as error:
            problems[name] = str(error)
    return CacheEntry(key, reply, archived, raw, size, problems)


def take_out(cache: ReplyCache, removable: Iterable[CacheEntry]) -> int:
    """Remove the entries that have not changed since they were read. Return the number of keys removed."""
    removed = 0
    for one in removable:
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
    """Return the keys to remove, oldest first, to reduce the cache to at most ``limit`` bytes.

    Keys in ``used`` are kept unless ``also_used`` is set, even if this leaves the cache larger than ``limit``.
    """
    sizes, ages = {}, {}
    for one in found:
        sizes[one.key] = one.bytes
        ages[one.key] = one.newest.created if one.newest else ""
    # SQLite's overhead is attributed to entries in proportion to their size.
    overhead = max(size.used - _EMPTY, 0) / max(sum(sizes.values()), 1)
    chosen, left = [], float(size.used)
    for key in sorted(sizes, key=lambda key: (ages[key], key)):
        if left <= limit:
            break
        if also_used or key not in used:
            chosen.append(key)
            left -= sizes[key] * overhead
    return chosen


def key_with(template: Mapping[str, Any], user: str) -> str:
    """Return the key of a request with the given template parts and user text."""
    return key_of(_with_user(template, user))


def hasher_of(template: Mapping[str, Any]) -> KeyHasher:
    """Return a hasher that returns the same keys as ``key_with``, but reads the template parts only once."""
    return KeyHasher(_with_user(template, KeyHasher.MARK))


def _with_user(template: Mapping[str, Any], user: str) -> dict[str, Any]:
    system, *_ = template["messages"]
    return {**template, "messages": [system, {"role": "user", "content": user}]}


def _size(value: object) -> int:
    """Return the size of a stored value in bytes."""
    if isinstance(value, str):
        return len(value.encode())
    return len(value) if isinstance(value, bytes) else 0


def file_size(cache: ReplyCache) -> FileSize:
    """Return the cache's size on disk. Raises CacheError."""
    file = _file(cache.folder)
    with cache.store.explaining():
        if not check(cache.folder):
            return FileSize(0, 0)
    with cache.store.explaining(), reading(file) as connection:
        pages, free, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
    wal = file.with_name(file.name + "-wal")
    return FileSize(file.stat().st_size + (wal.stat().st_size if wal.exists() else 0), (pages - free) * size)


def shrink(cache: ReplyCache) -> str | None:
    """Free the disk space that removed entries occupied. Return why this was not possible, as a clause, or None."""
    needed, free = file_size(cache).used + _SPARE, shutil.disk_usage(cache.folder).free
    if free < needed:
        return (
            f"that needs {needed / 1e6:,.1f} MB of free disk space, but only {free / 1e6:,.1f} MB is free. Free "
            f"{(needed - free) / 1e6:,.1f} MB on the disk of {cache.folder}"
        )
    cache.close()
    try:
        with closing(sqlite3.connect(_file(cache.folder), timeout=10, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return "another process is using it, or the disk is full. Wait for the process to end, or free disk space"
    return None


def _file(folder: Path) -> Path:
    return folder / FILE


@dataclass
class Bill:
    """The total cost of replies in USD: the amount paid (``paid``) and the cost at current prices (``again``).

    ``unpriced``: the number of replies whose price is unknown. Their cost at current prices is taken to be the amount
    paid. ``tokens``: the total number of input and output tokens.
    """

    replies: int = 0
    archived: int = 0
    tokens: int = 0
    paid: float = 0.0
    again: float = 0.0
    unpriced: int = 0
    prices: Mapping[str, PriceParameters] = field(default_factory=dict, repr=False)
    _known_prices: dict[str, Price | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def add(self, entry: CacheEntry) -> None:
        """Add one key's replies to the totals.

        Archived replies count only toward ``paid``, because they would not be requested again.
        """
        self.archived += len(entry.archived)
        self.paid += sum(reply.cost_usd or 0.0 for reply in entry.archived)
        if (reply := entry.reply) is None:
            return
        price = self._price(reply.model)
        self.replies += 1
        self.tokens += reply.tokens_in + reply.tokens_out
        self.paid += reply.cost_usd or 0.0
        self.unpriced += price is None
        self.again += price.cost(Usage(reply.tokens_in, reply.tokens_out)) if price else reply.cost_usd or 0.0

    def _price(self, model: str) -> Price | None:
        if model not in self._known_prices:
            self._known_prices[model] = price_of(model, self.prices)
        return self._known_prices[model]
