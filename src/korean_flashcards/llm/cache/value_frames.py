"""Find the entries of a damaged cache file by their values, for rows whose headers are damaged.

A value is a zstd frame, which begins with a known number and contains a checksum. The entry's name and two times come
before it. A damaged row header says nothing about where a value ends, so the checksum decides.
"""

import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from math import isfinite

from korean_flashcards.llm.cache.packing import DamagedError, unpack
from korean_flashcards.llm.cache.reply_cache import ARCHIVE, TEMPLATE

_MAGIC = b"\x28\xb5\x2f\xfd"
# After the name come the times of storing and of the last access, up to three integers, and the value.
# The last byte of a header may look like a digit, so the last 64 digits are the key.
_BEFORE = re.compile(rb".*([0-9a-f]{64})(.{8}).{8}.{0,24}\Z", re.DOTALL)
_LONGEST = 120  # bytes of a name, the times, and the integers
_LINK = 4  # bytes: the number of the next overflow page


def entries_by_value(
    pages: Iterable[bytes], versions: Sequence[Mapping[int, bytes]]
) -> Iterator[tuple[str | None, float, bytes]]:
    """Yield the name, the time, and the value of each intact value. Without an intact name, the name is None.

    Args:
        pages: The pages to search.
        versions: The pages by number, in which a large value can continue.
    """
    for page in pages:
        at = page.find(_MAGIC)
        while at >= 0:
            value = _value(page, at, versions)
            if value is not None:
                yield *_name_and_time(page[max(0, at - _LONGEST) : at]), value
            at = page.find(_MAGIC, at + 1)


def _name_and_time(before: bytes) -> tuple[str | None, float]:
    found = _BEFORE.search(before)
    if found is None:
        return None, 0.0
    (stored,) = struct.unpack(">d", found[2])
    kind = next((kind for kind in (ARCHIVE, TEMPLATE) if before.endswith(kind.encode(), 0, found.start(1))), "")
    return f"{kind}{found[1].decode('ascii')}", stored if isfinite(stored) else 0.0


def _value(page: bytes, at: int, versions: Sequence[Mapping[int, bytes]]) -> bytes | None:
    """Return the value that begins at this place, with the bytes after it, or None if no intact value begins there."""
    candidates = (page[at:], *(value for pages in versions for value in _continued(page, at, pages)))
    for value in candidates:
        with suppress(DamagedError):
            unpack(value)
            return value
    return None


def _continued(page: bytes, at: int, pages: Mapping[int, bytes]) -> Iterator[bytes]:
    """Yield the values that could begin at this place and continue on other pages.

    The number of the next page follows directly after the part on this page. Few other bytes are the number of a page.
    """
    for end in range(at + len(_MAGIC), len(page) - _LINK + 1):
        (following,) = struct.unpack_from(">I", page, end)
        parts, seen = [page[at:end]], set[int]()
        while following in pages and following not in seen:
            seen.add(following)
            parts.append(pages[following][_LINK:])
            (following,) = struct.unpack_from(">I", pages[following])
        if seen and following == 0:
            yield b"".join(parts)
