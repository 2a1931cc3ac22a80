"""Run Great Expectations in a separate process, which loads it while the run goes on.

Great Expectations takes seconds to import, and 284 MB of memory. The process is shared by all suites. It starts when the
first layer must be checked, or earlier if ``prepare`` is called, and ends with this process.
"""

import os
import sys
from typing import NamedTuple

import polars as pl

from korean_flashcards.domain.errors import SuiteError
from korean_flashcards.processes.worker_process import WorkerProcess
from korean_flashcards.validation.results import Outcome
from korean_flashcards.validation.suite import Suite

_SWITCH, _OFF = "KEDRO_DATASET_VALIDATION", ("0", "false", "off")  # Kedro's switch, and its values for "off"
_worker = WorkerProcess()


class FrameCheck(NamedTuple):
    """The arguments of ``engine.check``."""

    suite: Suite
    name: str
    data: pl.DataFrame
    run: str
    template: str


def prepare() -> None:
    """Start to load Great Expectations, without waiting. Call it when a layer will probably have to be checked."""
    if os.environ.get(_SWITCH, "").strip().lower() not in _OFF:
        _worker.start(_load)


def close() -> None:
    """End the process, which frees its memory. The next check starts it again."""
    _worker.close()


def check(job: FrameCheck) -> tuple[list[Outcome], str]:
    """Return what ``engine.check`` returns. If the process cannot be used, the check runs in this process.

    Raises:
        SuiteError: Great Expectations does not recognize a rule or its arguments.
    """
    _worker.start(_load)
    result = _worker.call(_checked, job)
    if isinstance(result, SuiteError):
        raise result
    return result


def _load() -> None:
    # Great Expectations imports these packages if they are installed, but nothing here needs them. Together, they take a
    # second, in which the first compiles its grammar of web addresses, and 28 MB.
    for name in ("rfc3987_syntax", "boto3", "botocore", "sqlalchemy"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    # A local import, because only the process that checks frames imports Great Expectations.
    import korean_flashcards.validation.engine  # noqa: F401


def _checked(job: FrameCheck) -> tuple[list[Outcome], str] | SuiteError:
    """Check the frame. An error of the suite is returned, because the process reports raised errors as bugs."""
    _load()
    # A local import, because only the process that checks frames imports Great Expectations.
    from korean_flashcards.validation.engine import check as checked

    try:
        return checked(*job)
    except SuiteError as error:
        return error
