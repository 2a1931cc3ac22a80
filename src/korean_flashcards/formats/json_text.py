"""Find the requested record in a model's reply, despite reasoning, drafts, wrappers, surrounding text, and bad JSON.

``json_values`` splits the reply into JSON values, and ``json_mend`` tries to repair invalid JSON.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from korean_flashcards.domain.clean_text import clean, clean_values, is_clean
from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.formats.json_mend import closed
from korean_flashcards.formats.json_values import (
    ESCAPED_OPENING,
    Piece,
    is_cut,
    opens_record,
    pieces,
    text_before_record,
    without_trailing_commas,
)
from korean_flashcards.formats.reasoning import without_reasoning
from korean_flashcards.formats.refusals import refusal, refusal_in

# A key of an object, also if its quotation marks are escaped or wrong.
_KEY = re.compile(r"""["']\s*[:：]""")
_FENCE = re.compile(r"```[\w-]*[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
# Escapes other than \n, \t, \", \\, and \/ can produce any character, which the text itself does not show.
_ESCAPE = re.compile(r'\\[^nt"\\/]')
_REASONING_NAMES = {
    "reasoning",
    "thinking",
    "thought",
    "thoughts",
    "draft",
    "drafts",
    "scratchpad",
    "question",
    "request",
}
_DEEPEST = 8  # levels of wrappers around a record
_FEW = 2  # a value with at most this many parts of the record may be an error message instead of a record


class RecordShape(NamedTuple):
    """The record that a parser looks for in a reply.

    Attributes:
        score: Returns how many parts of the record a value has. The value with the highest score is used, and the last
            one of values with the same score.
        complete: The lowest score of a complete record. Parts of a record, sketches, and quoted requests score less.
        whole: Returns whether a value is complete. It is called for JSON that lacks only its closing brackets.
        in_list: Whether incomplete JSON may end in a list of plain values, even though the list may be missing values.
        plain: Returns whether a value has the requested form, so that nothing else needs to be considered.
        joined: Combines several values into one record, for replies with one part of the record per line.
    """

    score: Callable[[Any], int]
    complete: int
    whole: Callable[[Any], bool] = lambda value: False
    in_list: bool = False
    plain: Callable[[Any], bool] = lambda value: False
    joined: Callable[[Sequence[Any]], Any] | None = None


class _Scored(NamedTuple):
    score: int
    value: Any


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

    Some models pad a complete reply with whitespace up to the limit. The parser has to check the record itself.
    """
    if is_json(text):
        return True
    if not opens_record(text):
        return text.endswith(("\n\n", "\r\n\r\n"))
    return text.rstrip().removesuffix("```").rstrip().endswith(("}", "]"))


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
        value = json.loads(text, strict=False)
    # A number with 5,000 digits raises ValueError, and deep nesting raises RecursionError, not JSONDecodeError.
    except (ValueError, RecursionError):
        return _searched(text, shape, depth)
    if isinstance(value, str) and depth < _DEEPEST:
        return _find(value, shape, depth + 1)
    if not isinstance(value, dict | list):
        raise _malformed(text)
    if not shape.plain(value):
        best = _best_in(value, shape)
        _check_not_refused(best, shape, "")
        value = best.value
    return value if _ESCAPE.search(text) is None and is_clean(text) else clean_values(value)


def _searched(text: str, shape: RecordShape, depth: int) -> Any:
    """Return the requested record in a reply that is not plain JSON."""
    text = without_reasoning(clean(text))
    found = list(pieces(text))
    best, at = _best_of(found, shape)
    if best.score < shape.complete and depth < _DEEPEST:
        for inner in reversed(_FENCE.findall(text)):
            try:
                value = _find(inner, shape, depth + 1)
            except ReplyError:
                continue
            if shape.score(value) >= shape.complete:
                return value
    complete = best.score >= shape.complete
    broken = [piece for piece in (found[at + 1 :] if complete else found) if not (piece.valid or piece.sketch)]
    if (broken and not complete) or (complete and _continues(found, at)):
        return _closed(text, broken[0].text if broken else found[at].rest, shape)
    if at < 0:
        raise refusal(text) or _malformed(text)
    _check_not_refused(best, shape, text_before_record(text))
    return clean_values(best.value)


def _best_of(found: Sequence[Piece], shape: RecordShape) -> tuple[_Scored, int]:
    """Return the best record in the pieces, and the index of its piece. Without valid JSON, return the value None."""
    best, at, length = _Scored(0, None), -1, 0
    for position, piece in enumerate(found):
        if piece.valid:
            own = _best_in(piece.value, shape)
            # Of two complete records, the later one is the corrected version. Of two parts, the longer one says more.
            own_length = 0 if own.score >= shape.complete else len(piece.text)
            if (own.score, own_length) >= (best.score, length):
                best, at, length = own, position, own_length
    if shape.joined is not None and (joined := _joined(found, at, best.score, shape)):
        best, at = joined, len(found) - 1
    return best, at


def _joined(found: Sequence[Piece], at: int, score: int, shape: RecordShape) -> _Scored | None:
    """Return the record in several pieces if it is better than the best piece, or as good and later."""
    assert shape.joined is not None
    later = found[at + 1 :] if score >= shape.complete else []
    for part, least in ((later, score), (found, score + 1)):
        values = [_expanded(piece.value) for piece in part if piece.valid]
        if len(values) > 1 and shape.score(value := shape.joined(values)) >= least:
            return _Scored(shape.score(value), value)
    return None


def _continues(found: Sequence[Piece], at: int) -> bool:
    """Return whether invalid JSON follows a complete record. It may be a corrected version, which must not be ignored."""
    rest = found[at].rest
    for piece in found[at + 1 :]:
        if piece.valid or piece.sketch:
            rest = rest.replace(piece.text, "", 1)
        elif not piece.closed:
            return True
    return len(_KEY.findall(rest)) > 1


def _best_in(value: Any, shape: RecordShape) -> _Scored:
    """Return the best record in a JSON value: the value itself, a part of it, or JSON in a string in it."""
    best = _nested(value, shape, 0)
    if best.score < shape.complete and (expanded := _expanded(value)) != value:
        inner = _nested(expanded, shape, 0)
        best = inner if inner.score > best.score else best
    return best


def _nested(value: Any, shape: RecordShape, depth: int) -> _Scored:
    own = _Scored(shape.score(value), value)
    if own.score >= shape.complete or depth == _DEEPEST or not isinstance(value, dict | list):
        return own
    scored = [_nested(part, shape, depth + 1) for part in _parts(value)]
    best = max(reversed(scored), key=lambda part: part.score, default=own)
    # Nothing tells which record of a list is meant.
    several = isinstance(value, list) and sum(part.score == best.score for part in scored) > 1
    return own if several or best.score <= own.score else best


def _parts(value: Any) -> Iterator[Any]:
    """Yield the parts of an object or array. Drafts come first, because the last complete record is the answer."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].lower() not in _REASONING_NAMES)
        yield from (part for _, part in members)
    else:
        yield from value


def _expanded(value: Any, depth: int = 0) -> Any:
    """Return the value with JSON inside strings parsed, as in the arguments of a tool call."""
    if depth == _DEEPEST:
        return value
    if isinstance(value, list):
        return [_expanded(part, depth + 1) for part in value]
    if isinstance(value, dict):
        return {name: _expanded(part, depth + 1) for name, part in value.items()}
    if not isinstance(value, str) or not (opens_record(value) or ESCAPED_OPENING.search(value)):
        return value
    text = clean(value)
    try:
        return _expanded(json.loads(text, strict=False), depth + 1)
    except (ValueError, RecursionError):
        found = list(pieces(text))
    if not found or not all(piece.valid for piece in found):
        return value
    values = [_expanded(piece.value, depth + 1) for piece in found]
    return values[0] if len(values) == 1 else values


def _check_not_refused(best: _Scored, shape: RecordShape, before: str) -> None:
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
