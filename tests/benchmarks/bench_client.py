"""Measure the client's overhead: the share of the ideal time in a run without cached replies, and a cached rerun.

    python tests/benchmarks/bench_client.py [--calls 1000 --latency 0.2 --concurrency 50]

The ideal time is calls / concurrency x latency. The concurrency starts at its maximum. Time is measured from the first
request to the last reply in the server's log. Litellm is imported before the measurement, and the time of its import is
shown separately.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from benchmarks.figures import efficiency, peak_mb, shown_mb  # noqa: E402
from support.model_server import ModelServer  # noqa: E402
from support.parameters import llm_parameters  # noqa: E402

from korean_flashcards.domain.requests import ChatTemplate, Request  # noqa: E402
from korean_flashcards.llm.client import LLMClient  # noqa: E402

MODEL = "openai/benchmark"
# As long as the project's prompt (about 8 KB), because the length affects the CPU time of a call.
TEMPLATE = ChatTemplate("nuance", MODEL, "Analyse the Korean word. " * 320, {"type": "object"}, None, None)


def make_requests(calls: int) -> list[Request]:
    """Return ``calls`` different requests."""
    users = [json.dumps({"term": f"단어{number}"}, ensure_ascii=False) for number in range(calls)]
    return [Request(TEMPLATE.key(user), user, json.loads) for user in users]


def measure(calls: int, latency: float, concurrency: int) -> dict[str, str]:
    """Run the benchmark and return its figures as text, keyed by name."""
    started = time.perf_counter()
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm  # noqa: F401

    import_s = time.perf_counter() - started
    with ModelServer(latency=latency) as server, tempfile.TemporaryDirectory() as folder:
        client = LLMClient(Path(folder) / "cache")
        settings = llm_parameters(model=MODEL, api_base=server.url, concurrency=concurrency, price="unknown_ok")
        requests = make_requests(calls + 1)
        client.complete(TEMPLATE, requests[:1], settings)
        cpu = time.process_time()
        replies = client.complete(TEMPLATE, requests[1:], settings)
        cpu = time.process_time() - cpu
        found = efficiency(server.requests()[1:], concurrency, latency)
        failed = sum(reply.code is not None for reply in replies)
        again = time.perf_counter()
        client.complete(TEMPLATE, requests, settings)
        again = time.perf_counter() - again
    return {
        "calls": f"{calls:,}",
        "requests served": f"{found.requests:,}",
        "failed": f"{failed:,}",
        "ideal, s": f"{found.ideal:.2f}",
        "actual, s": f"{found.seconds:.2f}",
        "share of ideal": f"{found.share:.2f}",
        "client CPU, ms per call": f"{1000 * cpu / calls:.2f}",
        "import of litellm, s": f"{import_s:.2f}",
        "cached rerun, s": f"{again:.3f}",
        "peak memory, MB": shown_mb(peak_mb()),
    }


def main() -> None:
    """Parse the options and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1000, help="number of calls (default: 1000)")
    parser.add_argument("--latency", type=float, default=0.2, help="latency in seconds (default: 0.2)")
    parser.add_argument("--concurrency", type=int, default=50, help="initial and maximum concurrency (default: 50)")
    options = parser.parse_args()
    figures = measure(options.calls, options.latency, options.concurrency)
    width = max(len(name) for name in figures)
    for name, figure in figures.items():
        print(f"{name:<{width}}  {figure:>10}")


if __name__ == "__main__":
    main()
