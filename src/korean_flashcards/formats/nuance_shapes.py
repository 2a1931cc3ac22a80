"""Read the fields of an analysis from the shapes that models give it: other key styles, one object per field, and pairs.

A later object with a few fields corrects a complete analysis.
"""

import re
from collections.abc import Sequence
from typing import Any

from korean_flashcards.domain.records import Nuance
from korean_flashcards.formats.draft_labels import is_draft_key
from korean_flashcards.formats.placeholders import is_absent
from korean_flashcards.formats.same_word import same_word

# The fields that a model returns. Code fills in the term number.
FIELDS = tuple(name for name in Nuance.model_fields if name != "term_number")
_FIELD_SET = frozenset(FIELDS)
_BY_LETTERS = {name.replace("_", ""): name for name in FIELDS}
_PAIR_NAMES, _PAIR_VALUES = ("key", "field", "name", "path"), ("value", "content", "text")
# The request contains these too, so an object with nothing else may be a quotation of the request.
_IN_REQUEST = {"term", "pos", "comparison"}
_NESTED = ("comparison", "homonyms")


def as_fields(value: Any) -> Any:
    """Return an object with the standard names of the fields, or the value itself if it is not an analysis.

    Recognized are names such as "primaryMeaning" and "Primary Meaning", lists of objects with one field each, and lists
    of pairs such as ``{"key": "term", "value": "남성"}`` and the operations of a JSON patch.
    """
    if isinstance(value, list) and len(value) > 1:
        return _from_list(value) or value
    if not isinstance(value, dict) or not value or value.keys() <= _FIELD_SET:
        return value
    named = {_standard_name(name): part for name, part in value.items()}
    if len(named.keys() & _FIELD_SET) <= len(value.keys() & _FIELD_SET):
        return value
    return {name: _lower_keys(part) if name in _NESTED else part for name, part in named.items()} | {
        name: part for name, part in value.items() if name in _FIELD_SET
    }


def merged(values: Sequence[Any]) -> dict[str, Any]:
    """Return the fields of several values, such as one field per line. Values that contradict each other have none."""
    fields: dict[str, Any] = {}
    for value in map(as_fields, values):
        for name, part in value.items() if isinstance(value, dict) else ():
            if name in _FIELD_SET and fields.setdefault(name, part) != part:
                return {}
    return fields


def revised(record: Any, later: Any, word: str) -> Any:
    """Return the analysis with the few fields that a later value corrects, or the analysis itself if it corrects none."""
    while isinstance(later, dict) and len(later) == 1 and isinstance(inner := next(iter(later.values())), dict | list):
        if not later.keys().isdisjoint(_FIELD_SET) or is_draft_key(next(iter(later))):
            break
        later = inner
    fields = _from_list(later if isinstance(later, list) else [later]) or as_fields(later)
    if not isinstance(fields, dict) or not fields or not fields.keys() <= _FIELD_SET:
        return record
    if 2 * len(fields) > len(FIELDS):  # a version of the whole record
        return record
    if "term" in fields and (fields.keys() <= _IN_REQUEST or not same_word(str(fields["term"] or ""), word)):
        return record
    changes = {name: part for name, part in fields.items() if name != "term" and not is_absent(part)}
    return {**as_fields(record), **changes}


def _standard_name(name: str) -> str:
    return _BY_LETTERS.get(re.sub(r"[^a-z]", "", name.lower()), name)


def _from_list(value: Sequence[Any]) -> dict[str, Any]:
    """Return the fields in a list with one field per part, or an empty object if the parts are something else."""
    fields: dict[str, Any] = {}
    for part in value:
        if not isinstance(part, dict):
            return {}
        found = _pair(part) or part
        if len(found) > 1 or found.keys() & fields.keys():
            return {}
        fields |= {_standard_name(name): inner for name, inner in found.items()}
    return fields


def _pair(part: Any) -> dict[str, Any]:
    """Return the field that an object with a key and a value describes, or an empty object."""
    if not isinstance(part, dict) or not 2 <= len(part) <= 3 or part.keys() & _FIELD_SET:
        return {}
    name = next((part[key] for key in _PAIR_NAMES if isinstance(part.get(key), str)), "")
    values = [part[key] for key in _PAIR_VALUES if key in part]
    field = _standard_name(name.strip("/"))
    return {field: values[0]} if field in _FIELD_SET and len(values) == 1 else {}


def _lower_keys(value: Any) -> Any:
    if isinstance(value, list):
        return [_lower_keys(part) for part in value]
    return {name.lower(): part for name, part in value.items()} if isinstance(value, dict) else value
