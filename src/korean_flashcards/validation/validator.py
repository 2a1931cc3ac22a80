"""A Kedro validator that checks a frame against a suite, keeps what came of it, and stops a run that breaks an error."""

import hashlib
import io
import time
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import polars as pl

from korean_flashcards.domain.errors import SuiteError
from korean_flashcards.validation.results import KeptResults, Outcome, SuiteResult, kept
from korean_flashcards.validation.suite import Suite, read_suite

_AFTER = {
    "save": (
        "The layer was not saved; the one before it and all paid replies are safe. Correct the source of these rows, or the "
        "rule, and run again."
    ),
    "load": "All paid replies are safe. Correct the source of these rows, or the rule, and run again.",
}


class SuiteValidator:
    """Checks frames against the suite in ``filepath``; its results go to the folder ``results`` under the name of ``run``.

    Data that the last result was about are not looked at again: Great Expectations, which takes seconds to import, is
    imported only for data or rules that are new. ``page``: the template of the results' pages.
    """

    def __init__(self, filepath: str, results: str, keep: int, page: str, run: str) -> None:
        self._filepath = Path(filepath)
        self._results = KeptResults(Path(results), keep)
        self._page = Path(page)
        self._run = run

    def validate(self, data: pl.DataFrame) -> pl.DataFrame:
        """Return ``data`` unchanged. Raises SuiteError when a rule of severity error is broken."""
        result = self._result(data)
        if broken := result.broken("error"):
            raise SuiteError(
                f"The {result.suite} layer breaks {len(broken)} of its rules ({self._filepath.name}):\n  - "
                + "\n  - ".join(f"{rule.rule}: {rule.found}" for rule in broken)
                + f"\n{_AFTER[self._suite.when]}"
            )
        return data

    @cached_property
    def _suite(self) -> Suite:
        return read_suite(self._filepath)

    def _result(self, data: pl.DataFrame) -> SuiteResult:
        name = self._filepath.stem
        try:
            seen = self._suite.seen(data)
        except SuiteError as error:
            raise SuiteError(
                f"{self._filepath.name} does not fit the {name} layer: {error}. Correct the file."
            ) from error
        fingerprint = _fingerprint(self._filepath, seen)
        last = self._results.last(name)
        if last and last.fingerprint == fingerprint:
            result, page = kept(last, self._run), None
        else:
            rules, page = self._looked_at(name, seen)
            result = SuiteResult(
                suite=name, run=self._run, at=time.time(), page=self._run, fingerprint=fingerprint, rows=data.height,
                rules=rules,
            )  # fmt: skip
        self._results.put(result, page)
        return result

    def _looked_at(self, name: str, seen: pl.DataFrame) -> tuple[list[Outcome], str]:
        # Saves 5 s (Great Expectations): data that were checked before are not checked again.
        from korean_flashcards.validation.engine import check

        return check(self._suite, name, seen, self._run, self._page.read_text(encoding="utf-8"))


def _fingerprint(file: Path, seen: pl.DataFrame) -> str:
    """Equal for the same rules over the same data: a result of these is the result of those.

    In it: the rules' file, whole; the columns they speak of, their types and values in their order, and no others, as those
    change nothing; the release of Great Expectations. Not in it: the page's template, which only shows what was found.
    """
    digest = hashlib.sha256(file.read_bytes())
    digest.update(version("great_expectations").encode())
    digest.update(repr(seen.schema).encode())
    buffer = io.BytesIO()
    # In the older layout equal texts are equal bytes; the newer one depends on how the frame came about.
    seen.rechunk().write_ipc(buffer, compat_level=pl.CompatLevel.oldest())
    digest.update(buffer.getbuffer())
    return digest.hexdigest()
