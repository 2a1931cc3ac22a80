"""Format the output of `kedro runs`: a table of runs, one run by stage, and the sums by day."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from korean_flashcards.commands.layout import fitted_table, headed, labeled
from korean_flashcards.commands.terminal import table
from korean_flashcards.domain.line_wrap import width
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.run_record import StageFigures
from korean_flashcards.ledger.run_history import RecordedRun, RunDay
from korean_flashcards.summary.summary_text import duration

_UNKNOWN = "-"
_PIPELINES = 6  # pipelines of a run that is not limited to some of them
_HEADERS = ("run", "started", "kind", "result", "time", "words", "cards", "hits", "misses", "USD")
_NARROW = 7  # columns before those of the cache, which a narrow terminal does not show
_ID_ENDING = 8  # characters at the end of an ID, which `kedro runs show` accepts


def runs_table(runs: Sequence[RecordedRun], columns: int) -> str:
    """Return the runs as a table at most ``columns`` wide.

    If the table would be wider, it has no cache hits and misses, and rounded costs. That leaves all other values uncut.
    """
    rows = [_row(run) for run in runs]
    whole = table(_HEADERS, rows)
    if max(map(width, whole.split("\n"))) <= columns:
        return whole
    costs = [_usd(run.usd, run.unpriced, 2) for run in runs]
    fewer = [(*row[:_NARROW], usd) for row, usd in zip(rows, costs, strict=True)]
    return fitted_table((*_HEADERS[:_NARROW], _HEADERS[-1]), fewer, columns)


def run_lines(run: RecordedRun) -> Iterator[str]:
    """Yield one run as lines of at most 80 columns."""
    yield f"{'Import' if run.kind == 'import' else 'Run'} {run.run_id}"
    yield from labeled("result", _result(run))
    yield from labeled(
        "error", f"{run.error_code}: {run.message}" if run.error_code and run.message else run.error_code
    )
    yield from labeled("started", local_time(run.started))
    yield from _end(run)
    yield from labeled("pipelines", ", ".join(run.pipelines))
    yield from labeled("environment", run.environment)
    yield from labeled("lists", ", ".join(run.files))
    yield from labeled("options" if run.kind == "import" else "parameters", ", ".join(_assignments(run.given)))
    yield from labeled("model", (run.parameters.get("llm") or {}).get("model"))
    # A killed run could not record its figures, which is worth a line. Other runs have only the figures that apply.
    unknown = "unknown" if run.state == "killed" and run.kind == "run" else None
    yield from labeled("words", _known(run.words) or unknown)
    yield from labeled("cards", _known(run.cards) or unknown)
    yield from labeled("rejected rows" if run.kind == "import" else "failures", _known(run.failures) or unknown)
    yield from labeled("cache", _pair(run.cache_hits, "hits", run.cache_misses, "misses") or unknown)
    yield from labeled("tokens", _pair(run.tokens_in, "in", run.tokens_out, "out") or unknown)
    yield from labeled("cost", _cost(run) or unknown)
    if run.stages:
        yield from headed("By stage", iter(_stages(run.stages).split("\n")))


def day_lines(days: Sequence[RunDay]) -> Iterator[str]:
    """Yield the days as a table at most 80 columns wide."""
    headers = ("day", "runs", "incomplete", "failed", "hits", "misses", "tokens", "USD")
    rows = (
        (day.day, day.runs, day.incomplete, day.failed, day.cache_hits, day.cache_misses, day.tokens_in + day.tokens_out,
         _usd(day.usd, day.unpriced))
        for day in days
    )  # fmt: skip
    yield from fitted_table(headers, rows).split("\n")


def _row(run: RecordedRun) -> tuple[Any, ...]:
    kind = run.kind
    if run.pipelines and len(run.pipelines) < _PIPELINES:
        kind = run.pipelines[0] + ("…" if len(run.pipelines) > 1 else "")
    figures = (_number(value) for value in (run.words, run.cards, run.cache_hits, run.cache_misses))
    return (
        run.run_id[-_ID_ENDING:], local_time(run.started)[5:16], kind, run.state, _time(run), *figures,
        _usd(run.usd, run.unpriced),
    )  # fmt: skip


def _end(run: RecordedRun) -> Iterator[str]:
    """Yield the lines about when the run ended. Of a killed run, only its last recorded activity is known."""
    if run.state != "killed":
        yield from labeled("ended", local_time(run.ended) if run.ended else None)
        yield from labeled("duration", duration(run.seconds))
    elif run.seconds:
        yield from labeled("last activity", local_time(run.ended) if run.ended else None)
        yield from labeled("duration", f"at least {duration(run.seconds)}")
    else:
        yield from labeled("duration", "unknown")


def _time(run: RecordedRun) -> str:
    if run.state != "killed":
        return _short(run.seconds)
    return f"{_short(run.seconds)}+" if run.seconds else _UNKNOWN


def _result(run: RecordedRun) -> str:
    return run.state if run.exit_code is None else f"{run.state} (exit code {run.exit_code})"


def _assignments(given: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the parameters as they are written on the command line: llm.model=…"""
    for name, value in given.items():
        if isinstance(value, dict) and value:
            yield from _assignments(value, f"{prefix}{name}.")
        elif value is not None:
            yield f"{prefix}{name}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"


def _stages(stages: Sequence[StageFigures]) -> str:
    rows = (
        (
            stage.stage,
            _UNKNOWN if stage.seconds is None else f"{stage.seconds:,.1f}",
            *(_number(getattr(stage, name)) for name in
              ("cache_hits", "cache_misses", "calls", "tokens_in", "tokens_out")),
            _usd(stage.usd, stage.unpriced),
        )
        for stage in stages
    )  # fmt: skip
    text = table(("stage", "seconds", "hits", "misses", "calls", "tokens in", "out", "USD"), rows)
    return "\n".join(f"  {line}" for line in text.split("\n"))


def _cost(run: RecordedRun) -> str | None:
    if run.usd is None:
        return None
    more = f"; the price of {run.unpriced:,} calls is unknown" if run.unpriced else ""
    return f"USD {usd_number(run.usd, 4)}{more}"


def _usd(usd: float | None, unpriced: int | None, decimals: int = 4) -> str:
    if usd is None:
        return _UNKNOWN
    return usd_number(usd, decimals) + ("+?" if unpriced else "")


def _known(value: int | None) -> str | None:
    return None if value is None else f"{value:,}"


def _pair(one: int | None, name: str, other: int | None, other_name: str) -> str | None:
    """Return two figures, or None if both are unknown."""
    if one is None and other is None:
        return None
    parts = ((one, name), (other, other_name))
    return ", ".join(f"{what} unknown" if value is None else f"{value:,} {what}" for value, what in parts)


def _number(value: int | None) -> str:
    return _UNKNOWN if value is None else f"{value:,}"


def _short(seconds: float) -> str:
    """Return a duration in at most six characters, such as "42 s" or "3 min"."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
