"""Compare the results of a fixed set of words with those that were stored for it before."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

import polars as pl

from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import Severity
from korean_flashcards.lab.experiment_record import PaidSoFar, read_experiment, write_experiment
from korean_flashcards.lab.prompt_comparison import PromptComparison

BASELINE = "regression_set"  # the folder of the stored results, in the folder for data
# The number of words in a set that is not named, and the seed with which they are drawn.
SET_SIZE, SET_SEED = 30, 1
_NAMED = 5


class RegressionTest:
    """The result of testing prompts against the regression set.

    Attributes:
        comparison: The stored results (A) compared with the new ones (B).
        problems: What got worse, as sentences. Empty if nothing did.
    """

    def __init__(self, comparison: PromptComparison, findings: pl.DataFrame) -> None:
        self.comparison = comparison
        self._worse = list(_problems(comparison, findings))
        self.problems = [*self._worse, *_missing(comparison)]

    @property
    def passed(self) -> bool:
        """Return whether nothing got worse."""
        return not self.problems

    @property
    def worse(self) -> bool:
        """Return whether something got worse, not counting words whose replies are missing."""
        return bool(self._worse)

    def __str__(self) -> str:
        if self.passed:
            return f"Passed. Nothing got worse.\n{self.comparison}"
        return "\n".join(["Failed.", *(f"- {problem}" for problem in self.problems), str(self.comparison)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{escape(problem)}</li>" for problem in self.problems)
        title = "Passed. Nothing got worse." if self.passed else "Failed."
        return f"<b>{title}</b><ul>{lines}</ul>{self.comparison._repr_html_()}"


def load_baseline(folder: Path) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]] | None:
    """Return the record and the layers of the stored results, or None if there are none yet."""
    return read_experiment(folder / BASELINE) if (folder / BASELINE).exists() else None


def store_baseline(folder: Path, record: pl.DataFrame, layers: dict[str, pl.DataFrame]) -> None:
    """Store the results with which later tests are compared."""
    write_experiment(folder / BASELINE, record, layers)


def tested(
    baseline: tuple[pl.DataFrame, dict[str, pl.DataFrame]], record: pl.DataFrame, layers: dict[str, pl.DataFrame],
    paid: PaidSoFar,
) -> RegressionTest:  # fmt: skip
    """Return the new results compared with the stored ones, which have the same words. ``paid``: by this test."""
    before_record, before = baseline
    joined = {
        name: pl.concat([_as(before[name], "A"), _as(layers[name], "B")]) for name in ("results", "texts", "findings")
    }
    both = pl.concat([_as(before_record, "A"), _as(record, "B")])
    return RegressionTest(PromptComparison(both, joined["results"], joined["texts"], paid), joined["findings"])


def _as(frame: pl.DataFrame, variant: str) -> pl.DataFrame:
    return frame.with_columns(variant=pl.lit(variant))


def _problems(comparison: PromptComparison, findings: pl.DataFrame) -> Iterator[str]:
    if comparison.verdict.outcome == "worse":
        yield f"The scores are lower: {comparison.verdict.text}."
    results = comparison.results
    failed = {
        name: set(results.filter(pl.col("variant") == name, pl.col("state") == "failed")["item_id"]) for name in "AB"
    }
    if new := sorted(failed["B"] - failed["A"]):
        yield f"{counted(len(new), 'word')} failed that did not fail before: {_few(new)}."
    errors = findings.filter(pl.col("severity") == str(Severity.ERROR)).select("variant", "item_id", "code").unique()
    sides = {name: set(errors.filter(pl.col("variant") == name).select("item_id", "code").iter_rows()) for name in "AB"}
    if added := sorted(sides["B"] - sides["A"]):
        yield f"{counted(len(added), 'new error')}: {_few([f'{item_id} ({code})' for item_id, code in added])}."


def _missing(comparison: PromptComparison) -> Iterator[str]:
    if comparison.incomplete:
        yield f"{counted(comparison.incomplete, 'word')} without a reply, so the test is incomplete. Run it again."


def _few(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
