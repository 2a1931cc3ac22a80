"""Find the requested record in a model's reply, despite reasoning, drafts, wrappers, surrounding text, and bad JSON.

``json_values`` splits the reply into JSON values, and ``malformed_json`` tries to repair invalid JSON.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from korean_flashcards.domain.clean_text import clean, clean_values, is_clean
from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.formats.json_readings import other_readings
from korean_flashcards.formats.json_values import (
    Piece,
    is_cut,
    opens_record,
    pieces,
    text_before_record,
    without_trailing_commas,
)
from korean_flashcards.formats.malformed_json import closed
from korean_flashcards.formats.reasoning import without_reasoning
from korean_flashcards.formats.record_search import RecordShape, Scored, best_in, best_of
from korean_flashcards.formats.refusals import refusal, refusal_in

# A key of an object, also if its quotation marks are escaped or wrong.
_KEY = re.compile(r"""["']\s*[:：]""")
_FENCE = re.compile(r"```[\w-]*[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
# Escapes other than \n, \t, \", \\, and \/ can produce any character, which the text itself does not show.
_ESCAPE = re.compile(r'\\[^nt"\\/]')
# The padding after a reply, backward, because a search for the end of the text would start at every character.
_PADDING_BACKWARD = re.compile(r"(?:[\s\x00]|[nrt0]\\|0000u\\)*")
_DECODER = json.JSONDecoder(strict=False)
_DEEPEST = 8  # levels of JSON in strings and fences
_FEW = 2  # a value with at most this many parts of the record may be an error message instead of a record


def find_json(text: str, shape: RecordShape) -> Any:
    """Return the requested record in ``text``, or the value that is most like it. All strings in it are cleaned.

    Raises:
        ReplyError: The code is ``cut_short`` if an object or array is incomplete; otherwise, it is ``empty``,
            ``refused``, or ``malformed``.
    """
    return _find(text, shape, 0)


def is_json(text: str) -> bool:
    """Return whether the text is valid JSON and needs no repair."""
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def ends_complete(text: str) -> bool:
    """Return whether a reply that reached the token limit may still be complete.

    Some models pad a complete reply up to the limit, with whitespace, NUL characters, or escaped line breaks. The parser
    has to check the record itself.
    """
    if is_json(text):
        return True
    if not opens_record(text):
        return text.endswith(("\n\n", "\r\n\r\n"))
    padding = _PADDING_BACKWARD.match(text[::-1])
    text = text[: len(text) - padding.end()] if padding else text
    return text.removesuffix("```").rstrip().endswith(("}", "]"))


def unwrapped(value: Any) -> Any:
    """Unwrap a record that the model put inside one-element lists or one-member objects."""
    while isinstance(value, dict | list) and len(value) == 1:
        inner = value[0] if isinstance(value, list) else next(iter(value.values()))
        if not isinstance(inner, dict | list):
            break
        value = inner
    return value


def _find(text: str, shape: RecordShape, depth: int) -> Any:
    if not text.strip():
        raise ReplyError(FailureCode.EMPTY, "the reply is empty")
    # Try the unchanged text first: almost every reply is plain JSON, and preparing it takes longer than parsing it.
    try:
        value = _DECODER.decode(text)
    # A number with 5,000 digits raises ValueError, and deep nesting raises RecursionError, not JSONDecodeError.
    except (ValueError, RecursionError):
        return _searched(text, shape, depth)
    if isinstance(value, str) and depth < _DEEPEST:
        return _find(value, shape, depth + 1)
    if not isinstance(value, dict | list):
        raise _malformed(text)
    if not shape.plain(value):
        best = best_in(value, shape)
        _check_not_refused(best, shape, "")
        value = best.value
    return value if _ESCAPE.search(text) is None and is_clean(text) else clean_values(value)


def _searched(text: str, shape: RecordShape, depth: int) -> Any:
    """Return the requested record in a reply that is not plain JSON."""
    text = without_reasoning(clean(text))
    found = list(pieces(text))
    best, at = best_of(found, shape)
    if best.score < shape.complete and depth < _DEEPEST:
        for inner in reversed(_FENCE.findall(text)):
            try:
                value = _find(inner, shape, depth + 1)
            except ReplyError:
                continue
            if shape.score(value) >= shape.complete:
                return value
        for reading in other_readings(text):
            other = list(pieces(reading))
            other_best, other_at = best_of(other, shape)
            if other_best.score >= shape.complete:
                text, found, best, at = reading, other, other_best, other_at
                break
    complete = best.score >= shape.complete
    broken = [piece for piece in (found[at + 1 :] if complete else found) if not (piece.valid or piece.sketch)]
    if (broken and not complete) or (complete and _continues(found, at)):
        return _closed(text, broken[0].text if broken else found[at].rest, shape)
    if at < 0:
        raise refusal(text) or _malformed(text)
    _check_not_refused(best, shape, text_before_record(text))
    return clean_values(best.value)


def _continues(found: Sequence[Piece], at: int) -> bool:
    """Return whether invalid JSON follows a complete record. It may be a corrected version, which must not be ignored."""
    rest = found[at].rest
    for piece in found[at + 1 :]:
        if piece.valid or piece.sketch:
            rest = rest.replace(piece.text, "", 1)
        elif not piece.closed:
            return True
    return len(_KEY.findall(rest)) > 1


def _check_not_refused(best: Scored, shape: RecordShape, before: str) -> None:
    """Raise ReplyError if a value with little of the record contains a refusal or follows one (``before``)."""
    if best.score <= min(_FEW, shape.complete - 1) and (refused := refusal_in(best.value) or refusal(before)):
        raise refused


def _closed(text: str, raw: str, shape: RecordShape) -> Any:
    """Return the value of JSON that lacks only its closing brackets.

    Raises:
        ReplyError: The code is ``cut_short`` if there are more opening than closing brackets, and ``malformed``
            otherwise.
    """
    plain = without_trailing_commas(raw)
    found = closed(plain)
    if found is not None and (shape.in_list or not found[1]) and shape.whole(found[0]):
        return clean_values(found[0])
    if is_cut(plain):
        message = f"the reply ends in the middle of its JSON: …{text.strip()[-60:]!r}"
        raise ReplyError(FailureCode.CUT_SHORT, message)
    raise _malformed(text)


def _malformed(text: str) -> ReplyError:
    return ReplyError(
        FailureCode.MALFORMED, f"the reply contains no valid JSON object: {' '.join(text.split())[:120]!r}"
    )
