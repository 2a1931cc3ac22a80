"""Test the benchmark of everyday work, so that every closing note can rely on it."""

import re

import pytest
from benchmarks import bench_everyday
from benchmarks.everyday_rows import Figure
from benchmarks.perfect_schedule import makespan, share_of_perfect
from support.model_server import ModelServer
from support.project import ROOT
from test_model_server import ask

SAMPLE = ROOT / "data" / "01_raw" / "sample_words.csv"
ROWS = (
    "run, limit=20, nothing changed", "plan", "run again, everything cached", "run --pipeline=export",
    "longest silence of a cached run", "… after one changed sentence in a prompt",
)  # fmt: skip


@pytest.mark.slow
def test_the_benchmark_of_everyday_work_prints_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    bench_everyday.main(["--list", str(SAMPLE), "--repeats", "1", "--groups", "loop"])
    _, _, *rows = capsys.readouterr().out.splitlines()
    cells = {row.split(" | ")[0].removeprefix("| "): row.split(" | ")[1] for row in rows}
    assert tuple(cells) == ROWS
    assert re.fullmatch(r"\d+\.\d s, CPU \d+\.\d s, \d+ MB", cells["plan"])


@pytest.mark.parametrize(
    ("older", "newer", "unit", "slower"),
    [(10, 10.9, "s", False), (10, 11.1, "s", True), (0.8, 0.74, "share", False), (0.8, 0.7, "share", True)],
)
def test_a_row_is_marked_if_it_is_more_than_10_percent_worse(
    older: float, newer: float, unit: str, slower: bool
) -> None:
    assert bench_everyday.is_slower(Figure("row", older, "-", unit), Figure("row", newer, "-", unit)) is slower


def test_a_perfect_scheduler_starts_each_request_as_soon_as_a_place_is_free() -> None:
    assert makespan([], cap=2) == 0
    assert makespan([3, 1, 1, 1], cap=2) == 3
    assert makespan([1, 1, 1, 3], cap=2) == 4
    log = [{"stage": "nuance", "at": at, "done_at": at + 3, "latency": 2.0} for at in (10, 11)]
    assert share_of_perfect(log, cap=2, stages=["nuance"]) == 2 / 4


def test_the_server_draws_the_same_latencies_for_the_same_seed() -> None:
    drawn = []
    for seed in (1, 1, 2):
        with ModelServer(latency=0.01, latency_sigma=0.5, seed=seed) as server:
            for term in ("하나", "둘", "셋", "넷"):
                ask(server, term)
            requests = server.requests()
        drawn.append([request["latency"] for request in requests])
        assert all(request["done_at"] - request["at"] >= request["latency"] for request in requests)
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(set(drawn[0])) == 4 and 0.001 < min(drawn[0]) < max(drawn[0]) < 0.1
