"""Find the JSON value in a response body, whatever surrounds it and however it is encoded.

A single value never makes the rest unreadable: long numbers become floats, and values that are nested too deeply become
null.
"""

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from korean_flashcards.llm.providers.event_stream import is_event_stream, merged_events

# Maximum nesting depth that is read. Completions have fewer than ten levels.
_DEEPEST = 50
_MOST_BRACKETS = 200_000
# Maximum number of digits in an integer. Python refuses to parse more than 4300.
_MOST_DIGITS = 300
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.S)
_AROUND = "\ufeff\x00 \t\r\n"
# An object with one of these keys is a reply, even if other text surrounds it.
_REPLY_KEYS = frozenset({"choices", "candidates", "content", "usage", "error"})
_LOOKS_PAID = re.compile(rb'\A(?:[{\[]|data:|event:|:)|"(?:choices|usage|content|candidates|chat\.completion)"')


class JsonBody(NamedTuple):
    """The JSON value in a response body, or None.

    ``replaced``: whether undecodable bytes were replaced. ``incomplete``: whether chunks of a stream are missing.
    """

    value: Any
    replaced: bool = False
    incomplete: bool = False


def read_json(body: bytes) -> JsonBody:
    """Return the JSON value in a response body. The chunks of an event stream are merged into one completion."""
    for text, replaced in _texts(body):
        value, incomplete = _read(text.strip(_AROUND))
        if value is not None:
            return JsonBody(value, replaced, incomplete)
    return JsonBody(None)


def parsed_json(body: bytes) -> Any:
    """Return the JSON value in a response body, or None."""
    return read_json(body).value


def looks_like_reply(body: bytes) -> bool:
    """Return whether an unreadable body may be a corrupted reply, rather than a web page or plain text."""
    start = body.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return not start.startswith(b"<") and _LOOKS_PAID.search(start) is not None


def _texts(body: bytes) -> Iterator[tuple[str, bool]]:
    """Yield the body decoded with each encoding that JSON allows, then with invalid bytes replaced.

    Each text comes with a flag: whether invalid bytes were replaced.
    """
    for encoding in dict.fromkeys(("utf-8", json.detect_encoding(body))):
        with contextlib.suppress(UnicodeDecodeError):
            yield body.decode(encoding), False
    yield body.decode("utf-8", errors="replace"), True


def _read(text: str) -> tuple[Any, bool]:
    """Return the JSON value in the text, and whether part of it is missing."""
    if is_event_stream(text):
        return merged_events(text, _loaded)
    value = _loaded(text)
    return (_embedded(text) if value is None else value), False


def _loaded(text: str) -> Any:
    """Return the value of JSON text, or None if the text is invalid."""
    try:
        return _DECODER.decode(_shallow(text))
    except (ValueError, RecursionError):
        return None


def _embedded(text: str) -> Any:
    """Return the first object in the text if it is a reply or an error.

    Some proxies add text before or after the object.
    """
    start = text.find("{")
    if start < 0 or text.startswith("<"):
        return None
    try:
        value, _ = _DECODER.raw_decode(_shallow(text[start:]))
    except (ValueError, RecursionError):
        return None
    return value if _REPLY_KEYS & value.keys() else None


def _shallow(text: str) -> str:
    """Return JSON text in which values nested deeper than ``_DEEPEST`` are replaced with null."""
    if text.count("[") + text.count("{") > _MOST_BRACKETS:
        return ""
    depth, copied, kept = 0, 0, []
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth == _DEEPEST + 1:
                kept.append(f"{text[copied : token.start()]}null")
        elif token[0] in "]}":
            depth -= 1
            if depth == _DEEPEST:
                copied = token.end()
    return "".join(kept) + text[copied:]


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


_DECODER = json.JSONDecoder(strict=False, parse_int=_whole)
