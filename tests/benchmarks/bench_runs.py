"""Measure whole runs.

    python tests/benchmarks/bench_runs.py [--list FILE] [--words N] [--latency S] [--concurrency N]

Each line is one ``kedro run`` of all pipelines in a fresh copy of the project, including start-up. The time of a stage is
measured from the first request to the last reply in the server's log. The ideal time is requests / concurrency x latency.
The concurrency starts at its maximum.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "src"), str(Path(__file__).resolve().parents[1])]

from benchmarks.figures import efficiency, in_mb, shown_mb  # noqa: E402
from support.model_server import ModelServer  # noqa: E402
from support.project import ROOT, Project  # noqa: E402


@dataclass(frozen=True)
class Measured:
    """Represent one command: wall time in seconds, and peak memory in MB (None if the system does not report it)."""

    seconds: float
    peak_mb: float | None


def measure(project: Project, *params: str) -> Measured:
    """Run ``kedro run`` with the parameters. An error ends the benchmark."""
    start = time.monotonic()
    command = [sys.executable, "-m", "kedro", "run", "--params", ",".join(params)]
    process = subprocess.Popen(command, cwd=project.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    errors = process.stderr.read()
    peak = None
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = in_mb(usage.ru_maxrss)
    if process.wait() == 1:
        raise SystemExit(errors.decode())
    return Measured(time.monotonic() - start, peak)


def show(name: str, measured: Measured, note: str = "") -> None:
    print(f"{name:<34} {measured.seconds:>8.1f} {shown_mb(measured.peak_mb):>9}   {note}")


def stage_times(server: ModelServer, latency: float, concurrency: int) -> str:
    """Return the time and the ideal time of each stage."""
    texts = []
    for stage in ("nuance", "flashcards"):
        found = efficiency([r for r in server.requests() if r["stage"] == stage], concurrency, latency)
        texts.append(f"{stage} {found.seconds:.2f} s, ideal {found.ideal:.2f} s = {found.share:.2f}")
    return "; ".join(texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", type=Path, default=ROOT / "data/01_raw/sample_words.csv", help="word list")
    parser.add_argument("--words", type=int, default=1000, help="use only the first N words (default: 1000)")
    parser.add_argument("--latency", type=float, default=0.2, help="latency in seconds (default: 0.2)")
    parser.add_argument("--concurrency", type=int, default=50, help="initial and maximum concurrency (default: 50)")
    given = parser.parse_args()
    words = (f"word_lists={given.list.resolve()}", f"limit={given.words}")
    print(f"{'run of all pipelines':<34} {'seconds':>8} {'peak MB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        project = Project.copy_to(Path(folder) / "project")
        show(f"offline model, {given.words:,} words", measure(project, *words))
        show("again, from the cache", measure(project, *words))
        with ModelServer(latency=given.latency) as server:
            model = ("llm.model=openai/test", "llm.price=unknown_ok", f"llm.api_base={server.url}",
                     f"llm.concurrency={given.concurrency}")  # fmt: skip
            cold = measure(project, *words, *model)
            show(f"server with {given.latency} s latency", cold, stage_times(server, given.latency, given.concurrency))
            calls = len(server.requests())
            cached = measure(project, *words, *model)
            show("again, from the cache", cached, f"{calls:,} calls before, {len(server.requests()) - calls} now")


if __name__ == "__main__":
    main()
