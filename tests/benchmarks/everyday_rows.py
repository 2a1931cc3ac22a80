"""The rows of ``bench_everyday.py``: the commands that researchers and tutors wait for, and how to measure them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks.bench_throughput import MODEL, STAGES, bare_litellm, messages_of
from benchmarks.figures import efficiency
from benchmarks.measured_command import Measured
from benchmarks.perfect_schedule import share_of_perfect
from benchmarks.project_side import Side
from ledger.samples import generated
from support.model_server import ModelServer

SHORT_COMMANDS = ("ingress list", "tasks list", "llm status", "errors", "review next")
_SECONDS_OF_EXTRA = "≤ 0.4 s more"


@dataclass(frozen=True)
class Figure:
    """One figure of a row. ``unit`` is "s", "share", or "×". ``compared`` is what must not become 10 % worse."""

    row: str
    value: float
    goal: str
    unit: str = "s"
    cpu: float | None = None
    peak_mb: float | None = None
    compared: float | None = None

    @property
    def higher_is_better(self) -> bool:
        """Return whether a higher value is better, as for shares of the ideal throughput."""
        return self.unit != "s"


@dataclass(frozen=True)
class Sizes:
    """The sizes of the measured work. ``list_file`` is the word list for all rows that do not name their words."""

    list_file: bytes
    http_words: int = 1000
    slow_words: int = 640
    slow_latency: float = 6.0  # the median, in seconds
    limit: int = 20
    large_words: int = 100_000


# Takes a version of the project and the number of the turn, from 0.
Measure = Callable[[Side, int], Iterator[Figure]]


@dataclass(frozen=True)
class Measurement:
    """A measurement that yields one or more figures. ``once``: it takes so long that it is not repeated."""

    group: str
    measure: Measure
    once: bool = False


def measurements(sizes: Sizes) -> list[Measurement]:
    """Return all measurements, in an order in which each one finds the data that it needs."""
    return [
        Measurement("cold", partial(cold, sizes)),
        Measurement("loop", partial(_command, "run, limit=20, nothing changed", "≤ 3.5 s, ≤ 300 MB", _limited(sizes))),
        Measurement("loop", partial(_command, "plan", "≤ 4 s", ("plan",))),
        Measurement("loop", partial(_command, "run again, everything cached", "≤ 7 s, ≤ 450 MB", ("run",))),
        Measurement(
            "loop", partial(_command, "run --pipeline=export", "≤ 5 s, ≤ 450 MB", ("run", "--pipeline=export"))
        ),
        Measurement("loop", _silence_of_cached_run),
        Measurement("loop", partial(_changed_prompt, sizes)),
        Measurement("commands", _short_commands),
        Measurement("http", partial(_over_http, sizes, True)),
        Measurement("http", partial(_over_http, sizes, False)),
        Measurement("http", partial(_slow_provider, sizes)),
        Measurement("http", partial(_start, sizes)),
        Measurement("large", partial(_large, sizes), once=True),
    ]


def cold(sizes: Sizes, side: Side, _turn: int) -> Iterator[Figure]:
    """Measure a run of the whole list with the offline model and without data."""
    side.clear(sizes.list_file)
    yield _figure("run, offline, cold", "≤ 30 s, ≤ 1,000 MB", side.kedro("run"))


def _limited(sizes: Sizes) -> tuple[str, ...]:
    return ("run", "--params", f"limit={sizes.limit}")


def _command(row: str, goal: str, arguments: tuple[str, ...], side: Side, _turn: int) -> Iterator[Figure]:
    yield _figure(row, goal, side.kedro(*arguments))


def _changed_prompt(sizes: Sizes, side: Side, turn: int) -> Iterator[Figure]:
    with side.changed_prompt(f"Write sentence {turn} of the benchmark as you write the others."):
        changed = side.kedro(*_limited(sizes))
    yield _figure("… after one changed sentence in a prompt", "≤ 6 s, ≤ 950 MB", changed)


def _silence_of_cached_run(side: Side, _turn: int) -> Iterator[Figure]:
    yield Figure("longest silence of a cached run", side.kedro_on_terminal("run").silence, "≤ 2 s")


def _short_commands(side: Side, _turn: int) -> Iterator[Figure]:
    least = side.kedro("registry", "list")
    yield _figure("registry list", "-", least)
    for command in SHORT_COMMANDS:
        found = side.kedro(*command.split())
        yield Figure(
            f"{command}, beyond registry list", found.seconds - least.seconds, _SECONDS_OF_EXTRA,
            cpu=found.cpu - least.cpu, peak_mb=found.peak_mb, compared=found.seconds,
        )  # fmt: skip


def _over_http(sizes: Sizes, repairs: bool, side: Side, _turn: int) -> Iterator[Figure]:
    """Measure the throughput with a fast provider, which replies to 250 requests per second."""
    latency, cap, goal = 0.2, 50, "≥ 0.80" if repairs else "-"
    with side.other_data(generated(sizes.http_words).data), ModelServer(latency=latency) as server:
        options = f"{_model(server, cap)},llm.repair_findings={str(repairs).lower()}"
        run = side.kedro("run", "--params", options)
        log = server.requests()
    name = f"{sizes.http_words:,} words over HTTP{', repair_findings' if repairs else ''}"
    for stage in STAGES:
        share = efficiency([request for request in log if request["stage"] == stage], cap, latency).share
        yield Figure(f"{name}: {stage}", share, goal, "share")
    ours = efficiency(log, cap, latency).share
    yield Figure(f"{name}: both stages", ours, goal, "share", run.cpu, run.peak_mb)
    if repairs:
        alone = efficiency(bare_litellm(messages_of(sizes.http_words, len(log)), latency, cap), cap, latency).share
        yield Figure("bare litellm", alone, "-", "share")
        yield Figure("both stages as a multiple of bare litellm", ours / alone, "≥ 1.1", "×")


def _slow_provider(sizes: Sizes, side: Side, _turn: int) -> Iterator[Figure]:
    """Measure the throughput with a provider whose latencies vary as those of real ones."""
    cap, words = 64, generated(sizes.slow_words).data
    with side.other_data(words), ModelServer(latency=sizes.slow_latency, latency_sigma=0.5) as server:
        run = side.kedro("run", "--params", _model(server, cap))
        log = server.requests()
    name = f"{sizes.slow_words:,} words, latency log-normal, median {sizes.slow_latency:g} s"
    for stage in STAGES:
        yield Figure(f"{name}: {stage}, share of perfect", share_of_perfect(log, cap, [stage]), "≥ 0.96", "share")
    share = share_of_perfect(log, cap, STAGES)
    yield Figure(f"{name}: both, share of perfect", share, "≥ 0.96", "share", run.cpu, run.peak_mb)


def _start(sizes: Sizes, side: Side, _turn: int) -> Iterator[Figure]:
    """Measure a first run of some words of the list, in a terminal."""
    with side.other_data(sizes.list_file), ModelServer(latency=0.2) as server:
        run = side.kedro_on_terminal("run", "--params", f"{_model(server, 64)},limit={10 * sizes.limit}")
        log = server.requests()
    yield Figure("first request after the start, no data yet", log[0]["at"] - run.started, "≤ 6 s")
    yield Figure("longest silence of that run", run.silence, "≤ 2 s")


def _large(sizes: Sizes, side: Side, _turn: int) -> Iterator[Figure]:
    """Measure a list of 100,000 words, which leaves 200,000 replies in the cache."""
    name, goal = f"{sizes.large_words:,} words", "≤ 13 × 10,000 words, ≤ 3,000 MB"
    with side.other_data(generated(sizes.large_words).data):
        yield _figure(f"{name}, offline, cold", goal, side.kedro("run"))
        yield _figure(f"{name}, again", goal, side.kedro("run"))
        yield _figure(f"{name}, plan", goal, side.kedro("plan"))
        yield _figure(f"cache verify, replies of {name}", "≤ 20 s", side.kedro("cache", "verify"))
        yield _figure(f"cache stats, replies of {name}", "≤ 5 s", side.kedro("cache", "stats"))


def _model(server: ModelServer, cap: int) -> str:
    return f"llm.model={MODEL},llm.price=unknown_ok,llm.api_base={server.url},llm.concurrency={cap}"


def _figure(row: str, goal: str, run: Measured) -> Figure:
    return Figure(row, run.seconds, goal, "s", run.cpu, run.peak_mb)
