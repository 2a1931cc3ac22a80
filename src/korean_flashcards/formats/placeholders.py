"""Recognize placeholders, which models write when they sketch or repeat the schema of a record."""

import re
from typing import Any

_PLACEHOLDER = re.compile(
    r"(?:[.…·⋯]+|-+|_+|<[^<>]*>|\{[^{}]*\}|\(?(?:string|str|text|any|value|todo|tbd|placeholder)\)?[.…]*)\Z",
    re.IGNORECASE,
)
_LONGEST = 60  # characters


def is_placeholder(value: Any) -> bool:
    """Return whether the value is a placeholder for text, such as "…", "string", "<text>", or a type's schema."""
    if isinstance(value, str):
        return len(value) <= _LONGEST and _PLACEHOLDER.match(value.strip()) is not None
    return isinstance(value, dict) and isinstance(value.get("type"), str | list)
