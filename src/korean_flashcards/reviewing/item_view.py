"""Describe a card or an analysis for the review page, as JSON-compatible values. All texts are plain text."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from korean_flashcards.domain.records import headword
from korean_flashcards.review.edits import shown
from korean_flashcards.review.fields import STRUCTURED
from korean_flashcards.review.parts import ANALYSIS_FIELDS, Part, Row
from korean_flashcards.reviewing.review_item import Item

# Fields whose values are short, so that the page edits them in one line.
_SHORT = {
    "honorific_level", "ipa", "pos", "primary_meaning", "metaphor_noun", "metaphor_action", "suggested_location",
    "anchor_object", "tags",
}  # fmt: skip
_LABELS = {"ipa": "IPA", "pos": "Part of speech"}


def item_view(item: Item, generated: Row) -> dict[str, Any]:
    """Return what the page shows of a card or an analysis. ``generated`` is the row without edits."""
    row = item.row
    return {
        **part_view(item.part),
        "word": headword(row["term"]),
        **item.shown._asdict(),
        "state": str(item.state),
        "said": item.said and str(item.said),
        "score": item.score,
        "verdict": item.verdict,
        "needs_review": item.needs_review,
        "findings": [{name: each[name] for name in ("severity", "field", "message")} for each in item.findings],
        "reasons": list(item.reasons),
        "conflicts": [
            {name: each[name] for name in ("field", "edited", "replaced", "generated")} for each in item.conflicts
        ],
        "fields": [_field(name, row, generated) for name in item.part.editable],
        "analysis": list(_texts(item.analysis, ANALYSIS_FIELDS)) if item.part.tab_name else [],
    }


def part_view(part: Part) -> dict[str, str]:
    """Return the names with which the page identifies a card or an analysis."""
    return {"item_id": part.item_id, "card": part.name}


def editable_text(name: str, value: Any) -> str:
    """Return a field's value as the text that ``typed_value`` converts back to it."""
    if name in STRUCTURED:
        return json.dumps(value, ensure_ascii=False, indent=2)
    return "" if value is None else shown(value)


def label(name: str) -> str:
    """Return a field's name as the page shows it."""
    return _LABELS.get(name, name.replace("_", " ").capitalize())


def _field(name: str, row: Row, generated: Row) -> dict[str, Any]:
    """Return a field that can be edited. ``generated`` is None unless a person has edited it."""
    text, original = editable_text(name, row[name]), editable_text(name, generated[name])
    return {
        "name": name,
        "label": label(name),
        "text": text,
        "generated": original if text != original else None,
        "short": name in _SHORT,
    }


def _texts(row: Mapping[str, Any], names: Iterable[str]) -> Iterable[dict[str, str]]:
    for name in names:
        if row.get(name) not in (None, "", []):
            yield {"name": name, "label": label(name), "text": _readable(row[name])}


def _readable(value: Any) -> str:
    """Return a value without the punctuation of JSON: one line for each part of it."""
    if isinstance(value, Mapping):
        return "\n".join(f"{label(name)}: {_readable(part)}" for name, part in value.items() if part)
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "\n".join(", ".join(str(part) for part in each.values() if part) for each in value)
    return shown(value)
