"""Measure the client with a difficult provider. Each scenario prints a block of figures from the server's log.

    python tests/benchmarks/bench_provider.py [efficiency slow long rate change outage repair]

Without names, all scenarios run, which takes about ten minutes, mostly waiting. Each scenario runs stage 1 with a real
ledger and cache. The concurrency starts at its maximum. The ideal time is words / concurrency x latency or words / rate.
Time is measured from the first request to the last reply in the server's log.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from benchmarks import figures  # noqa: E402
from support.model_server import ModelServer  # noqa: E402
from support.requests_to_send import NuanceRuns, words  # noqa: E402

from korean_flashcards.domain.requests import Prompt  # noqa: E402

PRICED: dict[str, Any] = {
    "price": "known", "prices": {"openai/test": {"input": 0.15, "output": 0.6}}, "max_tokens": 8192,
    "budget": {"run": {"usd": 100}, "day": {"usd": 100}},
}  # fmt: skip
Result = dict[str, str]


def prompt(name: str) -> Prompt:
    """Return the project's own prompt, because its length affects the time of a call."""
    return Prompt(name, (ROOT / "conf" / "base" / "prompts" / f"{name}.md").read_text(encoding="utf-8"))


class Ran(NamedTuple):
    """Represent a run without its warm-up.

    Attributes:
        log: The requests that the server received.
        seconds: Wall time in seconds.
        cpu: CPU time of this process in seconds.
        missing: Number of words without a reply.
        counted: Result of the ledger query.
    """

    log: list[dict[str, Any]]
    seconds: float
    cpu: float
    missing: int
    counted: int


def run(count: int, server: dict[str, Any], query: str = "SELECT 0", **settings: Any) -> Ran:
    """Request ``count`` words from a model server with these settings."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        runs = NuanceRuns(Path(folder), prompt("nuance"), repair_prompt=prompt("repair"))
        todo = runs.take(*(f"{word}#1" for word in words(count + 1)))
        with ModelServer() as quiet:  # keeps the import of litellm out of the measurement
            runs.run(todo[:1], quiet.url, **PRICED)
        with ModelServer(**server) as served:
            wall, cpu = time.perf_counter(), time.process_time()
            replies = runs.run(todo[1:], served.url, **(PRICED | {"max_attempts": 5} | settings))
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            return Ran(served.requests(), wall, cpu, replies["text"].null_count(), runs.sql(query)[0][0])


def efficiency(calls: int = 1000, latency: float = 0.2, concurrency: int = 50) -> Result:
    """Send calls with a fixed latency."""
    ran = run(calls, {"latency": latency}, concurrency=concurrency)
    found = figures.efficiency(ran.log, concurrency, latency)
    return {
        "words": f"{calls:,}, {ran.missing} without a reply", "requests": f"{found.requests:,}",
        "ideal, s": f"{found.ideal:.2f}", "actual, s": f"{found.seconds:.2f}", "share of ideal": f"{found.share:.2f}",
        "CPU, ms per call": f"{1000 * ran.cpu / calls:.2f}",
    }  # fmt: skip


def slow() -> Result:
    """Send 1,000 calls that take two seconds each, 200 at once."""
    return efficiency(1000, 2.0, 200)


def long() -> Result:
    """Send 5,000 calls that take two seconds each, so that idle time at the start and the end matters less."""
    return efficiency(5000, 2.0, 200)


def rate() -> Result:
    """Respect a limit of 60 requests per minute, with a server that bans clients that send more."""
    log, wall, _, missing, _ = run(
        100, {"rates": [(0, 60)], "bans": True, "latency": 0.3}, concurrency=20, rates={"rpm": 60}
    )
    refused = sum(request["status"] in (403, 429) for request in log)
    return {
        "words": f"100, {missing} without a reply",
        "seconds": f"{wall:.1f} (ideal 100)",
        "429s and bans": str(refused),
    }


def change() -> Result:
    """Adapt to 500 requests per ten seconds, then 50, then 500 again. Only rejected requests reveal the limits."""
    script = {"rates": [(0, 500), (15, 50), (45, 500)], "window": 10.0, "latency": 0.1}
    log, wall, _, missing, _ = run(1200, script, concurrency=20)
    start = log[0]["at"]

    def replied(since: float, until: float) -> float:
        return sum(r["status"] == 200 and since <= r["at"] - start < until for r in log) * 10 / (until - since)

    refused = sum(request["status"] == 429 for request in log)
    phases = [f"{replied(*phase):.0f}" for phase in ((0, 15), (25, 45), (55, max(wall - 2, 56)))]
    return {
        "words": f"1,200, {missing} without a reply",
        "replies in 10 s, by phase": ", ".join(phases) + " (allowed 500, 50, 500)",
        "rejected": f"{refused:,} of {len(log):,}", "seconds": f"{wall:.0f}",
    }  # fmt: skip


def outage() -> Result:
    """Survive an outage of one minute in the middle of 1,000 words."""
    burnt = "SELECT count(*) FROM tasks WHERE stage = 'nuance' AND attempts > 0"
    log, wall, _, missing, counted = run(1000, {"latency": 0.1, "outage": (500, 60.0, "503")}, burnt, concurrency=20)
    failed = [request for request in log if request["status"] != 200]
    first = failed[0]["at"]
    at_once = sum(request["at"] - first < 1 for request in failed)
    return {
        "words": f"1,000, {missing} without a reply",
        "calls during the outage": f"{len(failed)}, {at_once} in its first second",
        "words that lost an attempt": str(counted), "seconds": f"{wall:.0f}",
    }  # fmt: skip


def repair() -> Result:
    """Repair replies. A fifth of the replies is malformed in different ways."""
    shares = {
        "fenced": 0.04,
        "trailing_comma": 0.04,
        "unclosed": 0.03,
        "single_quotes": 0.03,
        "bad_ipa": 0.03,
        "missing_field": 0.03,
    }
    fixed = "SELECT count(*) FROM llm_calls WHERE fixed = 1"
    log, _, _, missing, repaired = run(500, {"shares": shares, "latency": 0.02}, fixed, concurrency=20)
    whole = [request for request in log if request["kind"] != "repair"]
    first = {request["sha256"]: request for request in whole if request["attempt"] == 1}
    faulty = [request for request in first.values() if request["behavior"] != "ok"]
    full = sum(request["tokens_in"] + request["tokens_out"] for request in faulty)
    repairs, again = [r for r in log if r["kind"] == "repair"], [r for r in whole if r["attempt"] > 1]
    paid = sum(request["tokens_in"] + request["tokens_out"] for request in repairs + again)
    return {
        "words": f"500, {missing} without a reply", "malformed": str(len(faulty)), "fixed without a request": str(repaired),
        "repair requests": str(len(repairs)),
        "full retries": str(len(again)),
        "extra tokens": f"{paid:,}, {paid / full:.0%} of the cost of full retries ({full:,})",
    }  # fmt: skip


SCENARIOS: dict[str, Callable[[], Result]] = {
    "efficiency": efficiency, "slow": slow, "long": long, "rate": rate, "change": change, "outage": outage, "repair": repair,
}  # fmt: skip


def main() -> None:
    """Parse the names and print a block for each scenario."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *SCENARIOS], metavar="NAME")
    for name in parser.parse_args().names or SCENARIOS:
        print(f"\n{name}: {(SCENARIOS[name].__doc__ or '').strip()}")
        for title, figure in SCENARIOS[name]().items():
            print(f"  {title:<28}{figure}", flush=True)


if __name__ == "__main__":
    main()
