"""Check the columns of a layer when its file is loaded, so that nodes and commands can rely on them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from korean_flashcards.domain.frame_builder import Schema

# Columns that releases added, with their values for layers from earlier releases.
_KEPT = {"kept": False, "kept_key": None, "kept_model": None, "kept_prompt_version": None, "kept_text": None}
_ADDED: dict[str, Any] = {"gone": False, "models": None, "prompts": None, **_KEPT}
_HISTORY = ("item_id", "note_type", "project_id", "content", "created_at", "changed_at", "changes")
_FIELDS = ("Key", "Sound", "Example", "ExampleTranslation", "Audio", "ExampleAudio", "Image", "Cue", "Version")
# The same for columns whose names other layers use as well.
_ADDED_TO: dict[str, dict[str, Any]] = {
    "anki_notes": {**dict.fromkeys(_HISTORY), **dict.fromkeys(_FIELDS, "")},
    "judgements": {"faults": None},
    "linked_flashcards": {"advice": None},
    "manifest": dict.fromkeys(("notes", "note_types", "words")),
}
_TYPE_NAMES = {pl.String: "text", pl.Int64: "a whole number", pl.Float64: "a number", pl.Boolean: "true or false"}
_PLURALS = {pl.String: "text", pl.Int64: "whole numbers", pl.Int32: "whole numbers", pl.Float64: "numbers"}
_NAMED = 3  # columns in one message


@dataclass(frozen=True)
class Layer:
    """A layer: the name of its file without the suffix, its columns, and the command that rebuilds it."""

    name: str
    columns: Schema
    command: str


_layers: dict[str, Layer] = {}


def know_layers(layers: Iterable[Layer]) -> None:
    """Check these layers from now on when their files are loaded. Files with other names are not checked."""
    _layers.update((layer.name, layer) for layer in layers)


def rebuilding(name: str, default: str = "kedro run") -> str:
    """Return the sentences that say which command rebuilds a layer, and what that costs.

    ``default`` is the command for a layer that is not known.
    """
    command = _layers[name].command if name in _layers else default
    return f"Run `{command}` to rebuild it. This costs nothing: replies that you paid for come from the cache."


def with_its_columns(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with the layer's columns, in their order. Columns that a release added get their default.

    Raises:
        ValueError: A column is missing, unknown, or of a different type. The message lists the columns.
    """
    if name not in _layers or dict(frame.schema) == _layers[name].columns:
        return frame
    columns = _layers[name].columns
    known = _ADDED | _ADDED_TO.get(name, {})
    added = {column: known[column] for column in columns if column in known and column not in frame.columns}
    frame = frame.with_columns(pl.lit(value, columns[column]).alias(column) for column, value in added.items())
    frame = frame.cast(
        {
            name: columns[name]
            for name, kind in frame.schema.items()
            if name in columns and _untyped(kind, columns[name])
        }
    )
    if problems := list(_problems(frame.schema, columns)):
        more = f", and {len(problems) - _NAMED} more differ" if len(problems) > _NAMED else ""
        raise ValueError(", ".join(problems[:_NAMED]) + more)
    return frame.select(list(columns))


def _problems(found: Schema, columns: Schema) -> Iterator[str]:
    for name, kind in columns.items():
        if name not in found:
            yield f"{name} is missing"
        elif found[name] != kind:
            yield f"{name} is {_type_name(found[name])} instead of {_type_name(kind)}"
    yield from (f"{name} is unknown" for name in found if name not in columns)


def _untyped(kind: Any, wanted: Any) -> bool:
    """Return whether a column is of the wanted type except for values that are all null, which have no type."""
    if isinstance(kind, pl.List) and isinstance(wanted, pl.List):
        return _untyped(kind.inner, wanted.inner)
    if isinstance(kind, pl.Struct) and isinstance(wanted, pl.Struct):
        found, fields = dict(kind), dict(wanted)
        return found.keys() == fields.keys() and all(_untyped(found[name], fields[name]) for name in fields)
    return bool(kind == pl.Null or kind == wanted)


def _type_name(kind: Any) -> str:
    if isinstance(kind, pl.List):
        inner = next((name for known, name in _PLURALS.items() if kind.inner == known), "groups of fields")
        return f"a list of {inner}"
    if isinstance(kind, pl.Struct):
        return "a group of fields"
    return next((name for known, name in _TYPE_NAMES.items() if kind == known), "of a different type")
