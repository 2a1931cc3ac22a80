"""A Kedro validator that checks a frame against a Great Expectations suite kept as a YAML file."""

import logging
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from korean_flashcards.errors import FlashcardsError

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition

_SHOWN_ROWS = 5


class SuiteError(FlashcardsError):
    """A layer breaks its suite; the message names each rule and the rows that break it."""


class SuiteValidator:
    """Checks frames against one suite. Great Expectations is imported when a frame is validated, not before.

    The file holds ``id_column`` (its values name rows in messages) and ``expectations``: each with ``type`` (Great
    Expectations' snake_case name), ``rule`` (the sentence a person reads) and ``kwargs``.
    """

    def __init__(self, filepath: str) -> None:
        self._filepath = Path(filepath)

    def validate(self, data: pl.DataFrame) -> pl.DataFrame:
        """Return ``data`` unchanged. Raises SuiteError when a rule is broken."""
        suite = yaml.safe_load(self._filepath.read_text(encoding="utf-8"))
        if unknown := [column for column in _columns(suite) if column not in data.columns]:
            raise SuiteError(
                f"{self._filepath.name} has rules for columns that the {self._filepath.stem} layer does not have: "
                f"{', '.join(unknown)}. The layer was not saved. Correct the file; known are {', '.join(data.columns)}."
            )
        problems = [
            _problem(expectation, result, suite["id_column"])
            for expectation, result in zip(suite["expectations"], _results(suite, data), strict=True)
            if not result["success"]
        ]
        if problems:
            raise SuiteError(
                f"The {self._filepath.stem} layer breaks {len(problems)} of its rules ({self._filepath.name}):\n  - "
                + "\n  - ".join(problems)
                + "\nThe layer was not saved; the one before it and all paid replies are safe. Correct the source of "
                "these rows, or the rule, and run again."
            )
        return data


def _results(suite: dict[str, Any], data: pl.DataFrame) -> list[Any]:
    """One result an expectation, in the order of the file."""
    from great_expectations.expectations.registry import get_expectation_impl

    expectations = [
        get_expectation_impl(expectation["type"])(**expectation["kwargs"]) for expectation in suite["expectations"]
    ]
    batch = _batch_definition().get_batch({"dataframe": data.select(_columns(suite)).to_pandas()})
    detailed = {"result_format": "COMPLETE", "unexpected_index_column_names": [suite["id_column"]]}
    results = (batch.validate(expectation, result_format="BOOLEAN_ONLY") for expectation in expectations)
    # Collecting the rows takes most of the time: only a broken rule needs them.
    return [
        result if result["success"] else batch.validate(expectation, result_format=detailed)
        for expectation, result in zip(expectations, results, strict=True)
    ]


def _columns(suite: dict[str, Any]) -> list[str]:
    """The columns that the suite speaks of: pandas needs ten times the memory of polars for each of them."""
    named = [suite["id_column"]]
    for expectation in suite["expectations"]:
        kwargs = expectation["kwargs"]
        named += [kwargs["column"]] if "column" in kwargs else kwargs.get("column_list", [])
    return list(dict.fromkeys(named))


@cache
def _batch_definition() -> "BatchDefinition[Any]":
    """One ephemeral context a process: making another for every frame would cost half a second each."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger(ProgressBarsConfig.__module__).setLevel(logging.ERROR)  # the module sets INFO for itself
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("layers").add_dataframe_asset("layer")
    return asset.add_batch_definition_whole_dataframe("whole")


def _problem(expectation: dict[str, Any], result: Any, id_column: str) -> str:
    """The rule and the first rows that break it, or what was observed where the rule is about the whole table."""
    details = result["result"] or {}
    rows = details.get("unexpected_index_list") or []
    if not rows:
        message = (result["exception_info"] or {}).get("exception_message") or details.get("observed_value")
        return f"{expectation['rule']}: found {message}"
    names = [f"{row.get(id_column)} ({_broken(row, id_column)})" for row in rows[:_SHOWN_ROWS]]
    more = f" and {len(rows) - _SHOWN_ROWS} more" if len(rows) > _SHOWN_ROWS else ""
    return f"{expectation['rule']}: {len(rows)} rows, {', '.join(names)}{more}"


def _broken(row: dict[str, Any], id_column: str) -> str:
    return ", ".join(" ".join(str(value).split())[:60] for column, value in row.items() if column != id_column)
