"""Runs a coroutine to its end from synchronous code, also where a loop is running already (Jupyter)."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from typing import Any, TypeVar

T = TypeVar("T")

# Seconds between looks for Ctrl-C: on Windows, a wait without an end cannot be interrupted.
_WATCH = 0.2


def run_sync(main: Callable[[], Coroutine[Any, Any, T]], drain: Callable[[], None]) -> T:
    """The result of ``main()``, run by a fresh event loop in a thread of its own.

    A KeyboardInterrupt of the calling thread calls ``drain`` in the loop, waits for the coroutine's end, and is raised
    on; a second one cancels the coroutine and waits until it has cleaned up.
    """
    outcome: Future[T] = Future()
    running: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[T]]] = Future()

    async def supervised() -> T:
        loop = asyncio.get_running_loop()
        task = loop.create_task(main())
        running.set_result((loop, task))
        return await task

    def work() -> None:
        try:
            outcome.set_result(asyncio.run(supervised()))
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=work, name="llm-client", daemon=True).start()
    try:
        _watch(outcome)
    except BaseException:
        loop, task = running.result()
        _call(loop, drain)
        try:
            _watch(outcome)
        except BaseException:
            _call(loop, task.cancel)
            wait([outcome])
        raise
    return outcome.result()


def _watch(outcome: Future[T]) -> None:
    """Wait for the end. Not thread.join: interrupted by Ctrl-C, it takes the thread for ended (CPython's bpo-45274)."""
    while not outcome.done():
        wait([outcome], timeout=_WATCH)


def _call(loop: asyncio.AbstractEventLoop, function: Callable[[], object]) -> None:
    """Have the loop call the function; it may have ended by itself in between, and then there is nothing to do."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(function)
