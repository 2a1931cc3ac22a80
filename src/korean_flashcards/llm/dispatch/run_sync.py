"""Run a coroutine from synchronous code, even if an event loop is already running, as in Jupyter."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from typing import Any, TypeVar

T = TypeVar("T")

# Seconds between checks for Ctrl-C. On Windows, a wait without a timeout cannot be interrupted.
_WATCH = 0.2


def run_sync(main: Callable[[], Coroutine[Any, Any, T]], drain: Callable[[], None]) -> T:
    """Run ``main()`` in a new event loop in a separate thread, and return its result.

    On KeyboardInterrupt in the calling thread, ``drain`` is called in the loop. The interrupt is raised again when the
    coroutine has ended. A second interrupt cancels the coroutine and waits until it has cleaned up.
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
    """Wait for the result. After Ctrl-C, thread.join() would assume that the thread has ended (CPython bpo-45274)."""
    while not outcome.done():
        wait([outcome], timeout=_WATCH)


def _call(loop: asyncio.AbstractEventLoop, function: Callable[[], object]) -> None:
    """Call the function in the loop, unless the loop has already ended."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(function)
