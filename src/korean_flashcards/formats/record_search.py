"""Choose the requested record among the JSON values of a reply: not a draft, a part, or the repeated request."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.formats.draft_labels import is_draft_key, is_draft_label, is_example_label, is_marked_as_draft
from korean_flashcards.formats.json_values import ESCAPED_OPENING, Piece, opens_record, pieces

_DEEPEST = 8  # levels of wrappers around a record


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
        revised: Returns a complete record with the parts that a later value corrects, or the record itself.
    """

    score: Callable[[Any], int]
    complete: int
    whole: Callable[[Any], bool] = lambda value: False
    in_list: bool = False
    plain: Callable[[Any], bool] = lambda value: False
    joined: Callable[[Sequence[Any]], Any] | None = None
    revised: Callable[[Any, Any], Any] | None = None


class Scored(NamedTuple):
    """A value with the number of parts of the record that it has."""

    score: int
    value: Any


def best_of(found: Sequence[Piece], shape: RecordShape) -> tuple[Scored, int]:
    """Return the best record in the pieces, and the index of its piece. Without valid JSON, return the value None.

    A record that is labeled as a draft is only used if there is no other complete record.
    """
    best, at, rank = Scored(0, None), -1, (0, False, 0)
    for position, piece in enumerate(found):
        if piece.valid:
            own = best_in(piece.value, shape)
            complete = own.score >= shape.complete
            # Of two complete records, the later one is the corrected version. Of two parts, the longer one says more.
            own_rank = (own.score, complete and not is_draft_label(piece.before), 0 if complete else len(piece.text))
            if own_rank >= rank:
                best, at, rank = own, position, own_rank
    if shape.joined is not None and (joined := _joined(found, at, best.score, shape)):
        best, at = joined, len(found) - 1
    if best.score >= shape.complete and shape.revised is not None:
        best = Scored(best.score, _revised(best.value, found[at + 1 :], shape.revised))
    return best, at


def best_in(value: Any, shape: RecordShape) -> Scored:
    """Return the best record in a JSON value: the value itself, a part of it, or JSON in a string in it."""
    best = _nested(value, shape, 0)
    if best.score < shape.complete and (expanded := _expanded(value)) != value:
        inner = _nested(expanded, shape, 0)
        best = inner if inner.score > best.score else best
    return best


def _joined(found: Sequence[Piece], at: int, score: int, shape: RecordShape) -> Scored | None:
    """Return the record in several pieces if it is better than the best piece, or as good and later."""
    assert shape.joined is not None
    later = found[at + 1 :] if score >= shape.complete else []
    for part, least in ((later, score), (found, score + 1)):
        valid = [piece for piece in part if piece.valid]
        unlabeled = [piece for piece in valid if not is_draft_label(piece.before)]
        for chosen in (unlabeled, valid) if score < shape.complete else (unlabeled,):
            values = [_expanded(piece.value) for piece in chosen]
            if len(values) > 1 and shape.score(value := shape.joined(values)) >= least:
                return Scored(shape.score(value), value)
    return None


def _revised(value: Any, later: Sequence[Piece], revised: Callable[[Any, Any], Any]) -> Any:
    """Return a complete record with the corrections that follow it, without drafts and examples."""
    for piece in later:
        if piece.valid and not is_draft_label(piece.before) and not is_example_label(piece.before):
            value = revised(value, _expanded(piece.value))
    return value


def _nested(value: Any, shape: RecordShape, depth: int) -> Scored:
    own = Scored(shape.score(value), value)
    if own.score >= shape.complete or depth == _DEEPEST or not isinstance(value, dict | list):
        return own
    scored = [_nested(part, shape, depth + 1) for part in _parts(value)]
    best = max(reversed(scored), key=lambda part: part.score, default=own)
    # Of several incomplete records in a list, it is unclear which one is meant. Of complete records, the last one counts.
    several = isinstance(value, list) and sum(part.score == best.score for part in scored) > 1
    return own if (several and best.score < shape.complete) or best.score <= own.score else best


def _parts(value: Any) -> Iterator[Any]:
    """Yield the parts of an object or array. Drafts come first, because the last complete record is the answer."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: not is_draft_key(member[0]))
        yield from (part for _, part in members)
    else:
        yield from sorted(value, key=lambda part: not is_marked_as_draft(part))


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
