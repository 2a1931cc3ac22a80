"""Split a reply into the JSON objects and arrays that it contains, in order."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from korean_flashcards.formats.json_mend import mended

OPENING = re.compile(r"""[{｛]\s*(?:"|\Z|/[/*]|'[^'\n]*'\s*[:：]|[^\W\d]\w*\s*[:：])|[\[［]\s*(?:[{｛]|\Z|/[/*])""")
# A comma before a closing bracket, outside of strings. The first alternative consumes whole strings.
_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.DOTALL)
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
_END, _END_OF_SKETCH = re.compile(r"[ \t]*(?:\n|\Z|```|<)"), re.compile(r"[ \t]*(?:\n|\Z|```|<|[.!?)]|(?<=[ \t])\w)")
_DECODER = json.JSONDecoder(strict=False)


class Piece(NamedTuple):
    """A part of a reply that looks like JSON.

    Attributes:
        value: The value, or None if the JSON is invalid.
        text: The JSON as the model wrote it.
        valid: Whether the JSON is valid, or could be repaired without loss.
        closed: Whether every bracket is closed.
    """

    value: Any
    text: str
    valid: bool = True
    closed: bool = True

    @property
    def sketch(self) -> bool:
        """Return whether an ellipsis stands for parts of the record, as in ``{"term": "남성", …}``."""
        return not self.valid and _ELLIPSIS.search(_STRING.sub("", self.text)) is not None


def pieces(text: str) -> Iterator[Piece]:
    """Yield the pieces of the text that look like JSON.

    A record inside an invalid piece is only a part of the reply, so it is not yielded.
    """
    rest = text
    while (opening := OPENING.search(rest)) is not None:
        raw = rest[opening.start() :]
        if (found := _valid(raw)) is not None:
            piece, rest = found
            yield piece
        elif (end := _closing(raw)) is not None:
            yield Piece(None, raw[:end], valid=False)
            rest = raw[end:]
        else:
            following = _NEW_RECORD.search(raw, 1)
            if following is None or not Piece(None, raw[: following.start()], valid=False).sketch:
                yield Piece(None, raw, valid=False, closed=False)
                return
            yield Piece(None, raw[: following.start()], valid=False, closed=False)
            rest = raw[following.start() :]


def _valid(raw: str) -> tuple[Piece, str] | None:
    """Return the valid or repaired JSON at the start of the text and the rest, or None if the JSON is invalid."""
    plain = without_trailing_commas(raw)
    if (found := _decoded(plain)) is None:
        if (repaired := mended(raw)) is not None:
            return Piece(repaired[0], raw[: repaired[1]]), raw[repaired[1] :]
        plain = without_trailing_commas(_narrow(raw)) if _HAS_WIDE.search(raw) else ""
        if (found := _decoded(plain)) is None:
            return None
    value, end = found
    return Piece(value, plain[:end]), plain[end:]


def _decoded(text: str) -> tuple[Any, int] | None:
    try:
        return _DECODER.raw_decode(text)
    # A number with 5,000 digits raises ValueError, and deep nesting raises RecursionError, not JSONDecodeError.
    except (ValueError, RecursionError):
        return None


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


def _closing(text: str) -> int | None:
    """Return where the invalid JSON at the start of the text ends, or None if that is uncertain.

    An unescaped quotation mark hides which brackets are inside strings. So all brackets have to be in pairs too, and the
    text must not continue like JSON.
    """
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        depth += (match[0] in "{[") - (match[0] in "}]")
        if depth == 0:
            piece = Piece(None, text[: match.end()], valid=False)
            even = sum(map(piece.text.count, "{[")) == sum(map(piece.text.count, "}]"))
            ends = (_END_OF_SKETCH if piece.sketch else _END).match(text, match.end())
            return match.end() if even and ends else None
    return None
