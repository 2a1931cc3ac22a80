"""What litellm prepares is prepared in the loop, as long as that only computes; everything else stays in threads."""

import asyncio
import contextvars
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from support.asking import TEMPLATE, settings
from support.model_server import ModelServer

from korean_flashcards.llm.providers.litellm import LiteLLMBackend
from korean_flashcards.llm.providers.preparation import QUICK, Preparations

Prepare = Callable[..., Any]


def submitted(prepare: Prepare, times: int = 1, model: str = "openai/test") -> list[Any]:
    """Prepare so many calls, one after the other, as litellm does it; the results, awaited where they are coroutines."""

    async def main() -> list[Any]:
        Preparations.install(prepare)
        loop, results = asyncio.get_running_loop(), []
        for _ in range(times):
            work = partial(contextvars.copy_context().run, partial(prepare, model=model))
            result = await loop.run_in_executor(None, work)
            results.append(await result if asyncio.iscoroutine(result) else result)
        return results

    return asyncio.run(main())


async def _thread_after(seconds: float = 0) -> int:
    await asyncio.sleep(seconds)
    return threading.get_ident()


def test_what_only_prepares_is_done_in_the_loop() -> None:
    """It holds nobody up, and its future has ended before it is awaited."""
    seen = []

    def prepare(model: str) -> Coroutine[Any, Any, int]:
        seen.append((model, threading.get_ident()))
        return _thread_after()

    assert submitted(prepare, times=3) == [threading.get_ident()] * 3
    assert seen == [("openai/test", threading.get_ident())] * 3


def test_a_provider_without_asynchronous_calls_holds_up_the_loop_once() -> None:
    """For it litellm makes the whole call where it should prepare one."""
    threads = submitted(lambda model: threading.get_ident(), times=3)
    assert threads[0] == threading.get_ident()
    assert threading.get_ident() not in threads[1:]


def test_what_was_slow_goes_to_a_thread_until_it_was_quick_there() -> None:
    """As where a token is fetched before the first call."""
    seen = []

    def prepare(model: str) -> Coroutine[Any, Any, int]:
        seen.append(threading.get_ident())
        time.sleep(2 * QUICK if len(seen) < 3 else 0)
        return _thread_after()

    submitted(prepare, times=5)
    assert [thread == threading.get_ident() for thread in seen] == [True, False, False, True, True]


def test_an_error_is_for_who_awaits_it() -> None:
    """litellm raises while it prepares where a key is missing."""

    def prepare(model: str) -> None:
        raise ValueError(f"no key for {model}")

    with pytest.raises(ValueError, match="no key for openai/test"):
        submitted(prepare)


def test_other_work_stays_in_threads() -> None:
    """Above all our own visits to the disk."""

    async def main() -> tuple[int, int]:
        Preparations.install(len)
        of_a_thread = await asyncio.to_thread(threading.get_ident)
        return of_a_thread, await asyncio.get_running_loop().run_in_executor(None, partial(threading.get_ident))

    assert threading.get_ident() not in asyncio.run(main())


def test_litellm_prepares_as_is_expected_here() -> None:
    """Were its next release to do it in another way, calls would only be slower: nobody else would tell."""
    works: list[Any] = []

    class Listed(ThreadPoolExecutor):
        def submit(self, work: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
            works.append(work)
            return super().submit(work, *arguments, **named)

    async def main(url: str) -> list[Any]:
        asyncio.get_running_loop().set_default_executor(Listed())
        backend = LiteLLMBackend()
        await backend.open()
        before = len(works)
        for number in range(3):
            await backend.send(TEMPLATE, f'{{"term": "단어{number}"}}', settings(url))
        await backend.close()
        assert before  # the call that litellm answers itself went to a thread, as all do without us
        return works[before:]

    with ModelServer() as server:
        assert asyncio.run(main(server.url)) == []
        assert len(server.requests()) == 3
