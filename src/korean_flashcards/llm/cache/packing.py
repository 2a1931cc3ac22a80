"""Compress reply cache entries into zstd frames with a shared dictionary and a checksum.

Replies are short and similar, so with a shared dictionary they are less than half as large as with zstd alone (see
docs/explanation/cache.md). Each frame contains its dictionary's ID. Never change an existing dictionary: add a better
one as a new file.
"""

import threading
from functools import cache
from importlib.resources import files

import zstandard

# Dictionary ID → file, oldest first. New entries use the newest dictionary. The IDs are in zstd's private range.
_DICTIONARIES = {0x4B460001: "replies-1.zdict"}
_NEWEST = 0x4B460001
# Higher levels take at least five times as long but save only an eighth of the size.
_LEVEL = 3
# Maximum size in bytes. Entries are much smaller, but a corrupted header may claim any size.
_LARGEST = 2**28

_local = threading.local()  # zstandard's objects may be used by only one thread at a time


class DamagedError(Exception):
    """Raised when a cache entry cannot be read. The error message gives the reason."""


def pack(text: bytes) -> bytes:
    """Return the compressed text."""
    if not hasattr(_local, "writer"):
        _local.writer = zstandard.ZstdCompressor(_LEVEL, dict_data=_dictionary(_NEWEST), write_checksum=True)
    packed: bytes = _local.writer.compress(text)
    return packed


def unpack(stored: object) -> str | bytes:
    """Return a stored value's text. Earlier releases stored text uncompressed. Raises DamagedError."""
    if isinstance(stored, str):
        return stored
    if not isinstance(stored, bytes):
        raise DamagedError("it is neither text nor compressed text")
    try:
        frame = zstandard.get_frame_parameters(stored)
        if not 0 <= frame.content_size <= _LARGEST:
            raise DamagedError("the size in its header is implausible")
        text: bytes = _reader(frame.dict_id).decompress(stored, max_output_size=_LARGEST)
    except (zstandard.ZstdError, MemoryError) as error:
        raise DamagedError(f"its compressed text is corrupted ({error})") from error
    return text


def _reader(number: int) -> zstandard.ZstdDecompressor:
    readers: dict[int, zstandard.ZstdDecompressor] = _local.__dict__.setdefault("readers", {})
    if number not in readers:
        if number and number not in _DICTIONARIES:
            raise DamagedError(f"it was compressed with a dictionary ({number}) that this release does not include")
        readers[number] = zstandard.ZstdDecompressor(dict_data=_dictionary(number) if number else None)
    return readers[number]


@cache
def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    data = files("korean_flashcards.llm.cache").joinpath("data", _DICTIONARIES[number]).read_bytes()
    dictionary = zstandard.ZstdCompressionDict(data)
    dictionary.precompute_compress(_LEVEL)
    return dictionary
