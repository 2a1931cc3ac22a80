"""Great Expectations: imported only here, and this module only where data or rules are new. It takes seconds to import."""

import logging
import os
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # read when it is imported

import great_expectations as gx
import polars as pl
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.render.renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView

from korean_flashcards.domain.errors import SuiteError
from korean_flashcards.domain.plurals import counted
from korean_flashcards.validation.results import Outcome
from korean_flashcards.validation.suite import Rule, Suite

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition

_SHOWN_ROWS, _KEPT_ROWS = 5, 20
# Great Expectations looks frames up by the name of their asset: two threads would see each other's.
_ONE_AT_A_TIME = Lock()
_GX_SEVERITY = {"error": "critical", "warning": "warning"}


def check(suite: Suite, name: str, data: pl.DataFrame, run: str, template: str) -> tuple[list[Outcome], str]:
    """Return what came of each rule, in their order, and the page of the Data Docs that shows it. Raises SuiteError."""
    with _ONE_AT_A_TIME:
        result, outcomes = _checked(suite, name, data)
    result.meta["run_id"] = RunIdentifier(run_name=run)
    return outcomes, _page(result, template, name, run, data.height, outcomes)


def _checked(suite: Suite, name: str, data: pl.DataFrame) -> tuple[Any, list[Outcome]]:
    """Great Expectations' result and what it means."""
    batch = _batch_definition().get_batch({"dataframe": data.to_pandas()})
    whole = gx.ExpectationSuite(name=name)
    whole.expectations = [_expectation(rule, number) for number, rule in enumerate(suite.expectations)]
    result = batch.validate(whole, result_format="BASIC")
    result.results.sort(key=lambda each: each.expectation_config.meta["number"])
    if data.is_empty():  # without rows a column has no mean, no values that could be wrong: only the table has a size
        for each in result.results:
            each.success = each.success or not each.expectation_config.type.startswith("expect_table")
    detailed: dict[str, Any] = {"result_format": "SUMMARY", "partial_unexpected_count": _KEPT_ROWS}
    if suite.id_column:
        detailed["unexpected_index_column_names"] = [suite.id_column]
    # Naming the rows takes most of the time: only a broken rule needs them.
    result.results = [
        each if each.success else batch.validate(expectation, result_format=detailed)
        for expectation, each in zip(whole.expectations, result.results, strict=True)
    ]
    outcomes = [
        _outcome(rule, each, suite.id_column) for rule, each in zip(suite.expectations, result.results, strict=True)
    ]
    return result, outcomes


def _expectation(rule: Rule, number: int) -> Any:
    """Great Expectations' own object; its notes show the rule's sentence in the Data Docs."""
    try:
        kind = get_expectation_impl(rule.type)
        severity = _GX_SEVERITY[rule.severity]
        return kind(**rule.kwargs, notes=rule.rule, severity=severity, meta={"number": number})
    except gx.exceptions.ExpectationNotFoundError:
        reason = f"Great Expectations has no {rule.type}"
    except (ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
    raise SuiteError(f"The rule {rule.rule!r} cannot be checked: {reason}. Correct it in its file.")


@cache
def _batch_definition() -> "BatchDefinition[Any]":
    """One ephemeral context a process: making another for every frame would cost half a second each."""
    logging.getLogger(ProgressBarsConfig.__module__).setLevel(logging.ERROR)  # the module sets INFO for itself
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("layers").add_dataframe_asset("layer")
    return asset.add_batch_definition_whole_dataframe("whole")


def _page(result: Any, template: str, name: str, run: str, rows: int, outcomes: list[Outcome]) -> str:
    """The result in Great Expectations' own words, in a page of ours that needs no network."""
    for each in result.results:
        each.result = _unmarked(each.result)
    document = ValidationResultsPageRenderer().render(result).to_json_dict()
    page = DefaultJinjaPageView().env.from_string(template)
    text: str = page.render(**document, suite=name, run=run, rows=rows, rules=outcomes)
    return text


def _unmarked(value: Any) -> Any:
    """Values as the renderer can take them: it knows no numbers of NumPy, and escapes some texts and not others."""
    if isinstance(value, dict):
        return {_unmarked(name): _unmarked(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_unmarked, value))
    if isinstance(value, str):
        return value.replace("<", "‹").replace(">", "›")
    return value.item() if hasattr(value, "item") else value


def _outcome(rule: Rule, result: Any, id_column: str | None) -> Outcome:
    success = bool(result.success)
    found = None if success else _found(result, id_column)
    return Outcome(rule=rule.rule, type=rule.type, severity=rule.severity, success=success, found=found)


def _found(result: Any, id_column: str | None) -> str:
    """The first rows that break a rule, or what was observed where the rule is about the whole table."""
    details = result.result or {}
    rows, count = details.get("partial_unexpected_index_list") or [], int(details.get("unexpected_count") or 0)
    if rows and id_column:
        names = [f"{_short(row.get(id_column))} ({_broken(row, id_column)})" for row in rows[:_SHOWN_ROWS]]
        more = f" and {count - _SHOWN_ROWS:,} more" if count > _SHOWN_ROWS else ""
        return f"{counted(count, 'row')}, {', '.join(names)}{more}"
    if count:
        return f"{counted(count, 'row')}, such as {_short(details['partial_unexpected_list'][0])}"
    return f"found {_short(_error(result.exception_info) or details.get('observed_value'))}"


def _broken(row: dict[str, Any], id_column: str) -> str:
    return ", ".join(_short(value) for column, value in row.items() if column != id_column)


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_short(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return f"({', '.join(map(_short, value))})"
    if value is None or value != value:  # pandas' nothing, which no value equals
        return "null"
    if isinstance(value, float):
        return f"{value:g}"
    return "".join(sign for sign in " ".join(str(value).split()) if sign.isprintable())[:60]


def _error(info: dict[str, Any] | None) -> str | None:
    """What went wrong while the rule was checked: one error, or one for each number it needed."""
    errors = [info] if info and "exception_message" in info else list((info or {}).values())
    return next((str(error["exception_message"]) for error in errors if error.get("exception_message")), None)
