"""Write and open files of exported replies. ``transfer`` describes their content.

The file is written in parts. After each part, everything up to it is on disk, even if the next part does not fit.
"""

import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import zstandard

from korean_flashcards.domain.cache_key import key_of
from korean_flashcards.llm.cache.maintenance import CacheEntry
from korean_flashcards.llm.cache.replies import write_archive, write_reply
from korean_flashcards.llm.cache.reply_cache import ReplyCache

FORMAT, VERSION = "korean-flashcards-cache", 1
_LEVEL = 9
_PLAIN = (".jsonl", ".ndjson", ".json")  # suffixes of text files; every other file is compressed
_ZSTD = b"\x28\xb5\x2f\xfd"  # the first bytes of a compressed file


class ExportFile:
    """A new export. A file with a suffix such as .jsonl is plain text; other files are compressed.

    Use it in a ``with`` statement, which writes the last line. All methods raise OSError if the disk is full.
    """

    def __init__(self, cache: ReplyCache, file: Path) -> None:
        self.keys = 0
        self._cache = cache
        self._plain = file.suffix.lower() in _PLAIN
        self._templates: set[str] = set()
        self._lines = 0
        self._out = file.open("wb", buffering=0)

    def add(self, found: Iterable[CacheEntry]) -> None:
        """Write each entry, preceded by its template's key parts, and flush the file to disk.

        Entries without a readable reply are skipped. If the disk is full, the file stays unchanged.
        """
        templates, lines, keys = set(self._templates), list[bytes](), 0
        for one in found:
            if one.newest is None:
                continue
            name = one.newest.template
            parts = self._cache.parts(name) if name not in templates else None
            if name and parts:
                templates.add(name)
                lines.append(_line({"template": name, "parts": parts}))
            reply = json.loads(write_reply(one.reply)) if one.reply else None
            archived = json.loads(write_archive(list(one.archived)))
            lines.append(_line({"key": one.key, "reply": reply, "archived": archived}))
            keys += 1
        self._write(lines)
        self._templates, self._lines, self.keys = templates, self._lines + len(lines), self.keys + keys

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self._write([json_line({"lines": self._lines})])
        finally:
            self._out.close()

    def _write(self, lines: Sequence[bytes]) -> None:
        end = self._out.tell()
        if end == 0:
            made = datetime.now(UTC).isoformat(timespec="seconds")
            lines = [json_line({"format": FORMAT, "version": VERSION, "made": made}), *lines]
        text = b"".join(lines)
        rest = memoryview(text if self._plain else zstandard.ZstdCompressor(_LEVEL, write_checksum=True).compress(text))
        try:
            while rest:
                rest = rest[self._out.write(rest) :]
            os.fsync(self._out.fileno())
        except OSError:
            self._out.truncate(end)
            self._out.seek(end)
            raise


@contextmanager
def opened_export(file: Path) -> Iterator[BinaryIO]:
    """Yield the file's text. The content decides whether it is compressed: earlier releases compressed every file."""
    with file.open("rb") as stored:
        compressed = stored.read(len(_ZSTD)) == _ZSTD
        stored.seek(0)
        if compressed:
            with zstandard.ZstdDecompressor().stream_reader(stored, read_across_frames=True) as stream:
                yield io.BufferedReader(stream)
        else:
            yield stored


def json_line(value: Any) -> bytes:
    """Return the value as a line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _line(entry: dict[str, Any]) -> bytes:
    return json_line({"entry": entry, "sha256": key_of(entry)})
