"""Measure how much CPU time a call needs in addition to litellm, and where it is spent.

    python tests/benchmarks/bench_cpu.py [--calls 1000]

The same requests are sent in three ways, 20 at a time, to a server that replies immediately: with litellm alone, with our
client without a ledger, and in a run of stage 1 with ledger and cache. The run's time is then broken down by package. Every
2 ms, the innermost known frame of each busy thread is counted for its package.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from support.model_server import ModelServer  # noqa: E402
from support.requests_to_send import NuanceRuns, make_requests, settings, words  # noqa: E402

from korean_flashcards.domain.requests import ChatTemplate, Prompt  # noqa: E402
from korean_flashcards.llm.client import LLMClient  # noqa: E402
from korean_flashcards.llm.providers.litellm import LiteLLMBackend  # noqa: E402

SYSTEM = (ROOT / "conf" / "base" / "prompts" / "nuance.md").read_text(encoding="utf-8")
TEMPLATE = ChatTemplate("nuance", "openai/test", SYSTEM, {"type": "object"}, None, None)
AT_ONCE = 20
EVERY = 0.002  # seconds between two samples
PARTS = {
    "litellm": ("litellm", "openai"), "HTTP": ("httpx", "httpcore", "aiohttp", "yarl", "multidict"),
    "ledger": ("korean_flashcards/ledger", "sqlalchemy"), "cache": ("diskcache", "korean_flashcards/llm/cache"),
    "reading the reply": ("korean_flashcards/formats", "korean_flashcards/domain"),
    "our client": ("korean_flashcards/",),
}  # fmt: skip


def litellm_alone(server: ModelServer, calls: int) -> None:
    """Send the calls directly with litellm."""
    import litellm

    admission = asyncio.Semaphore(AT_ONCE)

    async def one(user: str) -> None:
        async with admission:
            await litellm.acompletion(
                TEMPLATE.model, TEMPLATE.messages(user), api_base=server.url, api_key="none", max_retries=0,
                response_format=TEMPLATE.response_format,
            )  # fmt: skip

    async def all_of_them() -> None:
        await asyncio.gather(*(one(request.user) for request in make_requests(words(calls))))
        await litellm.close_litellm_async_clients()
        litellm.in_memory_llm_clients_cache.flush_cache()

    asyncio.run(all_of_them())


def client_alone(server: ModelServer, calls: int) -> None:
    """Send the calls with the client and its cache, without a ledger."""
    with tempfile.TemporaryDirectory() as folder:
        LLMClient(Path(folder)).complete(
            TEMPLATE, make_requests(words(calls)), settings(server.url, concurrency=AT_ONCE)
        )


def whole_run(server: ModelServer, calls: int) -> None:
    """Run stage 1 as ``kedro run`` does."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        runs = NuanceRuns(Path(folder), Prompt("nuance", SYSTEM))
        runs.run(runs.take(*(f"{word}#1" for word in words(calls))), server.url, concurrency=AT_ONCE)


def cpu_of(way: Callable[[ModelServer, int], None], calls: int) -> float:
    """Return the CPU time of this process per call, in ms, after a warm-up call for imports."""
    with ModelServer() as server:
        way(server, 1)
        started = time.process_time()
        way(server, calls)
        return 1000 * (time.process_time() - started) / calls


@contextmanager
def sampled() -> Iterator[Counter[str]]:
    """Count how often each part of the program was busy while the block ran."""
    seen: Counter[str] = Counter()
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(EVERY):
            for thread, frame in sys._current_frames().items():
                if thread != threading.get_ident() and (part := _part(frame)):
                    seen[part] += 1

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    yield seen
    stop.set()
    watcher.join()


def _part(frame: FrameType | None) -> str | None:
    """Return the part of the program that a thread is executing, or None if the thread is idle."""
    if frame is None or frame.f_code.co_name in ("wait", "select", "_worker", "accept", "poll", "watch"):
        return None
    while frame is not None:
        name = frame.f_code.co_filename.replace(os.sep, "/")
        for part, places in PARTS.items():
            if any(f"/{place}" in name for place in places):
                return part
        frame = frame.f_back
    return "asyncio and others"


def main() -> None:
    """Parse the options and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1000, help="number of calls (default: 1000)")
    calls = parser.parse_args().calls
    LiteLLMBackend()  # applies our litellm settings to all three
    ways: dict[str, Any] = {
        "litellm alone": litellm_alone, "our client": client_alone, "a run with ledger": whole_run,
    }  # fmt: skip
    figures = {name: cpu_of(way, calls) for name, way in ways.items()}
    own = figures["litellm alone"]
    print(f"{'CPU':<24}{'ms per call':>12}{'beyond litellm':>16}")
    for name, figure in figures.items():
        print(f"{name:<24}{figure:>12.2f}{figure - own:>16.2f}")
    with ModelServer() as server, sampled() as seen:
        whole_run(server, calls)
    print(f"\n{'part of the run':<24}{'share':>12}")
    for part, count in seen.most_common():
        print(f"{part:<24}{count / seen.total():>12.0%}")


if __name__ == "__main__":
    main()
