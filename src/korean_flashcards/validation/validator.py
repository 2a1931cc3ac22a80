"""Check frames against suites. The Kedro validator stores the results and stops any run that breaks an error rule."""

import hashlib
import io
import time
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path

import polars as pl

from korean_flashcards.domain.errors import OutputError, SuiteError
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.file_problems import os_reason, shown_path, write_advice, write_problem
from korean_flashcards.validation.check_process import FrameCheck, check
from korean_flashcards.validation.results import KeptResults, Outcome, SuiteResult, kept
from korean_flashcards.validation.suite import Suite, read_suite

_CODE = ("engine.py", "problem_text.py", "suite.py")  # the modules of this folder that determine a result
_AFTER = {
    "save": (
        "The layer was not saved. The previous layer and all replies that you paid for are kept. "
        "Correct these rows at their source, or change the rule, then run again."
    ),
    "load": (
        "All replies that you paid for are kept. "
        "Correct these rows at their source, or change the rule, then run again."
    ),
}


class SuiteValidator:
    """A validator that checks frames against one suite and stores the results.

    Data that has a stored result is not checked again. Great Expectations takes seconds to import, so it is imported only
    when data or rules have changed.

    Args:
        filepath: Path to the suite file.
        results: Folder for the results.
        keep: Number of results to keep.
        page: Path to the Jinja template for a result's page.
        run: Name of the run.
    """

    def __init__(self, filepath: str, results: str, keep: int, page: str, run: str) -> None:
        self._filepath = Path(filepath)
        self._results = KeptResults(Path(results), keep)
        self._page = Path(page)
        self._run = run

    def validate(self, data: pl.DataFrame) -> pl.DataFrame:
        """Return ``data`` unchanged.

        Raises:
            SuiteError: A rule with severity ``error`` is broken, or the suite does not fit the data.
        """
        result = self._result(data)
        if broken := result.broken("error"):
            raise SuiteError(
                f"The {result.suite} layer breaks {counted(len(broken), 'rule')} in {self._filepath.name}:\n  - "
                + "\n  - ".join(str(rule.problem) for rule in broken)
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
        if known := self._results.with_fingerprint(name, fingerprint):
            result, page = kept(known, self._run), None
        else:
            rules, page = self._check(name, seen)
            result = SuiteResult(
                suite=name, run=self._run, at=time.time(), page=self._run, fingerprint=fingerprint, rows=data.height,
                rules=rules,
            )  # fmt: skip
        try:
            self._results.put(result, page)
        except OSError as error:
            folder = self._results.folder
            raise OutputError(
                f"The result of checking the {name} layer cannot be stored: {write_problem(folder, error)} All replies that "
                f"you paid for are kept. {write_advice(folder, error)}. Then run the same command again."
            ) from error
        return result

    def _check(self, name: str, seen: pl.DataFrame) -> tuple[list[Outcome], str]:
        try:
            template = self._page.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = os_reason(error) if isinstance(error, OSError) else "it is not UTF-8 text"
            raise SuiteError(
                f"The template {shown_path(self._page)} cannot be read: {reason}. Correct the file."
            ) from error
        return check(FrameCheck(self._suite, name, seen, self._run, template))


def _fingerprint(file: Path, seen: pl.DataFrame) -> str:
    """Return a hash that changes whenever the result could change.

    The hash covers the whole suite file, the columns that the rules use (types, values, and their order), the Great
    Expectations version, and the code that checks the rules and words the problems. It covers neither other columns nor
    the page template, because they do not affect the result.
    """
    digest = hashlib.sha256(file.read_bytes())
    digest.update(version("great_expectations").encode())
    digest.update(_code())
    digest.update(repr(seen.schema).encode())
    buffer = io.BytesIO()
    # In the older layout, equal strings have equal bytes. In the newer one, the bytes depend on how the frame was built.
    seen.rechunk().write_ipc(buffer, compat_level=pl.CompatLevel.oldest())
    digest.update(buffer.getbuffer())
    return digest.hexdigest()


@cache
def _code() -> bytes:
    return b"".join(Path(__file__).with_name(name).read_bytes() for name in _CODE)
