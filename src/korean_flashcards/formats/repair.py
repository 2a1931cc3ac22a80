"""Repair a partially invalid reply: request the failed parts again, and insert the new parts.

This module builds the repair request and merges the new parts. The model client decides when to send the request. Only
errors that name the failed parts (``ReplyError.problems``) can be repaired. A refusal or a reply about a different word
contains nothing worth keeping.

The text of a repair request is not part of a cache key. The repaired reply is stored under the original request's key.
"""

import json
from collections.abc import Sequence
from typing import Any

from korean_flashcards.domain.explanation_language import FIELD
from korean_flashcards.domain.records import CARD_TYPES, DraftCard, FailureCode, ReplyError, Stage
from korean_flashcards.formats.card_rows import card_rows, card_type
from korean_flashcards.formats.cards_reply import unique_rows
from korean_flashcards.formats.json_text import find_json
from korean_flashcards.formats.nuance_reply import nuance_fields
from korean_flashcards.formats.nuance_shapes import FIELDS
from korean_flashcards.formats.record_search import RecordShape
from korean_flashcards.formats.schemas import cards_schema, nuance_schema

Record = dict[str, Any]

# Code builds the term from the requested word.
_REPAIRABLE = tuple(name for name in FIELDS if name != "term")
_IMAGE = (
    "metaphor", "metaphor_noun", "metaphor_action", "suggested_location", "anchor_object", "anchor_sensory",
)  # fmt: skip
# The fields that the model needs to rewrite a field or a card, in addition to the meaning and the word list's columns.
_FIELD_SOURCES = dict.fromkeys(_IMAGE, _IMAGE)
_CARD_SOURCES: dict[str, tuple[str, ...]] = {
    "Scene": _IMAGE,
    "Usage-Comparison": ("usage_context", "comparison"),
    "Hanja": ("homonyms",),
    "Grammar": ("explanation",),
    "Formal-Casual": ("usage_context",),
    "Example": ("usage_context", "explanation"),
    "Cultural": ("usage_context", "explanation"),
}
_MEANING = ("pos", "primary_meaning")
_FROM_LIST = ("definition", "hanja")


def repair_request(stage: Stage, text: str, error: ReplyError, user: str) -> str | None:
    """Return the user text (JSON) for a request that repairs the failed parts of ``text``, the reply to ``user``.

    Returns None if a full retry is better: the error names no parts, or more than half of the parts failed. If more
    than half failed, a full retry costs about as much as a repair and yields more consistent parts.
    """
    names, original = _failed(stage, error), json.loads(user)
    if stage == "nuance":
        reply = nuance_fields(text, original["term"], but_last=True) if names else {}
        parts = len(_REPAIRABLE)
        sources = reply | {name: original[name] for name in _FROM_LIST if name in original}
        failed_parts: Record = {"fields": {name: reply.get(name) for name in names}}
        context = [*_FROM_LIST, *_MEANING, *(source for name in names for source in _FIELD_SOURCES.get(name, ()))]
    else:
        rows, parts = card_rows(text, original["card_types"]) if names else [], len(original["card_types"])
        sources = original["nuance"]
        failed = [_draft(row) for row in rows if card_type(row) in names]
        failed_parts = {"card_types": names, "cards": failed}
        context = [*_MEANING, *(source for name in names for source in _CARD_SOURCES[name])]
    if not names or 2 * len(names) > parts:
        return None
    known = {name: sources[name] for name in context if sources.get(name) and name not in names}
    problems = [f"{problem.field}: {problem.message}" for problem in error.problems if problem.field in names]
    language = {name: original[name] for name in (FIELD,) if name in original}
    request = {"term": original["term"], **language, "known": known, **failed_parts, "problems": problems}
    return json.dumps(request, ensure_ascii=False)


def repair_schema(stage: Stage, error: ReplyError) -> Record:
    """Return the JSON schema for the reply to a repair request: only the failed fields or cards."""
    names = _failed(stage, error)
    if stage == "nuance":
        properties = nuance_schema()["properties"]
        return _closed_object({"fields": _closed_object({name: properties[name] for name in names})})
    schema = cards_schema()
    schema["properties"]["cards"]["items"]["properties"]["tab_name"]["enum"] = names
    return schema


def repaired_reply(stage: Stage, text: str, repair: str, error: ReplyError, user: str) -> str:
    """Return ``text``, the reply to ``user``, as JSON, with the failed parts replaced by the parts in ``repair``.

    The caller has to parse the result to check whether it is now valid.

    Raises:
        ReplyError: The repair cannot be parsed, or it lacks a requested part. The code comes from the parser; for a
            missing part, it is ``contract`` or ``missing_card``.
    """
    names, original = _failed(stage, error), json.loads(user)
    if stage == "nuance":
        reply = nuance_fields(text, original["term"], but_last=True)
        return json.dumps(reply | _repaired_fields(repair, names), ensure_ascii=False)
    types = original["card_types"]
    kept = [name for name in types if name not in names]
    good = unique_rows([row for row in card_rows(text, types) if card_type(row) in kept], types)
    return json.dumps({"cards": [*good, *_repaired_cards(repair, names)]}, ensure_ascii=False)


def _failed(stage: Stage, error: ReplyError) -> list[str]:
    """Return the failed fields in the record's order, or the failed cards in the order of the problems."""
    blamed = dict.fromkeys(problem.field for problem in error.problems)
    if stage == "nuance":
        return [name for name in _REPAIRABLE if name in blamed]
    return [name for name in blamed if name in CARD_TYPES]


def _repaired_fields(repair: str, names: Sequence[str]) -> Record:
    """Return the fields in a repair. Models may nest them under different names or put them at the top level."""
    shape = RecordShape(lambda value: len(value.keys() & set(names)) if isinstance(value, dict) else 0, len(names))
    value = find_json(repair, shape)
    fields = value if isinstance(value, dict) else {}
    if missing := [name for name in names if name not in fields]:
        raise ReplyError(FailureCode.CONTRACT, f"the reply to the repair request lacks {', '.join(missing)}")
    return {name: fields[name] for name in names}


def _repaired_cards(repair: str, names: Sequence[str]) -> list[Record]:
    """Return the cards in a repair. The parser sorts all cards later."""
    rows = {card_type(row): _draft(row) for row in card_rows(repair, names)}
    if missing := [name for name in names if name not in rows]:
        raise ReplyError(
            FailureCode.MISSING_CARD,
            f"the reply to the repair request lacks requested card types: {', '.join(missing)}",
        )
    return [rows[name] for name in names]


def _draft(row: Record) -> Record:
    """Return the card columns that the model fills in. Nine-column rows have additional columns."""
    return {name: row[name] for name in DraftCard.model_fields if name in row}


def _closed_object(properties: Record) -> Record:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
