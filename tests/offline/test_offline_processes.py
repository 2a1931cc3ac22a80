"""The offline model's replies from worker processes: the same replies, refusals, and errors as from this process."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from offline.sample import NUANCE_REQUESTS, PROMPT, SETTINGS

from korean_flashcards.domain.requests import ChatTemplate, Request
from korean_flashcards.llm.client import SMALLEST_TO_SHARE, LLMClient
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.llm.providers.offline import OfflineBackend
from korean_flashcards.llm.providers.offline.warm_up import warm_up
from korean_flashcards.processes.worker_pool import MOST_WORKERS, WorkerPool

TEMPLATE = ChatTemplate("nuance", "offline/dictionary@1", PROMPT.text, {}, None, None)
USERS = [*NUANCE_REQUESTS["user"], json.dumps({"term": "거야"})]


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool()
    pool.start(int, MOST_WORKERS)
    yield pool
    pool.close()


def replies(pool: WorkerPool, users: list[str]) -> list[str]:
    """Return the reply to each request, or its error."""

    async def all_replies() -> list[RawReply | BaseException]:
        backend = OfflineBackend(pool)
        await backend.prepare(TEMPLATE, [Request(str(number), user, str) for number, user in enumerate(users)])
        requests = (backend.send(TEMPLATE, user, SETTINGS) for user in users)
        return await asyncio.gather(*requests, return_exceptions=True)

    return [
        reply.text
        if isinstance(reply, RawReply)
        else f"{reply!r} {reply.code} {reply.retry}"
        if isinstance(reply, BackendError)
        else f"{reply!r}"
        for reply in asyncio.run(all_replies())
    ]


def test_replies_and_refusals_are_the_same_as_from_this_process(pool: WorkerPool) -> None:
    shared = replies(pool, USERS)
    assert shared == replies(WorkerPool(), USERS)
    assert "BackendError" in shared[-1] and "no_definition False" in shared[-1] and shared[0].startswith("{")


def test_a_bug_fails_only_its_own_word(pool: WorkerPool) -> None:
    [before, broken, after] = replies(pool, [USERS[0], "no JSON", USERS[1]])
    assert "JSONDecodeError" in broken and [before, after] == replies(WorkerPool(), USERS[:2])


def test_replies_are_complete_after_all_processes_have_died(pool: WorkerPool) -> None:
    for process in set(pool.map(eval, ["__import__('os').getpid()"] * 400)):
        os.kill(process, signal.SIGTERM)
    assert replies(pool, USERS[:40]) == replies(WorkerPool(), USERS[:40]) and pool.running == 0


@pytest.mark.parametrize(
    ("words", "cores", "expected"),
    [(SMALLEST_TO_SHARE, 2, MOST_WORKERS), (SMALLEST_TO_SHARE - 1, 2, 0), (SMALLEST_TO_SHARE, 1, 0)],
    ids=["many", "few", "one-core"],
)
def test_only_many_words_start_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: int, cores: int, expected: int
) -> None:
    """With few words or one core, the processes would take longer to start than they save."""
    client = LLMClient(tmp_path / "cache")
    started: list[int] = []
    monkeypatch.setattr("korean_flashcards.llm.client.cores", lambda: cores)
    monkeypatch.setattr(client._workers, "start", lambda prepare, count: started.append(count))
    monkeypatch.setattr("korean_flashcards.llm.providers.offline.compose", lambda request: "{}")
    requests = [Request(str(number), '{"term": "단어"}', lambda text: None) for number in range(words)]
    client.complete(TEMPLATE, requests, SETTINGS)
    rooms = {"make_room": lambda: started.append(-1), "use_room": lambda: started.append(-2)}
    list(client.map_checks(abs, range(words), **rooms))
    assert started[0] == expected and started[1:] == [-1, expected, -2] * bool(expected)
    client.close()


@pytest.mark.parametrize(
    ("model", "words", "expected"),
    [
        ("offline/dictionary", SMALLEST_TO_SHARE, [MOST_WORKERS]),
        ("offline/dictionary", SMALLEST_TO_SHARE - 1, []),
        ("openai/test", SMALLEST_TO_SHARE, []),
    ],
)
def test_processes_start_early_only_for_many_words_of_the_offline_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, words: int, expected: list[int]
) -> None:
    client = LLMClient(tmp_path / "cache")
    started: list[int] = []
    monkeypatch.setattr("korean_flashcards.llm.client.cores", lambda: 2)
    monkeypatch.setattr(client._workers, "start", lambda prepare, count: started.append(count))
    monkeypatch.setattr("korean_flashcards.llm.client.load_early", lambda: None)
    client.prepare(SETTINGS.model_copy(update={"model": model}), words)
    assert started == expected


def test_a_process_that_has_warmed_up_has_composed_and_checked_a_card() -> None:
    """Nothing that the words need is loaded later, when the process has been copied."""
    pool = WorkerPool()
    pool.start(warm_up, 1)
    tested = "[name in __import__('sys').modules for name in ('kiwipiepy', '{}.nuance', '{}.cards', '{}')]"
    offline, rules = "korean_flashcards.llm.providers.offline", "korean_flashcards.checks.check_registry"
    assert list(pool.map(eval, [tested.format(offline, offline, rules)])) == [[True] * 4]
    allowed = "__import__('korean_flashcards.processes.process_copies', fromlist=['_has_loaded'])._has_loaded"
    assert list(pool.map(eval, [allowed])) == [True]
    pool.close()


def test_processes_end_after_the_checks_at_the_end_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("korean_flashcards.llm.client.cores", lambda: 2)
    client = LLMClient(tmp_path / "cache")
    processes = set(client.map_checks(eval, ["__import__('os').getpid()"] * SMALLEST_TO_SHARE))
    assert os.getpid() not in processes and client._workers.running == 0
