"""Read suites. Each suite is a file in conf/*/expectations with the rules for one dataset."""

import string
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from korean_flashcards.domain.errors import SuiteError
from korean_flashcards.domain.yaml_text import yaml_problem
from korean_flashcards.files.file_problems import os_reason

When = Literal["save", "load"]
# Great Expectations arguments that name columns.
_COLUMN, _COLUMNS = ("column", "column_A", "column_B"), ("column_list", "column_set")
# Pydantic's error type → the end of a sentence about the place in the file.
_WRONG = {
    "extra_forbidden": "is not a known key",
    "missing": "is missing",
    "string_pattern_mismatch": "must be a Great Expectations expectation, such as expect_column_values_to_be_unique",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "list_type": "must be a list",
    "too_short": "must have at least one rule",
    "dict_type": "must be a group of settings",
    "model_type": "must be a group of settings",
    "model_attributes_type": "must be a group of settings",
}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C loader, if PyYAML has it, is ten times as fast


class Rule(BaseModel):
    """One rule in a suite.

    Attributes:
        rule: The rule, stated as a sentence for people to read.
        type: The snake_case name of a Great Expectations expectation.
        kwargs: Its arguments.
        problem: The text to report when the rule is broken. It can include the rule's columns in braces, {value} for
            the value of the whole table, and {limit}. If the text is None, messages quote the rule instead.
        advice: What to do when the rule is broken.
        severity: A broken rule with severity "error" stops the run. A warning is only reported.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Annotated[str, Field(min_length=1)]
    type: Annotated[str, Field(pattern="^expect_[a-z_]+$")]
    kwargs: dict[str, Any] = {}
    severity: Literal["error", "warning"] = "error"
    problem: Annotated[str, Field(min_length=1)] | None = None
    advice: Annotated[str, Field(min_length=1)] | None = None

    @property
    def columns(self) -> list[str]:
        """Return the columns that the rule names."""
        named = [self.kwargs[name] for name in _COLUMN if name in self.kwargs]
        return named + [column for name in _COLUMNS for column in self.kwargs.get(name, [])]


class Suite(BaseModel):
    """The rules for one dataset.

    Attributes:
        id_column: The column whose values identify rows in messages, or None if rows cannot be identified.
        when: Whether the dataset is checked before it is saved or after it is loaded.
        columns: Additional columns for the rules, each an SQL expression over the dataset's columns.
        expectations: The rules.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id_column: str | None = None
    when: When = "save"
    columns: dict[str, str] = {}
    expectations: Annotated[list[Rule], Field(min_length=1)]

    @model_validator(mode="after")
    def _problems_name_known_values(self) -> Self:
        for rule in self.expectations:
            try:
                parts = string.Formatter().parse(rule.problem or "")
                named = {f"{name}{':' if form else ''}{form}" for _, name, form, _ in parts if name is not None}
            except ValueError as error:
                raise ValueError(f"the problem text for the rule “{rule.rule}” has unmatched braces") from error
            if unknown := named - {*rule.columns, self.id_column, "value", "limit"}:
                raise ValueError(
                    f"the problem text for the rule “{rule.rule}” names {', '.join(sorted(unknown))}, which is not a column "
                    "of the rule, {value}, or {limit}"
                )
        return self

    def seen(self, data: pl.DataFrame) -> pl.DataFrame:
        """Return only the columns that the rules use.

        Great Expectations works on pandas frames, which need ten times as much memory as polars frames.

        Raises:
            SuiteError: A column does not exist or cannot be computed.
        """
        try:
            data = data.with_columns(pl.sql_expr(text).alias(name) for name, text in self.columns.items())
        except (pl.exceptions.PolarsError, ValueError) as error:
            raise SuiteError(f"a column under `columns` cannot be computed: {error}") from error
        if any(rule.type.startswith("expect_table_column") for rule in self.expectations):
            return data
        named = [self.id_column] if self.id_column else []
        named += [column for rule in self.expectations for column in rule.columns]
        conditions = " ".join(str(rule.kwargs.get("row_condition", "")) for rule in self.expectations)
        named += [column for column in data.columns if column in conditions]
        if unknown := [column for column in dict.fromkeys(named) if column not in data.columns]:
            raise SuiteError(f"the layer has no column {', '.join(unknown)}. Its columns are {', '.join(data.columns)}")
        return data.select(list(dict.fromkeys(named)))


def read_suite(path: Path) -> Suite:
    """Read a suite from a file.

    Raises:
        SuiteError: The file is not a valid suite. The message lists the problems.
    """
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        content = yaml.load(text, _LOADER)
        return Suite.model_validate(content)
    except UnicodeDecodeError as error:
        raise SuiteError(f"{_shown(path)} is not UTF-8 text. Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        raise SuiteError(
            f"{_shown(path)} cannot be read as YAML: {yaml_problem(error, text)}. Correct the file."
        ) from error
    except OSError as error:
        raise SuiteError(f"{_shown(path)} cannot be read: {os_reason(error)}. Correct the file.") from error
    except ValidationError as error:
        problems = [f"{_place(problem['loc'], content)} {_wrong(problem)}" for problem in error.errors()]
        raise SuiteError(
            f"{_shown(path)} is not a valid suite: {'; '.join(problems)}. Correct the file. "
            "docs/explanation/validation.md describes the format."
        ) from error


def suites_in(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the suite files, keyed by dataset name.

    A file in a later folder replaces a file with the same name in an earlier folder.
    """
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yml"))}


def _shown(path: Path) -> str:
    """Return the end of the path, such as conf/base/expectations/words.yml."""
    return Path(*path.parts[-4:]).as_posix() if path.is_absolute() else path.as_posix()


def _wrong(problem: Any) -> str:
    """Describe a problem in the file, as the end of a sentence."""
    kind = problem["type"]
    if kind == "value_error":
        return f"is not valid: {problem['ctx']['error']}"
    if kind == "literal_error":
        return f"must be {problem['ctx']['expected']}"
    return _WRONG.get(kind, "is not valid")


def _place(path: tuple[int | str, ...], content: Any) -> str:
    """Return a problem's location in the file. Inside a rule, the location begins with the rule's sentence."""
    steps = [str(step + 1) if isinstance(step, int) else step for step in path]
    if len(path) > 1 and path[0] == "expectations" and isinstance(rule := content["expectations"][path[1]], dict):
        steps[:2] = [f"rule “{rule['rule']}”" if "rule" in rule else f"rule {steps[1]}"]
    return ".".join(steps) or "the file"
