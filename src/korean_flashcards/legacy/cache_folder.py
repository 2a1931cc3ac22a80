"""Read an earlier system's cache folder.

The folder contains analyses in ``stage1/ab/<sha256>.json`` and cards in ``stage2/ab/<sha256>.json``. A file is plain,
gzip or lz4 JSON, as shown by its first bytes: ``{"vocabulary_item": {"position", "term", "type"}, "response": {…}, "tokens",
"cached_at"}``. In stage 1, ``response`` is the analysis. In stage 2 it is ``{"rows": [cards]}``, and ``stage1_result``
is the analysis that the cards were written from. Files with the same term are merged into one word, newest file first.
"""

import gzip
import io
import json
import re
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import lz4.block
import lz4.frame

from korean_flashcards.domain.errors import LegacyError
from korean_flashcards.legacy.legacy_data import (
    Found,
    Kind,
    LegacyData,
    LegacyProblem,
    LegacyWord,
    card_of,
    pos_hint,
    problem,
    term_of,
    text_of,
    time_of,
    whole_number,
)

STAGES = ("stage1", "stage2")
# A reply has a few thousand bytes, so a file that unpacks to more than this size is not a reply.
_LARGEST = 16 * 1024 * 1024
_OBJECT = re.compile(rb"(\xef\xbb\xbf)?\s*[{\[]")
_GZIP, _LZ4 = b"\x1f\x8b", b"\x04\x22\x4d\x18"


class _Unusable(Exception):
    """Raised when a file has no usable content. The message gives the reason."""


def read_cache_folder(folder: Path) -> LegacyData:
    """Return the words in the folder. Raises LegacyError if stage1 and stage2 contain no files."""
    entries: list[_Entry] = []
    problems: list[LegacyProblem] = []
    for stage in STAGES:
        for file in sorted((folder / stage).rglob("*")):
            if not file.is_file() or file.name.startswith("."):
                continue
            entry = _Entry(file.relative_to(folder).as_posix(), stage)
            try:
                entry.read(_content(file))
            except _Unusable as error:
                what: Kind = "analysis" if stage == "stage1" else "cards"
                problems.append(problem(entry.where, what, str(error)))
            entries.append(entry)
    if not entries:
        raise LegacyError(
            f"{folder} contains no cached replies: there are no files in {' or '.join(STAGES)}. Nothing was imported. "
            "Check the path."
        )
    by_term: dict[str, list[_Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.newness, reverse=True):
        if entry.term:
            by_term.setdefault(entry.term, []).append(entry)
    return LegacyData([_word(term, by_term[term]) for term in sorted(by_term)], problems)


class _Entry:
    """The content of one file. ``value`` is None if the file names a word but has no usable response."""

    def __init__(self, where: str, stage: str) -> None:
        self.where, self.stage = where, stage
        self.item: dict[str, Any] = {}
        self.term = ""
        self.created: str | None = None
        self.spare_analysis: Any = None
        self.value: Any = None
        self.tokens = (0, 0)

    @property
    def newness(self) -> tuple[str, str]:
        """Return a sort key: the time stored in the file, then the file's name."""
        return self.created or "", self.where.rpartition("/")[2]

    def read(self, content: dict[str, Any]) -> None:
        """Read the file's content. Raises _Unusable if the content has no word or no response."""
        item = content.get("vocabulary_item")
        self.item = item if isinstance(item, dict) else {}
        self.term = term_of(self.item.get("term"))
        if not self.term:
            raise _Unusable("vocabulary_item has no term")
        self.created = time_of(content.get("cached_at"))
        self.spare_analysis = content.get("stage1_result")
        self.tokens = _tokens(content.get("tokens"))
        self.value = _analysis(content) if self.stage == "stage1" else _cards(content)

    def found(self) -> Found:
        """Return the response with its location and time."""
        return Found(self.where, self.value, self.created, *self.tokens)


def _word(term: str, entries: list[_Entry]) -> LegacyWord:
    spare = [
        Found(f"{one.where}, stage1_result", one.spare_analysis, one.created, spare=True)
        for one in entries
        if isinstance(one.spare_analysis, dict)
    ]
    kind = pos_hint(text_of(entries[0].item.get("type")))
    return LegacyWord(
        where=entries[0].where,
        term=term,
        values={"pos": kind} if kind else {},
        position=whole_number(entries[0].item.get("position")),
        analyses=[one.found() for one in entries if one.stage == "stage1" and one.value] + spare,
        cards=[[one.found()] for one in entries if one.stage == "stage2" and one.value],
    )


def _content(file: Path) -> dict[str, Any]:
    try:
        data = _unpacked(file.read_bytes())
    except OSError as error:
        raise _Unusable(f"the file cannot be read: {error.strerror or error}") from error
    if not data.strip():
        raise _Unusable("the file is empty")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _Unusable(f"the file is not JSON or is truncated ({str(error)[:80]})") from error
    if not isinstance(content, dict):
        raise _Unusable("the file is not a JSON object")
    return content


def _unpacked(data: bytes) -> bytes:
    """Return the unpacked data. Raises _Unusable if the data is truncated, corrupted, or too large."""
    try:
        if data.startswith(_GZIP):
            plain = gzip.GzipFile(fileobj=io.BytesIO(data)).read(_LARGEST + 1)
        elif data.startswith(_LZ4):
            plain = lz4.frame.LZ4FrameFile(io.BytesIO(data)).read(_LARGEST + 1)
        else:
            plain = data if _OBJECT.match(data) else _unpacked_block(data)
    except (EOFError, OSError, RuntimeError, zlib.error) as error:
        raise _Unusable(f"the file cannot be unpacked: {error}") from error
    if len(plain) > _LARGEST:
        raise _Unusable(f"the file unpacks to more than {_LARGEST // 1024**2} MB")
    return plain


def _unpacked_block(data: bytes) -> bytes:
    """Decompress an lz4 block that begins with its length. Return any other data unchanged."""
    if 0 < int.from_bytes(data[:4], "little") <= _LARGEST:
        with suppress(lz4.block.LZ4BlockError):
            return bytes(lz4.block.decompress(data))
    return data


def _analysis(content: dict[str, Any]) -> dict[str, Any]:
    response = content.get("response")
    if not isinstance(response, dict) or not response:
        raise _Unusable("response is empty" if not response else "response is not an object with the 17 fields")
    return response


def _cards(content: dict[str, Any]) -> list[dict[str, Any]]:
    response = content.get("response")
    rows = response.get("rows") if isinstance(response, Mapping) else None
    if not isinstance(rows, list) or not rows:
        raise _Unusable("rows is empty" if rows == [] else "response has no rows")
    cards = []
    for number, row in enumerate(rows, 1):
        card = card_of(row)
        if isinstance(card, str):
            raise _Unusable(f"row {number}: {card}")
        cards.append(card)
    return cards


def _tokens(value: Any) -> tuple[int, int]:
    """Return the numbers of input and output tokens, whose names differ by provider.

    If only the total is known, it is counted as output, because most tokens were output.
    """
    if not isinstance(value, dict):
        return 0, whole_number(value) or 0
    names = {
        side: next((count for name in known if (count := whole_number(value.get(name)))), 0)
        for side, known in {
            "in": ("prompt_tokens", "input_tokens", "prompt", "input", "in"),
            "out": ("completion_tokens", "output_tokens", "completion", "output", "out"),
        }.items()
    }
    return names["in"], names["out"]
