"""Split a reply into the JSON objects and arrays that it contains, in order."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from korean_flashcards.formats.malformed_json import repaired_json

OPENING = re.compile(r"""[{｛]\s*(?:"|\Z|/[/*]|'[^'\n]*'\s*[:：]|[^\W\d]\w*\s*[:：])|[\[［]\s*(?:[{｛]|\Z|/[/*])""")
# The start of an object whose quotation marks are escaped, because the model wrote JSON inside a string.
# The number of brackets is limited, because a reply may consist of them.
ESCAPED_OPENING = re.compile(r'[\[{](?:[\s\[{]|\\[nrt]){0,20}\\+"')
_ANY_OPENING = re.compile(
    rf'{OPENING.pattern}|"(?=(?:\s|\\[nrt]|```\w*|\\+"){{0,9}}{ESCAPED_OPENING.pattern})|{ESCAPED_OPENING.pattern}'
)
# The inside of a string.
_INSIDE = re.compile(r'(?:\\.|[^"\\])*', re.DOTALL)
# A comma before a closing bracket, outside of strings. The first alternative consumes whole strings.
_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*(?:"|\\?\Z))|,(?=\s*[}\]])', re.DOTALL)
# A string, or the start of a string that is cut off by the end of the text.
_STRING = re.compile(r'"(?:\\.|[^"\\])*(?:"|\\?\Z)', re.DOTALL)
_STRING_OR_BRACKET = re.compile(rf"(?:{_STRING.pattern})|[{{}}\[\]]", re.DOTALL)
# Punctuation of East Asian input methods, and wide spaces, which models write between the strings.
_WIDE = str.maketrans("：，｛｝［］\u3000\xa0\u2002\u2003\u2009\u202f", ":,{}[]      ")
_HAS_WIDE = re.compile("[：，｛｝［］\u3000\xa0\u2002\u2003\u2009\u202f]")
_ELLIPSIS = re.compile(r"…|\.\.\.")
# A record that starts a line or a code fence does not belong to the unfinished sketch before it.
_NEW_RECORD = re.compile(r"(?<=\n)[{｛]\s*\"")
# What may follow invalid JSON if the JSON really ends there. In a sentence, only a sketch is skipped.
_END, _END_OF_SKETCH = (
    re.compile(r"[ \t]*(?:\n|\Z|```|<)"),
    re.compile(r"[ \t]*(?:\n|\Z|```|<|[.!?)]|:\s|(?<=[ \t])\w)"),
)
_DECODER = json.JSONDecoder(strict=False)


class Piece(NamedTuple):
    """A part of a reply that looks like JSON.

    Attributes:
        value: The value, or None if the JSON is invalid. A string contains JSON itself.
        text: The JSON as the model wrote it.
        valid: Whether the JSON is valid, or could be repaired without loss.
        closed: Whether every bracket is closed.
        rest: The text that follows.
        sketch: Whether an ellipsis replaces parts of the record, as in ``{"term": "남성", …}``.
        before: The text between this piece and the previous one.
    """

    value: Any
    text: str
    rest: str
    valid: bool = True
    closed: bool = True
    sketch: bool = False
    before: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """Yield the pieces of the text that look like JSON.

    A record inside an invalid piece is only a part of the reply, so it is not yielded.
    """
    while (opening := _ANY_OPENING.search(text)) is not None:
        raw = text[opening.start() :]
        escaped = raw[0] == '"' or ESCAPED_OPENING.match(raw)
        piece = _escaped(raw) if escaped else _valid(raw) or _invalid(raw)
        yield piece._replace(before=text[: opening.start()])
        text = piece.rest


def _valid(raw: str) -> Piece | None:
    """Return the valid or repaired JSON at the start of the text, or None if the JSON is invalid."""
    if (found := _decoded(raw)) is not None:
        return Piece(found[0], raw[: found[1]], raw[found[1] :])
    plain = without_trailing_commas(raw)
    if (found := _decoded(plain)) is None:
        if (repaired := repaired_json(raw)) is not None:
            return Piece(repaired[0], raw[: repaired[1]], raw[repaired[1] :])
        plain = without_trailing_commas(_narrow(raw)) if _HAS_WIDE.search(raw) else ""
        if (found := _decoded(plain)) is None:
            return None
    value, end = found
    return Piece(value, plain[:end], plain[end:])


def _escaped(raw: str) -> Piece:
    """Return the JSON with escaped quotation marks at the start of the text, with or without quotation marks around it."""
    quoted = raw[0] == '"'
    inside = _INSIDE.match(raw, quoted)
    assert inside is not None
    end = inside.end() + 1 if quoted else max(inside[0].rfind("}"), inside[0].rfind("]")) + 1
    try:
        if end == 0:
            raise ValueError("no closing bracket")
        return Piece(json.loads(raw[:end] if quoted else f'"{raw[:end]}"', strict=False), raw[:end], raw[end:])
    except ValueError:
        return Piece(None, raw, "", valid=False, closed=False)


def _decoded(text: str) -> tuple[Any, int] | None:
    try:
        return _DECODER.raw_decode(text)
    # A number with 5,000 digits raises ValueError, and deep nesting raises RecursionError, not JSONDecodeError.
    except (ValueError, RecursionError):
        return None


def _invalid(raw: str) -> Piece:
    """Return the invalid JSON at the start of the text.

    If its end is uncertain, the piece is not closed and contains the rest of the text. But a record that starts a new line
    does not belong to a sketch without an end.
    """
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(raw):
        depth += (match[0] in "{[") - (match[0] in "}]")
        if depth == 0:
            text = raw[: match.end()]
            sketch = _has_ellipsis(text)
            # An unescaped quotation mark hides which brackets are inside strings. So all brackets have to be in pairs too,
            # and the text must not continue like JSON.
            even = sum(map(text.count, "{[")) == sum(map(text.count, "}]"))
            if even and (_END_OF_SKETCH if sketch else _END).match(raw, match.end()):
                return Piece(None, text, raw[match.end() :], valid=False, sketch=sketch)
            break
    following = _NEW_RECORD.search(raw, 1)
    if following is not None and _has_ellipsis(text := raw[: following.start()]):
        return Piece(None, text, raw[len(text) :], valid=False, closed=False, sketch=True)
    return Piece(None, raw, "", valid=False, closed=False)


def _has_ellipsis(text: str) -> bool:
    """Return whether the text has an ellipsis outside of strings."""
    return _ELLIPSIS.search(_STRING.sub("", text)) is not None


def without_trailing_commas(text: str) -> str:
    """Return the text without commas before closing brackets."""
    return _TRAILING_COMMA.sub(lambda match: match[1] or "", text)


def opens_record(text: str) -> bool:
    """Return whether the text contains the start of an object or of an array of objects ("[nam.sʌŋ]" is neither)."""
    return OPENING.search(text) is not None


def text_before_record(text: str) -> str:
    """Return the text before the first object or array of objects."""
    opening = OPENING.search(text)
    return text[: opening.start()] if opening else text


def is_cut(text: str) -> bool:
    """Return whether the JSON has more opening than closing brackets."""
    bare = _STRING.sub("", text)
    return sum(map(bare.count, "{[")) > sum(map(bare.count, "}]"))


def _narrow(text: str) -> str:
    """Replace full-width punctuation and wide spaces outside of strings. The length does not change."""
    parts: list[str] = []
    position = 0
    for string in _STRING.finditer(text):
        parts += [text[position : string.start()].translate(_WIDE), string[0]]
        position = string.end()
    return "".join([*parts, text[position:].translate(_WIDE)])
