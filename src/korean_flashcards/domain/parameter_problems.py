"""Describe each invalid parameter in plain words, with its name, the allowed values, and the invalid value."""

import difflib
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from korean_flashcards.domain.parameters import Parameters

_WHOLE, _NUMBER = "a whole number", "a number"
# Pydantic's error type → what the value must be.
_MUST_BE = {
    "int_type": _WHOLE, "int_parsing": _WHOLE, "int_from_float": _WHOLE, "int_parsing_size": _WHOLE,
    "not_whole": _WHOLE,
    "not_a_number": _NUMBER, "float_type": _NUMBER, "float_parsing": _NUMBER, "finite_number": _NUMBER,
    "bool_type": "true or false", "bool_parsing": "true or false", "string_type": "text", "list_type": "a list",
    "dict_type": "a group of settings", "greater_than_equal": "at least {ge}", "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}", "less_than": "less than {lt}", "literal_error": "{expected}", "enum": "{expected}",
}  # fmt: skip
_GROUP = "a group of settings"
_OTHER_VALUES = {bytes: "a file in binary form"}
_LONGEST_NUMBER = 100  # bits
_NAMED = 16  # parameters in one message
_MUST_NOT_BE = {"string_too_short": "empty", "too_short": "empty"}


def parameter_problems(
    error: ValidationError, place: Callable[[Sequence[int | str]], str | None] = lambda steps: None,
    model: type[BaseModel] = Parameters,
) -> list[str]:  # fmt: skip
    """Return one line per invalid parameter.

    Args:
        error: The problems that pydantic found.
        place: A function that returns where a parameter has its value, such as a file and a line. The parameter is given
            as its name, preceded by the names of the groups around it.
        model: What was validated: the parameters, or other settings.
    """
    allowed: dict[str, list[str]] = {}
    lines: dict[str, str] = {}
    for problem in error.errors(include_url=False):
        steps = _path(problem["loc"])
        name = ".".join(map(str, steps))
        # A value that may be text or a list has one problem for each.
        if (must := _must_be(problem)) and must not in allowed.setdefault(name, []):
            allowed[name].append(must)
        where = place(steps) if problem["type"] != "missing" else None
        lines[name] = (f"{where}: " if where else "") + _line(name, problem, allowed.get(name, []), model)
    return list(lines.values())


def _line(name: str, problem: Mapping[str, Any], allowed: Sequence[str], model: type[BaseModel]) -> str:
    kind, value = problem["type"], problem["input"]
    if kind in ("extra_forbidden", "invalid_key"):
        return _unknown(name, problem["loc"], model)
    if kind == "value_error":
        return f"{name}: {problem['ctx']['error']}".removeprefix(": ")
    if kind == "missing":
        where = ". Set it in conf/base/parameters*.yml or conf/local" if model is Parameters else ""
        return f"{name} is missing{where}"
    if problem["loc"] and problem["loc"][-1] == "[key]":
        group, _, key = name.rpartition(".")
        return f"there is no key {key!r} in {group}: use {' or '.join(allowed)}"
    if kind in ("model_type", "model_attributes_type"):
        given = "has no value" if value is None else f"has the single value {_shown(value)}"
        given = "is a list" if isinstance(value, list) else given
        return (
            f"{name} is a group of {_kind(model)}s, but it {given}"
            if name
            else f"the {_kind(model)}s are {_shown(value)}"
        )
    if kind in _MUST_NOT_BE:
        return f"{name} must not be {_MUST_NOT_BE[kind]}"
    must = f"must be {' or '.join(allowed)}" if allowed else "is not valid"
    return f"{name} {must}, but it has no value" if value is None else f"{name} {must}, not {_shown(value)}"


def _must_be(problem: Mapping[str, Any]) -> str | None:
    text = _MUST_BE.get(problem["type"])
    return text and text.format_map(problem.get("ctx", {}))


def _shown(value: Any) -> str:
    """Return a value as it is written in YAML. Groups, lists, and long numbers are not shown in full."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "a list"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= _LONGEST_NUMBER else "a very long number"
    if isinstance(value, date):  # or a time of a day
        return str(value)
    return repr(value) if value is None or isinstance(value, str | float) else _OTHER_VALUES.get(type(value), _GROUP)


def _kind(model: type[BaseModel]) -> str:
    return "parameter" if model is Parameters else "setting"


def _unknown(name: str, loc: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """Return a message about an unknown parameter, with the names that the user may have meant."""
    known = list(_names(_model_at(loc[:-1], model), ".".join(map(str, loc[:-1]))))
    last = str(loc[-1])
    near = difflib.get_close_matches(last, [each.rpartition(".")[2] for each in known], n=3)
    meant = [each for each in known if each.rpartition(".")[2] in near]
    meant = meant or [each for each in _leaves(model, "") if each.endswith(f".{last}")]
    most = _NAMED if model is Parameters else len(known)
    more = ", … (see docs/reference/parameters.md)" if len(known) > most else ""
    names = f"; the {_kind(model)}s are {', '.join(known[:most])}{more}"
    hint = f" (did you mean {' or '.join(meant)}?)" if meant else ""
    # The settings of a profile are few, so they are always listed.
    listed = names if not meant or (model is not Parameters and len(known) > 1) else ""
    return f"there is no {_kind(model)} named {name!r}{hint}{listed}"


def _names(model: type[BaseModel], prefix: str) -> Iterator[str]:
    yield from (f"{prefix}.{name}" if prefix else name for name in model.model_fields)


def _leaves(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        whole = f"{prefix}.{name}" if prefix else name
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            yield from _leaves(group, whole)
        else:
            yield whole


def _path(loc: tuple[int | str, ...]) -> list[int | str]:
    """Return a problem's location without the Python type names that pydantic adds for union types."""
    return [step for step in loc if not re.fullmatch(r"(?:str|int|float|bool|\[key\]|[\w-]+\[.*\])", str(step))]


def _model_at(loc: tuple[int | str, ...], root: type[BaseModel]) -> type[BaseModel]:
    """Return the parameter group at a location, or the innermost group on the path to it."""
    model = root
    annotation: Any = root
    for step in loc:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel) and step in annotation.model_fields:
            annotation = annotation.model_fields[str(step)].annotation
        else:
            # The key of a mapping or the number of a list's item.
            annotation = next(reversed(get_args(annotation)), annotation)
        while get_origin(annotation) in (Annotated, Union, types.UnionType):
            annotation = get_args(annotation)[0]
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
    return model
