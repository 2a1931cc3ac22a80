"""Compare the throughput of a whole run with litellm alone and an HTTP client alone, as shares of the ideal.

    python tests/benchmarks/bench_throughput.py [--words 1000 --latency 0.2 --cap 50]

Three clients are compared: ``kedro run`` on a fresh project with a generated word list, litellm's ``acompletion`` behind a
semaphore, and aiohttp behind a semaphore. Each sends the same number of requests with the same prompts to its own server,
which replies after the latency, with at most --cap requests at once. The ideal time is requests / cap x latency. Time is
measured from the first request to the last reply in the server's log. For a run, this includes the work between its two
stages.
"""

import argparse
import asyncio
import csv
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

import aiohttp  # noqa: E402
from benchmarks.figures import Efficiency, efficiency  # noqa: E402
from ledger.samples import generated  # noqa: E402
from support.model_replies import reply_record  # noqa: E402
from support.model_server import ModelServer  # noqa: E402
from support.project import Project  # noqa: E402

MODEL = "openai/test"
STAGES = ("nuance", "flashcards")
CARD_TYPES = ["Scene", "Usage-Comparison"]
Log = list[dict[str, Any]]
Send = Callable[[list[dict[str, str]]], Coroutine[Any, Any, object]]


def whole_run(words: int, latency: float, cap: int) -> Log:
    """Return the server's log of ``kedro run`` on a fresh project with a generated list of this many words."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ModelServer(latency=latency) as server:
        project = Project.copy_to(Path(folder) / "project")
        lists = project.folder / "data" / "01_raw"
        for shipped in lists.glob("*.csv"):
            shipped.unlink()
        (lists / "words.csv").write_bytes(generated(words).data)
        result = project.kedro(
            "run", "--params",
            f"llm.model={MODEL},llm.price=unknown_ok,llm.api_base={server.url},"
            f"llm.concurrency={cap}",
            timeout=3600,
        )  # fmt: skip
        if result.code != 0:
            raise SystemExit(f"kedro run ended with exit code {result.code}:\n{result.err}")
        return server.requests()


def bare_litellm(requests: Sequence[list[dict[str, str]]], latency: float, cap: int) -> Log:
    """Return the server's log of the same requests, sent directly with litellm."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm

    async def main(url: str) -> None:
        async def send(messages: list[dict[str, str]]) -> object:
            return await litellm.acompletion(MODEL, messages, api_base=url, api_key="none", max_retries=0)

        with ModelServer() as other:  # the first call loads modules that the later calls use
            await litellm.acompletion(MODEL, requests[0], api_base=other.url, api_key="none")
        await _all_at_once(requests, send, cap)
        await litellm.close_litellm_async_clients()

    with ModelServer(latency=latency) as server:
        asyncio.run(main(server.url))
        return server.requests()


def bare_http(requests: Sequence[list[dict[str, str]]], latency: float, cap: int) -> Log:
    """Return the server's log of the same requests, sent with aiohttp."""

    async def main(url: str) -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def send(messages: list[dict[str, str]]) -> object:
                body = {"model": "test", "messages": messages}
                async with session.post(f"{url}/chat/completions", json=body) as reply:
                    return await reply.json()

            await _all_at_once(requests, send, cap)

    with ModelServer(latency=latency) as server:
        asyncio.run(main(server.url))
        return server.requests()


async def _all_at_once(requests: Sequence[list[dict[str, str]]], send: Send, cap: int) -> None:
    permits = asyncio.Semaphore(cap)

    async def one(messages: list[dict[str, str]]) -> None:
        async with permits:
            await send(messages)

    await asyncio.gather(*map(one, requests))


def messages_of(words: int, count: int) -> list[list[dict[str, str]]]:
    """Return the messages of ``count`` requests with the project's prompts, half for analyses and half for cards."""
    terms = [row["term"] for row in csv.DictReader(io.StringIO(generated(words).data.decode()))]
    return list(islice(_messages(terms), count))


def _messages(terms: Sequence[str]) -> Iterator[list[dict[str, str]]]:
    prompts = {name: (ROOT / "conf" / "base" / "prompts" / f"{name}.md").read_text("utf-8") for name in STAGES}
    while True:
        for stage in STAGES:
            for term in terms:
                user: dict[str, object] = {"term": term, "definition": f"meaning of {term}"}
                if stage == "flashcards":
                    user = {"term": term, "nuance": reply_record(user, "abc123"), "card_types": CARD_TYPES}
                yield [
                    {"role": "system", "content": prompts[stage]},
                    {"role": "user", "content": json.dumps(user, ensure_ascii=False)},
                ]


def main() -> None:
    """Parse the options and print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=1000, help="words in the list (default: 1000)")
    parser.add_argument("--latency", type=float, default=0.2, help="latency in seconds (default: 0.2)")
    parser.add_argument("--cap", type=int, default=50, help="maximum number of requests at once (default: 50)")
    given = parser.parse_args()
    print(f"{given.words:,} words, {given.latency:g} s latency, at most {given.cap} requests at once\n")
    print("| | requests | failed | ideal, s | actual, s | share of ideal |\n|---|---:|---:|---:|---:|---:|", flush=True)
    log = whole_run(given.words, given.latency, given.cap)
    show("kedro run, from the first request to the last reply", efficiency(log, given.cap, given.latency))
    for stage in STAGES:
        part = [request for request in log if request["stage"] == stage]
        show(f"… of that, {stage}", efficiency(part, given.cap, given.latency))
    requests = messages_of(given.words, len(log))
    for name, send in (("bare litellm", bare_litellm), ("bare HTTP client (aiohttp)", bare_http)):
        show(name, efficiency(send(requests, given.latency, given.cap), given.cap, given.latency))


def show(name: str, found: Efficiency) -> None:
    """Print one row of the table."""
    figures = f"{found.requests:,} | {found.failed:,} | {found.ideal:.2f} | {found.seconds:.2f} | {found.share:.2f}"
    print(f"| {name} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
