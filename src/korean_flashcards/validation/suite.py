"""A suite: the rules of one dataset, as a file in conf/*/expectations says them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from korean_flashcards.domain.errors import SuiteError

When = Literal["save", "load"]
# Where Great Expectations' arguments name columns.
_COLUMN, _COLUMNS = ("column", "column_A", "column_B"), ("column_list", "column_set")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # written in C where PyYAML has it: ten times as fast


class Rule(BaseModel):
    """One rule. ``rule``: the sentence a person reads; ``type``: Great Expectations' snake_case name.

    ``severity``: an error stops the run, a warning is reported.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Annotated[str, Field(min_length=1)]
    type: Annotated[str, Field(pattern="^expect_[a-z_]+$")]
    kwargs: dict[str, Any] = {}
    severity: Literal["error", "warning"] = "error"

    @property
    def columns(self) -> list[str]:
        """The columns that the rule names."""
        named = [self.kwargs[name] for name in _COLUMN if name in self.kwargs]
        return named + [column for name in _COLUMNS for column in self.kwargs.get(name, [])]


class Suite(BaseModel):
    """The rules of one dataset. ``id_column``: its values name rows in messages, None where rows have no name.

    ``columns``: more columns for the rules to speak of, each an SQL expression over those of the dataset. ``when``: checked
    before it is saved, or after it is loaded.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id_column: str | None = None
    when: When = "save"
    columns: dict[str, str] = {}
    expectations: Annotated[list[Rule], Field(min_length=1)]

    def seen(self, data: pl.DataFrame) -> pl.DataFrame:
        """The columns that the rules speak of. Raises SuiteError for one that is not there.

        Only those: pandas, which Great Expectations works on, needs ten times the memory of polars for each of them.
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
            raise SuiteError(
                f"rules for columns that it does not have: {', '.join(unknown)}. Known are {', '.join(data.columns)}"
            )
        return data.select(list(dict.fromkeys(named)))


def read_suite(path: Path) -> Suite:
    """Return the suite in the file. Raises SuiteError naming the file and what is wrong in it."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _LOADER)
        return Suite.model_validate(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SuiteError(f"{path.name} cannot be read as YAML: {error}") from error
    except ValidationError as error:
        problems = [f"{_place(problem['loc'], content)}: {problem['msg']}" for problem in error.errors()]
        raise SuiteError(
            f"{path.name} is no suite (docs/validation.md says what one is): {'; '.join(problems)}"
        ) from error


def suites_in(folders: Iterable[Path]) -> dict[str, Path]:
    """The suites' files by the name of their dataset; a file of a later folder takes the place of one before."""
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yml"))}


def _place(path: tuple[int | str, ...], content: Any) -> str:
    """Where in the file, by the rule's own sentence where it has one."""
    steps = [str(step + 1) if isinstance(step, int) else step for step in path]
    if len(path) > 1 and path[0] == "expectations" and isinstance(rule := content["expectations"][path[1]], dict):
        steps[:2] = [f"rule {rule.get('rule', steps[1])!r}"]
    return ".".join(steps) or "the file"
