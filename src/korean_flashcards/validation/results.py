"""Store validation results: one small JSON file per suite and run. Old results are deleted."""

import time
from pathlib import Path
from typing import Any, Literal, NoReturn

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.files.atomic import atomic_path


class Outcome(BaseModel):
    """The outcome of one rule. ``problem`` describes what breaks the rule and is None if nothing does."""

    model_config = ConfigDict(frozen=True)

    rule: str
    type: str
    severity: Literal["error", "warning"]
    success: bool
    problem: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_older_release(cls, values: Any) -> Any:
        """Read a result from an older release, which stored only the value that broke the rule."""
        if isinstance(values, dict) and values.get("found"):
            return {**values, "problem": f"{values['rule']}: {values['found']}"}
        return values


class SuiteResult(BaseModel):
    """The result of one suite in one run.

    Attributes:
        suite: The name of the suite, which is also the name of its dataset.
        run: The name of the run.
        at: When the dataset was checked, in seconds since the epoch.
        page: The name of the run in which Great Expectations checked this data. The result's page is named after that
            run.
        fingerprint: A hash of the data and the rules. Data with the same fingerprint is not checked again.
        rows: The number of rows in the dataset.
        rules: The outcome of each rule.
    """

    model_config = ConfigDict(frozen=True)

    suite: str
    run: str
    at: float
    page: str
    fingerprint: str
    rows: int
    rules: list[Outcome]

    def broken(self, severity: str) -> list[Outcome]:
        """Return the broken rules with this severity."""
        return [rule for rule in self.rules if not rule.success and rule.severity == severity]


# One row per rule and run. SuiteResult and Outcome explain the columns.
RESULT_SCHEMA = {**polars_schema(SuiteResult, "suite", "run", "at", "page", "rows"), **polars_schema(Outcome)}


class KeptResults:
    """Results stored in ``folder`` as SUITE/RUN.json, each with its Data Docs page, SUITE/RUN.html.

    The newest ``keep`` results for each suite are kept. Run names contain the start time, so they sort by time.
    """

    def __init__(self, folder: Path, keep: int) -> None:
        self.folder = folder
        self._keep = keep

    def last(self, suite: str) -> SuiteResult | None:
        """Return a suite's newest readable result, or None."""
        results = self.of(suite)
        return results[-1] if results else None

    def with_fingerprint(self, suite: str, fingerprint: str) -> SuiteResult | None:
        """Return a suite's newest result for data and rules with this fingerprint, or None."""
        # Runs of a few words and of all words often alternate, so the last result is not always the right one.
        found = (result for path in reversed(self._files(suite)) if (result := _read(path)))
        return next((result for result in found if result.fingerprint == fingerprint), None)

    def of(self, suite: str) -> list[SuiteResult]:
        """Return a suite's stored results, newest last. Corrupted files are ignored."""
        return [result for path in self._files(suite) if (result := _read(path))]

    def all(self) -> list[SuiteResult]:
        """Return the stored results for all suites."""
        return [result for folder in sorted(self.folder.glob("*/")) for result in self.of(folder.name)]

    def put(self, result: SuiteResult, page: str | None) -> None:
        """Store a result and its page, then delete the oldest results and any pages that no result uses.

        Args:
            result: The result.
            page: The page in HTML, or None if the result uses an earlier run's page.
        """
        folder = self.folder / result.suite
        if page is not None:
            with atomic_path(folder / f"{result.page}.html") as path:
                path.write_text(page, encoding="utf-8")
        with atomic_path(folder / f"{result.run}.json") as path:
            path.write_text(result.model_dump_json(), encoding="utf-8")
        results = self._files(result.suite)
        for path in results[: -self._keep]:
            path.unlink(missing_ok=True)
        if len(results) >= self._keep:
            self._remove_pages(result.suite, before=results[-self._keep].stem)

    def old(self) -> list[Path]:
        """Return the files of all results except each suite's newest one, and the pages that only those results use."""
        found = []
        for folder in sorted(self.folder.glob("*/")):
            *old, newest = self._files(folder.name) or [folder]
            used = {newest.stem, *({result.page} if (result := _read(newest)) else ())}
            found += old
            found += [
                page for page in self._files(folder.name, "html") if page.stem < min(used) and page.stem not in used
            ]
        return found

    def _remove_pages(self, suite: str, before: str) -> None:
        """Delete the pages that no result uses.

        A run that has written its page stores its result next. Only a page from before the oldest result cannot belong
        to such a run.
        """
        pages = {kept.page for kept in self.of(suite)}
        for path in self._files(suite, "html"):
            if path.stem < before and path.stem not in pages:
                path.unlink(missing_ok=True)

    def _files(self, suite: str, suffix: str = "json") -> list[Path]:
        # Files whose names begin with a dot are still being written, perhaps by a different run.
        return sorted((self.folder / suite).glob(f"[!.]*.{suffix}"))


class ValidationResultsDataset(AbstractDataset[NoReturn, pl.DataFrame]):
    """A dataset that loads the stored results as a frame. The validator writes the results.

    Args:
        path: Folder with the results.
        keep: Number of results to keep for each suite.
        page: Path to the Jinja template for a result's page.
        metadata: Metadata for other tools, such as kedro-viz.
    """

    def __init__(self, *, path: str, keep: int, page: str, metadata: dict[str, Any] | None = None) -> None:
        self._path = Path(path)
        self.results = KeptResults(self._path, keep)
        self._page = page
        self.metadata = metadata

    @property
    def path(self) -> Path:
        """Return the folder with the results."""
        return self._path

    def load(self) -> pl.DataFrame:
        """Return one row per rule and run (RESULT_SCHEMA), newest last."""
        rows = (
            {**result.model_dump(exclude={"rules", "fingerprint"}), **rule.model_dump()}
            for result in sorted(self.results.all(), key=lambda result: result.at)
            for rule in result.rules
        )
        return frame_of(rows, RESULT_SCHEMA)

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError(
            "This dataset is read-only. Results are stored when a dataset with a suite is saved or loaded."
        )

    def _exists(self) -> bool:
        return self._path.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._path)}


def kept(result: SuiteResult, run: str) -> SuiteResult:
    """Return a copy of the result for a later run that has the same data and rules."""
    return result.model_copy(update={"run": run, "at": time.time()})


def _read(path: Path) -> SuiteResult | None:
    try:
        return SuiteResult.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
