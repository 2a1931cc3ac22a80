"""Compress an entry of the reply cache: JSON text to a zstd frame with a shared dictionary and a checksum.

Replies are short and alike, so that a dictionary halves and more what zstd alone makes of them (docs/cache.md). A frame
names its dictionary: a dictionary is never changed, a better one gets a separate file.
"""

import threading
from functools import cache
from importlib.resources import files

import zstandard

# In the order of their making; the last one is written with. The ids are of zstd's range for private use.
_DICTIONARIES = {0x4B460001: "replies-1.zdict"}
_NEWEST = 0x4B460001
# Higher levels take five times as long and more, for an eighth less.
_LEVEL = 3
# No entry comes near it; a damaged header may claim any size.
_LARGEST = 2**28

_local = threading.local()  # zstandard's objects serve one thread at a time


class DamagedError(Exception):
    """An entry that cannot be read, and why."""


def pack(text: bytes) -> bytes:
    """The text as it is stored."""
    if not hasattr(_local, "writer"):
        _local.writer = zstandard.ZstdCompressor(_LEVEL, dict_data=_dictionary(_NEWEST), write_checksum=True)
    packed: bytes = _local.writer.compress(text)
    return packed


def unpack(stored: object) -> str | bytes:
    """The text of a stored value; earlier releases stored it as it was. Raises DamagedError."""
    if isinstance(stored, str):
        return stored
    if not isinstance(stored, bytes):
        raise DamagedError("it is neither text nor a compressed text")
    try:
        frame = zstandard.get_frame_parameters(stored)
        if not 0 <= frame.content_size <= _LARGEST:
            raise DamagedError("its compressed text has no sensible size")
        text: bytes = _reader(frame.dict_id).decompress(stored, max_output_size=_LARGEST)
    except (zstandard.ZstdError, MemoryError) as error:
        raise DamagedError(f"its compressed text is damaged ({error})") from error
    return text


def _reader(number: int) -> zstandard.ZstdDecompressor:
    readers: dict[int, zstandard.ZstdDecompressor] = _local.__dict__.setdefault("readers", {})
    if number not in readers:
        if number and number not in _DICTIONARIES:
            raise DamagedError(f"it was compressed with a dictionary ({number}) that this release does not have")
        readers[number] = zstandard.ZstdDecompressor(dict_data=_dictionary(number) if number else None)
    return readers[number]


@cache
def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    data = files("korean_flashcards.llm.cache").joinpath("data", _DICTIONARIES[number]).read_bytes()
    dictionary = zstandard.ZstdCompressionDict(data)
    dictionary.precompute_compress(_LEVEL)
    return dictionary
