"""Define the record of a run: how it was started, how it ended, and its figures by stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RunStart:
    """The start of a run. API keys have been removed from the parameters.

    Attributes:
        pipelines: The pipelines that the run consists of, at least in part.
        environment: The Kedro environment, such as local.
        given: The parameters from the command line or the notebook, without those from parameter files.
        parameters: All parameters.
    """

    pipelines: Sequence[str]
    environment: str
    given: Mapping[str, Any]
    parameters: Mapping[str, Any]


@dataclass(slots=True)
class StageFigures:
    """One stage's duration and calls. A value is None if it is unknown.

    Attributes:
        seconds: The time from the beginning of the stage's nodes to the beginning of the next stage's.
        calls: The number of calls, including calls without a reply.
        cache_hits: The number of replies from the cache.
        cache_misses: The number of requests for which calls were made.
        usd: The cost of all calls whose price is known.
        unpriced: The number of calls whose price is unknown.
    """

    stage: str
    seconds: float | None = None
    calls: int | None = None
    cache_hits: int | None = None
    cache_misses: int | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    usd: float | None = None
    unpriced: int | None = None


@dataclass(frozen=True, slots=True)
class RunResult:
    """The end of a run.

    Attributes:
        exit_code: 0 if it is complete, 1 after an error, and 2 if it is incomplete.
        error_code: The kind of error, such as ledger; or None if the run succeeded.
        message: The error message, without API keys.
        words: The number of words in the run; None if unknown.
        cards: The number of their cards that go into the deck; None if unknown.
        failures: The number of words or, for an import, rows that failed; None if unknown.
        stages: The figures of each stage.
    """

    exit_code: int
    error_code: str | None = None
    message: str | None = None
    words: int | None = None
    cards: int | None = None
    failures: int | None = None
    stages: Sequence[StageFigures] = ()

    def total(self, name: str) -> Any:
        """Return the sum of a figure over all stages, or None if no stage has it."""
        known = [value for stage in self.stages if (value := getattr(stage, name)) is not None]
        return sum(known) if known else None
