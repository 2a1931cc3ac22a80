"""Describe how a rule is broken, including the invalid values and the limit."""

import re
import string
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from korean_flashcards.domain.plurals import counted
from korean_flashcards.validation.suite import Rule

_SHOWN_ROWS = 5
_TEXT_LENGTH, _ERROR_LENGTH = 60, 300  # characters
_MEASURE = re.compile(r"expect_column_(mean|median|min|max|sum|stdev)_to_be_between")
_SHORT_MEASURES = {"min": "minimum", "max": "maximum", "stdev": "standard deviation"}


def problem_text(rule: Rule, result: Any, layer: str, id_column: str | None) -> str:
    """Describe what breaks a rule and how to fix it. ``result`` is the Great Expectations result for the rule."""
    if error := _error(result.exception_info):
        return f"{_named_rule(rule, layer)} could not be checked: {_short(error, _ERROR_LENGTH)}"
    details = result.result or {}
    if count := int(details.get("unexpected_count") or 0):
        text = _in_rows(rule, layer, _rows(rule, details, id_column), count, id_column)
    else:
        text = _in_table(rule, layer, details.get("observed_value"))
    return f"{text}. {rule.advice}" if rule.advice else text


def _rows(rule: Rule, details: Mapping[str, Any], id_column: str | None) -> list[dict[str, Any]]:
    """Return the first rows that break a rule, with each row's ID and the rule's columns."""
    if id_column and (rows := details.get("partial_unexpected_index_list")):
        return list(rows)
    values = [value if isinstance(value, list | tuple) else (value,) for value in details["partial_unexpected_list"]]
    return [dict(zip(rule.columns, value, strict=False)) for value in values]


def _in_rows(rule: Rule, layer: str, rows: list[dict[str, Any]], count: int, id_column: str | None) -> str:
    """Return one problem per row if the problem text contains row values. Otherwise, return one that lists the rows."""
    more = f"; and {count - _SHOWN_ROWS:,} more" if count > _SHOWN_ROWS else ""
    limits = _limits(rule)
    if rule.problem and {name for _, name, *_ in string.Formatter().parse(rule.problem) if name} - {"limit"}:
        return (
            "; ".join(
                _filled(rule.problem, limits, {**row, "value": row.get(rule.columns[0])}) for row in rows[:_SHOWN_ROWS]
            )
            + more
        )
    text = _filled(rule.problem, limits, {}) if rule.problem else f"{_named_rule(rule, layer)} is broken"
    names = "; ".join(_row(row, id_column) for row in rows[:_SHOWN_ROWS])
    return f"{text} in {counted(count, 'row')} ({names}{more})"


def _in_table(rule: Rule, layer: str, observed: Any) -> str:
    """Return a problem that includes the limit and the value observed for the whole table."""
    limits = _limits(rule)
    if isinstance(observed, Mapping) and "values" in observed:  # quantiles
        observed = next(iter(observed["values"]), None)
    elif "proportion" in rule.type and isinstance(observed, float):
        observed *= 100
    if rule.problem:
        return _filled(rule.problem, limits, {"value": observed})
    found = _MEASURE.fullmatch(rule.type)
    measure = f"the {_SHORT_MEASURES.get(found[1], found[1])} of {rule.kwargs.get('column')}" if found else "the value"
    percent = " percent" if "proportion" in rule.type else ""
    limit = f" (limit: {_limit_text(limits)}{percent})" if any(limit is not None for limit in limits) else ""
    return f"{_named_rule(rule, layer)} is broken: {measure} is {_number(observed, limits)}{percent}{limit}"


def _named_rule(rule: Rule, layer: str) -> str:
    return f"the rule “{rule.rule}” for the {layer} layer"


def _limits(rule: Rule) -> tuple[Any, Any]:
    """Return the minimum and maximum that a rule allows, as percentages if the rule limits a proportion."""
    arguments = rule.kwargs
    if ranges := arguments.get("quantile_ranges"):
        low, high = ranges["value_ranges"][0]
        return low, high
    scale = 100 if "proportion" in rule.type else 1
    low, high = (arguments.get(name) for name in ("min_value", "max_value"))
    return low if low is None else low * scale, high if high is None else high * scale


def _limit_text(limits: tuple[Any, Any], words: bool = True) -> str:
    low, high = (None if limit is None else _limit(limit) for limit in limits)
    if low is not None and high is not None:
        return low if low == high else f"{low} to {high}"
    if low is None:
        return f"at most {high}" if words else str(high)
    return f"at least {low}" if words else low


def _limit(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else _short(value)


def _filled(text: str, limits: tuple[Any, Any], values: Mapping[str, Any]) -> str:
    shown = defaultdict(lambda: "unknown", {name: _number(value, limits) for name, value in values.items()})
    shown["limit"] = _limit_text(limits, words=False)
    return text.format_map(shown)


def _number(value: Any, limits: tuple[Any, Any]) -> str:
    """Return a value as text.

    A number is rounded to the fewest decimal places that still show on which side of each limit it lies.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or value != value:
        return _short(value)
    number = float(value)
    bounds = [float(limit) for limit in limits if limit is not None]
    fitting = (
        digits
        for digits in range(6)
        if all((round(number, digits) > bound, round(number, digits) < bound) == (number > bound, number < bound)
               for bound in [0.0, *bounds])
    )  # fmt: skip
    return f"{number:,.{next(fitting, 6)}f}"


def _row(row: Mapping[str, Any], id_column: str | None) -> str:
    """Return a row's ID, followed by the values that break the rule: "배#2: 101", "position 6: Story"."""
    if id_column is None:
        return _pairs(row.items())
    name = _short(row.get(id_column))
    name = name if isinstance(row.get(id_column), str | None) else f"{id_column} {name}"
    others = [(column, value) for column, value in row.items() if column != id_column]
    values = _short(others[0][1]) if len(others) == 1 else _pairs(others)
    return f"{name}: {values}" if values else name


def _pairs(values: Iterable[tuple[str, Any]]) -> str:
    return ", ".join(f"{column} = {_short(value)}" for column, value in values)


def _short(value: Any, length: int = _TEXT_LENGTH) -> str:
    """Return a value as text on one line, truncated to ``length`` characters."""
    if isinstance(value, Mapping):
        return _pairs(value.items())
    if isinstance(value, list | tuple):
        return f"({', '.join(map(_short, value))})"
    if value is None or value != value:  # pandas' missing value does not equal itself
        return "missing"
    if isinstance(value, float | Decimal):
        return f"{float(value):g}"
    text = "".join(sign for sign in " ".join(str(value).split()) if sign.isprintable())
    return f"{text[: length - 1]}…" if len(text) > length else text or "empty"


def _error(info: dict[str, Any] | None) -> str | None:
    """Return the first error that occurred while a rule was checked.

    Great Expectations can report one error per metric.
    """
    errors = [info] if info and "exception_message" in info else list((info or {}).values())
    return next((str(error["exception_message"]) for error in errors if error.get("exception_message")), None)
