"""What came of every suite in every run: small JSON files, the newest of each suite kept, read as one frame."""

import time
from pathlib import Path
from typing import Any, Literal, NoReturn

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError
from pydantic import BaseModel, ConfigDict, ValidationError

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.files.atomic import atomic_path


class Outcome(BaseModel):
    """What came of one rule. ``found``: what breaks it, in words; None where it holds."""

    model_config = ConfigDict(frozen=True)

    rule: str
    type: str
    severity: Literal["error", "warning"]
    success: bool
    found: str | None = None


class SuiteResult(BaseModel):
    """What came of one suite in one run. ``page``: the run in which Great Expectations looked at these very data.

    ``fingerprint``: equal where data and rules are equal, so that what holds once is not looked at again.
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
        """The rules of this severity that do not hold."""
        return [rule for rule in self.rules if not rule.success and rule.severity == severity]


# One row a rule and run. at: seconds since the epoch; page: the run whose page of the Data Docs shows it; rows: of the
# dataset; found: what breaks the rule, in words.
RESULT_SCHEMA = {**polars_schema(SuiteResult, "suite", "run", "at", "page", "rows"), **polars_schema(Outcome)}


class KeptResults:
    """The results in ``folder``: NAME/RUN.json, and beside it NAME/RUN.html, the page of the Data Docs.

    Of each suite the newest ``keep`` results stay. Runs are named by their time, so that their names are in its order.
    """

    def __init__(self, folder: Path, keep: int) -> None:
        self._folder = folder
        self._keep = keep

    def last(self, suite: str) -> SuiteResult | None:
        """The newest result of a suite; None where there is none that can be read."""
        results = self.of(suite)
        return results[-1] if results else None

    def of(self, suite: str) -> list[SuiteResult]:
        """The kept results of a suite, the newest last; a damaged file is as if it were not there."""
        return [result for path in self._files(suite) if (result := _read(path))]

    def all(self) -> list[SuiteResult]:
        """The kept results of all suites."""
        return [result for folder in sorted(self._folder.glob("*/")) for result in self.of(folder.name)]

    def put(self, result: SuiteResult, page: str | None) -> None:
        """Keep a result and the page that was made for it (None: an earlier one is its page); older results go."""
        folder = self._folder / result.suite
        if page is not None:
            with atomic_path(folder / f"{result.page}.html") as path:
                path.write_text(page, encoding="utf-8")
        with atomic_path(folder / f"{result.run}.json") as path:
            path.write_text(result.model_dump_json(), encoding="utf-8")
        for path in self._files(result.suite)[: -self._keep]:
            path.unlink(missing_ok=True)
        pages = {kept.page for kept in self.of(result.suite)}
        for path in folder.glob("*.html"):
            if path.stem not in pages:
                path.unlink(missing_ok=True)

    def _files(self, suite: str) -> list[Path]:
        return sorted((self._folder / suite).glob("[!.]*.json"))


class ValidationResultsDataset(AbstractDataset[NoReturn, pl.DataFrame]):
    """The kept results as a frame of RESULT_SCHEMA, the newest last; written by the validator.

    ``path``: the folder; ``keep``: results of each suite that stay; ``page``: the template of their pages.
    """

    def __init__(self, *, path: str, keep: int, page: str, metadata: dict[str, Any] | None = None) -> None:
        self._path = Path(path)
        self.results = KeptResults(self._path, keep)
        self._page = page
        self.metadata = metadata

    def load(self) -> pl.DataFrame:
        """Return one row a rule and run; no rows where nothing has been validated yet."""
        rows = (
            {**result.model_dump(exclude={"rules", "fingerprint"}), **rule.model_dump()}
            for result in sorted(self.results.all(), key=lambda result: result.at)
            for rule in result.rules
        )
        return frame_of(rows, RESULT_SCHEMA)

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("Results of validation are written when a dataset with a suite is saved or loaded.")

    def _exists(self) -> bool:
        return self._path.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._path)}


def kept(result: SuiteResult, run: str) -> SuiteResult:
    """The result as that of another run, which found the same data under the same rules."""
    return result.model_copy(update={"run": run, "at": time.time()})


def _read(path: Path) -> SuiteResult | None:
    try:
        return SuiteResult.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
