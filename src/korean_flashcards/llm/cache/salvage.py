"""Read every entry that a damaged cache file still contains: with SQL, and from the bytes of its pages.

SQL reads the current entries, but it cannot read the pages below a damaged page. The bytes of all pages, in the cache
file and in its write-ahead log, contain these entries too. The formats are described in https://sqlite.org/fileformat.html.
"""

import re
import sqlite3
import struct
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from diskcache.core import MODE_RAW, MODE_TEXT  # type: ignore[import-untyped]

from korean_flashcards.files.read_only_sqlite import SQLITE_ERRORS
from korean_flashcards.llm.cache.value_frames import entries_by_value

_MAGIC = b"SQLite format 3\0"
_DEFAULT_PAGE = 4096
_LOG_HEADER, _FRAME_HEADER = 32, 24  # bytes
# The start of an entry's row: the header's size, no rowid, the name's length, raw=1, and a time, no time, and a time.
_ROW = re.compile(rb"[\x0c-\x20]\x00(?:[\x80-\xff][\x00-\x7f]|[\x0d-\x7f])\x09\x07\x00\x07", re.DOTALL)
# The name of an entry: a key, which is a SHA-256 hash, or a key after the name of its kind.
_NAMED = re.compile(r"([a-z]+/)?[0-9a-f]{64}")
_NAMELESS = "nameless-"
_COLUMNS = 12
_NAME, _STORED, _MODE, _FILENAME, _VALUE = 1, 3, 9, 10, 11
_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # bytes, by serial type


class FoundEntry(NamedTuple):
    """An entry from a damaged file. Its value has not been verified. ``stored`` is a Unix time."""

    name: str
    stored: float
    value: object


@dataclass
class Salvage:
    """The contents of a damaged file.

    ``entries``: the entries that SQL can read. ``carved``: entries from the bytes of the pages, including old versions.
    ``by_value``: entries that were found by their values. An unreadable name is replaced with one that is not a key.
    ``names``: the names of all entries that were seen, even if their values cannot be read.
    """

    entries: list[FoundEntry] = field(default_factory=list)
    carved: list[FoundEntry] = field(default_factory=list)
    by_value: list[FoundEntry] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


def salvage(copy: Path, folder: Path) -> Salvage:
    """Read a copy of a cache file, which may be changed, and of its log, which is next to it.

    ``folder`` is the folder of the cache. It contains separate files with the large values of earlier releases.
    """
    log = copy.with_name(copy.name + "-wal")
    main, frames = _bytes(copy), _bytes(log)
    found = Salvage()
    if main.startswith(_MAGIC):
        with suppress(*SQLITE_ERRORS), closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            connection.text_factory = lambda text: text.decode("utf-8", "replace")
            names = _indexed_names(connection)
            found.entries += _rows(connection, folder, names)
            found.names |= set(names.values())
    pages = _Pages(main, frames, folder)
    found.carved += pages.entries()
    found.names |= {one.name for one in (*found.entries, *found.carved)}
    found.by_value += pages.by_value()
    return found


def _bytes(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def _rows(connection: sqlite3.Connection, folder: Path, names: Mapping[int, str]) -> Iterator[FoundEntry]:
    """Yield the rows of the table in order of their numbers, skipping ranges of rows that cannot be read.

    ``names``: the name of each row according to the index, for rows whose name is damaged.
    """
    query = (
        "SELECT rowid, CAST(key AS BLOB), store_time, mode, filename, value FROM Cache NOT INDEXED WHERE rowid > ? "
        "ORDER BY rowid"
    )
    after, step = 0, 1
    while after < 2**62:
        try:
            for number, key, stored, mode, filename, value in connection.execute(query, (after,)):
                after, step = number, 1
                name = _text(key or b"")
                if filename is not None:
                    value = _file_value(folder / str(filename), mode)
                elif mode != MODE_RAW and isinstance(value, bytes):
                    value = None  # Runs cannot read it. It is found by its value.
                if not _NAMED.fullmatch(name):
                    name = names.get(number, name)
                yield FoundEntry(name, stored if isinstance(stored, float) else 0.0, value)
        except SQLITE_ERRORS:
            after, step = after + step, step * 2
        else:
            return


def _text(name: bytes) -> str:
    """Return a name as text of the same length. A damaged name may not be UTF-8."""
    return name.decode("latin-1")


def _file_value(file: Path, mode: object) -> object:
    with suppress(OSError, ValueError):
        return file.read_text(encoding="utf-8") if mode == MODE_TEXT else file.read_bytes()
    return None


def _indexed_names(connection: sqlite3.Connection) -> dict[int, str]:
    """Return the names in the index, which is stored separately from the entries, by row number."""
    names = dict[int, str]()
    query = "SELECT rowid, key FROM Cache INDEXED BY Cache_key_raw WHERE raw = 1 ORDER BY key"
    with suppress(*SQLITE_ERRORS):
        for number, name in connection.execute(query):
            if isinstance(name, str) and _NAMED.fullmatch(name):
                names[number] = name
    return names


class _Pages:
    """The pages of a cache file and of its write-ahead log, which contains newer versions of some pages.

    ``folder`` contains the files with large values of earlier releases.
    """

    def __init__(self, main: bytes, log: bytes, folder: Path) -> None:
        self._folder = folder
        self._size = _page_size(main, log)
        self._main = dict(enumerate(_parts(main, self._size), 1))
        self._frames = list(_log_pages(log, self._size))
        self._newest = self._main | dict(self._frames)

    def entries(self) -> Iterator[FoundEntry]:
        """Yield every entry in the pages, including old versions of an entry."""
        for page in self._all():
            for start in _ROW.finditer(page):
                with suppress(ValueError, IndexError, struct.error):
                    yield from self._entry(page, start.start())

    def by_value(self) -> Iterator[FoundEntry]:
        """Yield every entry whose value is intact, even if its row cannot be read."""
        for number, (name, stored, value) in enumerate(entries_by_value(self._all(), (self._newest, self._main))):
            yield FoundEntry(name or f"{_NAMELESS}{number}", stored, value)

    def _all(self) -> list[bytes]:
        return [*self._main.values(), *(page for _, page in self._frames)]

    def _entry(self, page: bytes, start: int) -> Iterator[FoundEntry]:
        """Yield the versions of an entry whose row starts here: one, or two if its overflow pages were replaced."""
        kinds = list(_serial_types(page, start))
        sizes = [_SIZES[kind] if kind < 12 else (kind - 12) // 2 for kind in kinds]
        if max(kinds[_VALUE], kinds[_FILENAME]) < 12 or kinds[_NAME] % 2 == 0:
            return
        offsets = [page[start] + sum(sizes[:column]) for column in range(_COLUMNS)]
        total = offsets[_VALUE] + sizes[_VALUE]
        versions = (self._newest, self._main) if total > self._local(total) else (self._newest,)
        for pages in versions:
            row = self._row(page, start, total, pages)
            cells = [row[at : at + size] for at, size in zip(offsets, sizes, strict=True)]
            mode = 1 if kinds[_MODE] == 9 else int.from_bytes(cells[_MODE], "big")
            if len(row) == total and (kinds[_FILENAME] or mode == MODE_RAW):
                (at,) = struct.unpack(">d", cells[_STORED])
                yield FoundEntry(_text(cells[_NAME]), at, self._value(kinds, cells, mode))

    def _value(self, kinds: list[int], cells: list[bytes], mode: int) -> object:
        if kinds[_FILENAME]:
            return _file_value(self._folder / cells[_FILENAME].decode("utf-8"), mode)
        return cells[_VALUE].decode("utf-8") if kinds[_VALUE] % 2 else cells[_VALUE]

    def _row(self, page: bytes, start: int, total: int, pages: dict[int, bytes]) -> bytes:
        """Return the bytes of a row, which may continue on overflow pages."""
        local = self._local(total)
        row = page[start : start + local]
        if total > local:
            (following,) = struct.unpack_from(">I", page, start + local)
            while len(row) < total and following in pages:
                overflow = pages[following]
                (following,) = struct.unpack_from(">I", overflow)
                row += overflow[4 : 4 + total - len(row)]
        return row

    def _local(self, total: int) -> int:
        """Return how many bytes of a row with this total size are on the row's own page."""
        most = self._size - 35
        if total <= most:
            return total
        least = (self._size - 12) * 32 // 255 - 23
        local = least + (total - least) % (self._size - 4)
        return local if local <= most else least


def _serial_types(page: bytes, start: int) -> Iterator[int]:
    """Yield the serial types of a row's columns. Raise ValueError if the row does not have the columns of an entry."""
    at, end, count = start + 1, start + page[start], 0
    while at < end:
        kind = 0
        for _ in range(9):
            byte = page[at]
            kind, at = kind << 7 | byte & 0x7F, at + 1
            if byte < 0x80:
                break
        if kind in (10, 11):
            raise ValueError("a reserved serial type")
        count += 1
        yield kind
    if count != _COLUMNS or at != end:
        raise ValueError("a different row")


def _page_size(main: bytes, log: bytes) -> int:
    """Return the size of a page in bytes, from the header of either file."""
    sizes = []
    if len(main) >= 100 and main.startswith(_MAGIC):
        sizes.append(int.from_bytes(main[16:18], "big"))
    if len(log) >= _LOG_HEADER:
        sizes.append(int.from_bytes(log[8:12], "big"))
    known = (65536 if size == 1 else size for size in sizes)
    return next((size for size in known if 512 <= size <= 65536 and size & (size - 1) == 0), _DEFAULT_PAGE)


def _parts(content: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def _log_pages(log: bytes, size: int) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the content of each page in the write-ahead log, oldest first."""
    step = _FRAME_HEADER + size
    for start in range(_LOG_HEADER, len(log) - step + 1, step):
        (number,) = struct.unpack_from(">I", log, start)
        yield number, log[start + _FRAME_HEADER : start + step]
