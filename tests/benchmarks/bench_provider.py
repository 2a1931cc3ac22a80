"""How the client behaves before a difficult provider: a table, a line a scenario, counted by the server's own log.

    python tests/benchmarks/bench_provider.py [efficiency slow long rate change outage repair budget …]

Without names all run, which takes about ten minutes, most of it waiting. Each scenario is stage 1 over a real ledger and
cache. "ideal" is words / concurrency × latency, or words / rate.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from support.model_server import ModelServer  # noqa: E402
from support.requests_to_send import NuanceRuns, words  # noqa: E402

from korean_flashcards.domain.requests import Prompt  # noqa: E402

PRICED: dict[str, Any] = {
    "price": "known", "prices": {"openai/test": {"input": 0.15, "output": 0.6}}, "max_tokens": 8192,
    "budget": {"run": {"usd": 100}, "day": {"usd": 100}},
}  # fmt: skip
Result = dict[str, str]


def prompt(name: str) -> Prompt:
    """The project's own prompt: its length is part of what a call takes."""
    return Prompt(name, (ROOT / "conf" / "base" / "prompts" / f"{name}.md").read_text(encoding="utf-8"))


def run(
    count: int, server: dict[str, Any], **settings: Any
) -> tuple[NuanceRuns, list[dict[str, Any]], float, float, int]:
    """Ask for so many words; the runs, the server's log without the warm-up, seconds, CPU seconds, words without a reply."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    runs = NuanceRuns(folder, prompt("nuance"), repair_prompt=prompt("repair"))
    todo = runs.take(*(f"{word}#1" for word in words(count + 1)))
    with ModelServer() as quiet:  # litellm's import is no part of the measurement
        runs.run(todo[:1], quiet.url, **PRICED)
    with ModelServer(**server) as served:
        wall, cpu = time.perf_counter(), time.process_time()
        replies = runs.run(todo[1:], served.url, **(PRICED | {"max_attempts": 5} | settings))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return runs, served.requests(), wall, cpu, replies["text"].null_count()


def efficiency(calls: int = 1000, latency: float = 0.2, concurrency: int = 50) -> Result:
    """Calls that come back after a fixed time."""
    _, log, wall, cpu, missing = run(calls, {"latency": latency}, concurrency=concurrency)
    ideal = calls / concurrency * latency
    return {
        "words": f"{calls:,}, {missing} without a reply", "requests": f"{len(log):,}", "ideal, s": f"{ideal:.2f}",
        "actual, s": f"{wall:.2f}", "share of ideal": f"{ideal / wall:.0%}", "CPU, ms a call": f"{1000 * cpu / calls:.2f}",
    }  # fmt: skip


def slow() -> Result:
    """Two seconds a call, 200 at once."""
    return efficiency(1000, 2.0, 200)


def long() -> Result:
    """The same for 5,000 words: what the first and the last calls lose counts less."""
    return efficiency(5000, 2.0, 200)


def rate() -> Result:
    """Sixty requests a minute at a server that bans whoever sends 61."""
    _, log, wall, _, missing = run(
        100, {"rates": [(0, 60)], "bans": True, "latency": 0.3}, concurrency=20, rates={"rpm": 60}
    )
    refused = sum(request["status"] in (403, 429) for request in log)
    return {
        "words": f"100, {missing} without a reply",
        "seconds": f"{wall:.1f} (ideal 100)",
        "429s and bans": str(refused),
    }


def change() -> Result:
    """500 requests a minute, then 50, then 500 again, found out from the refusals alone; a minute of ten seconds."""
    script = {"rates": [(0, 500), (15, 50), (45, 500)], "window": 10.0, "latency": 0.1}
    _, log, wall, _, missing = run(1200, script, concurrency=20)
    start = log[0]["at"]

    def answered(since: float, until: float) -> float:
        return sum(r["status"] == 200 and since <= r["at"] - start < until for r in log) * 10 / (until - since)

    refused = sum(request["status"] == 429 for request in log)
    phases = [f"{answered(*phase):.0f}" for phase in ((0, 15), (25, 45), (55, max(wall - 2, 56)))]
    return {
        "words": f"1,200, {missing} without a reply",
        "answered in 10 s, by phase": ", ".join(phases) + " (allowed 500, 50, 500)",
        "refused": f"{refused:,} of {len(log):,}", "seconds": f"{wall:.0f}",
    }  # fmt: skip


def outage() -> Result:
    """Down for a minute in the middle of 1,000 words."""
    runs, log, wall, _, missing = run(1000, {"latency": 0.1, "outage": (500, 60.0, "503")}, concurrency=20)
    failed = [request for request in log if request["status"] != 200]
    first = failed[0]["at"]
    at_once = sum(request["at"] - first < 1 for request in failed)
    burnt = runs.sql("SELECT count(*) FROM tasks WHERE stage = 'nuance' AND attempts > 0")[0][0]
    return {
        "words": f"1,000, {missing} without a reply",
        "calls into the outage": f"{len(failed)}, {at_once} in its first second",
        "attempts burnt": str(burnt), "seconds": f"{wall:.0f}",
    }  # fmt: skip


def repair() -> Result:
    """A fifth of the replies malformed in one way or another."""
    shares = {
        "fenced": 0.04,
        "trailing_comma": 0.04,
        "unclosed": 0.03,
        "single_quotes": 0.03,
        "bad_ipa": 0.03,
        "missing_field": 0.03,
    }
    runs, log, _, _, missing = run(500, {"shares": shares, "latency": 0.02}, concurrency=20)
    first = {request["sha256"]: request for request in log if request["kind"] == "ask" and request["attempt"] == 1}
    faulty = [request for request in first.values() if request["behaviour"] != "ok"]
    full = sum(request["tokens_in"] + request["tokens_out"] for request in faulty)
    extra = [r for r in log if r["kind"] == "repair" or (r["kind"] == "ask" and r["attempt"] > 1)]
    paid = sum(request["tokens_in"] + request["tokens_out"] for request in extra)
    fixed = runs.sql("SELECT count(*) FROM llm_calls WHERE fixed = 1")[0][0]
    return {
        "words": f"500, {missing} without a reply", "malformed": str(len(faulty)), "mended on the spot": str(fixed),
        "repair requests": str(sum(r["kind"] == "repair" for r in extra)),
        "full retries": str(sum(r["kind"] == "ask" for r in extra)),
        "extra tokens": f"{paid:,}, {paid / full:.0%} of what full retries cost ({full:,})",
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
