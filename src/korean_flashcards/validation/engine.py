"""Check frames with Great Expectations.

Great Expectations takes seconds to import, so only ``check_process`` imports this module.
"""

import logging
import os
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # must be set before the import

import great_expectations as gx
import polars as pl
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.render.renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView

from korean_flashcards.domain.errors import SuiteError
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.validation.problem_text import problem_text
from korean_flashcards.validation.results import Outcome
from korean_flashcards.validation.suite import Rule, Suite

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from jinja2 import Environment, Template

_KEPT_ROWS = 20
# Great Expectations looks up a frame by the name of its asset, so two threads would get each other's frames.
_ONE_AT_A_TIME = Lock()
_GX_SEVERITY = {"error": "critical", "warning": "warning"}


def check(suite: Suite, name: str, data: pl.DataFrame, run: str, template: str) -> tuple[list[Outcome], str]:
    """Check a frame against a suite.

    Args:
        suite: The rules.
        name: The dataset's name.
        data: The columns that the rules use.
        run: The run's name.
        template: The Jinja template for the page.

    Returns:
        The outcome of each rule, in the suite's order, and the result's HTML page for the Data Docs.

    Raises:
        SuiteError: Great Expectations does not recognize a rule or its arguments.
    """
    with _ONE_AT_A_TIME:
        result, outcomes = _checked(suite, name, data)
    result.meta["run_id"] = RunIdentifier(run_name=run)
    return outcomes, _page(result, template, name, run, data.height, outcomes)


def _checked(suite: Suite, name: str, data: pl.DataFrame) -> tuple[Any, list[Outcome]]:
    """Return the Great Expectations result and the outcome of each rule."""
    batch = _batch_definition().get_batch({"dataframe": data.to_pandas()})
    whole = gx.ExpectationSuite(name=name)
    whole.expectations = [_expectation(rule, number) for number, rule in enumerate(suite.expectations)]
    result = batch.validate(whole, result_format="BASIC")
    result.results.sort(key=lambda each: each.expectation_config.meta["number"])
    # A column without rows has no mean and no invalid values, so only rules about the table can be broken.
    if data.is_empty():
        for each in result.results:
            each.success = each.success or not each.expectation_config.type.startswith("expect_table")
    detailed: dict[str, Any] = {"result_format": "SUMMARY", "partial_unexpected_count": _KEPT_ROWS}
    if suite.id_column:
        detailed["unexpected_index_column_names"] = [suite.id_column]
    # Listing the rows takes most of the time, so it is done only for broken rules.
    result.results = [
        each if each.success else batch.validate(expectation, result_format=detailed)
        for expectation, each in zip(whole.expectations, result.results, strict=True)
    ]
    outcomes = [
        _outcome(rule, each, name, suite.id_column)
        for rule, each in zip(suite.expectations, result.results, strict=True)
    ]
    return result, outcomes


def _expectation(rule: Rule, number: int) -> Any:
    """Return the Great Expectations object for a rule. The rule's sentence becomes a note in the Data Docs."""
    try:
        kind = get_expectation_impl(rule.type)
        severity = _GX_SEVERITY[rule.severity]
        return kind(**rule.kwargs, notes=rule.rule, severity=severity, meta={"number": number})
    except gx.exceptions.ExpectationNotFoundError:
        reason = f"Great Expectations has no expectation named {rule.type}"
    except (ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
    raise SuiteError(f"The rule “{rule.rule}” cannot be checked: {reason}. Correct the rule in its file.")


@cache
def _batch_definition() -> "BatchDefinition[Any]":
    """Return a batch definition, created once per process. Creating a context takes half a second."""
    logging.getLogger(ProgressBarsConfig.__module__).setLevel(logging.ERROR)  # the module sets itself to INFO
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("layers").add_dataframe_asset("layer")
    return asset.add_batch_definition_whole_dataframe("whole")


def _page(result: Any, template: str, name: str, run: str, rows: int, outcomes: list[Outcome]) -> str:
    """Return a result's page. Unlike Great Expectations' own pages, this page loads nothing from the network."""
    for each in result.results:
        each.result = _unmarked(each.result)
    document = ValidationResultsPageRenderer().render(result).to_json_dict()
    page = _compiled(template)
    checked = local_time(datetime.now(UTC))
    text: str = page.render(**document, suite=name, run=run, checked=checked, rows=rows, rules=outcomes)
    return text


@cache
def _compiled(template: str) -> "Template":
    """Return the compiled template of a page. Compiling it and the parts of pages again takes as long as the check."""
    return _environment().from_string(template)


@cache
def _environment() -> "Environment":
    """Return an environment that can render the parts of Great Expectations' pages."""
    environment: Environment = DefaultJinjaPageView().env
    return environment


def _unmarked(value: Any) -> Any:
    """Convert values for the renderer, which does not accept NumPy numbers and does not escape all text."""
    if isinstance(value, dict):
        return {_unmarked(name): _unmarked(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_unmarked, value))
    if isinstance(value, str):
        return value.replace("<", "‹").replace(">", "›")
    return value.item() if hasattr(value, "item") else value


def _outcome(rule: Rule, result: Any, layer: str, id_column: str | None) -> Outcome:
    success = bool(result.success)
    problem = None if success else problem_text(rule, result, layer, id_column)
    return Outcome(rule=rule.rule, type=rule.type, severity=rule.severity, success=success, problem=problem)
