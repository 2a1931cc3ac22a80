"""Describe the JSON document of an export as a JSON Schema (2020-12)."""

from typing import Any

import polars as pl

from korean_flashcards.exports.card_columns import CARD_COLUMNS, COLUMN_DESCRIPTIONS

SCHEMA = "korean-flashcards/cards"
SCHEMA_VERSION = 1  # of the document; a change that breaks readers needs the next number

_TEXT: dict[str, Any] = {"type": "string"}
_TYPES: dict[Any, dict[str, Any]] = {
    pl.String: {"type": ["string", "null"]},
    pl.Int64: {"type": ["integer", "null"]},
    pl.Date: {"type": ["string", "null"], "format": "date"},
    pl.List(pl.String): {"type": ["array", "null"], "items": _TEXT},
}
_DETAILS: dict[str, dict[str, Any]] = {
    "profile": _TEXT | {"description": "Profile of the export."},
    "format": _TEXT | {"description": "Format of the file."},
    "created_at": _TEXT | {"format": "date-time", "description": "Time of the export (UTC)."},
    "filters": {"description": "Filters of the profile."},
    "models": {"description": "Models that wrote the cards."},
    "prompts": {"description": "Versions of the prompts."},
    "version": _TEXT | {"description": "Version of the project."},
    "project_id": {"type": ["string", "null"], "description": "Project ID in the GUIDs of the notes."},
}
_DOCUMENT: dict[str, dict[str, Any]] = {
    "schema": {"const": SCHEMA},
    "schema_version": {"const": SCHEMA_VERSION, "description": "A change that breaks readers increases this number."},
    "title": _TEXT | {"description": "Title of the export."},
    "details": {"type": "object", "description": "Where the cards come from.", "properties": _DETAILS},
    "columns": {"type": "array", "items": _TEXT, "description": "Names of the cards' values, in order."},
    "cards": {"type": "array", "items": {"$ref": "#/$defs/card"}, "description": "The cards, in order."},
}


def document_schema() -> dict[str, Any]:
    """Return the JSON Schema of the document that ``formats.json_file`` writes."""
    columns = {name: _TYPES[dtype] | {"description": COLUMN_DESCRIPTIONS[name]} for name, dtype in CARD_COLUMNS.items()}
    card = {
        "type": "object",
        "description": "All columns of a card or, if the profile has fields, these fields.",
        "properties": columns,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Exported flashcards",
        "type": "object",
        "required": [*_DOCUMENT],
        "properties": _DOCUMENT,
        "$defs": {"card": card},
    }
