"""litellm prepares each call in a thread, which our loop does itself, where that only computes.

The thread takes a tenth of a call's CPU, and it bunches: while it prepares one call, the loop reads the replies of others,
so that what came back one by one leaves together, and comes back together, ever more of it. Done in the loop, the next call
leaves before the next reply is read.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import Any

# Seconds that a preparation may hold up the loop; a call takes less than one millisecond to prepare.
QUICK = 0.05


class Preparations:
    """Stands in for ``loop.run_in_executor``; all but litellm's preparation goes to a thread as ever.

    ``prepare``: litellm's own function, which returns a coroutine that makes the call. A provider for which litellm has
    none makes the whole call instead: that, and what was slow, goes back to threads until it was quick there.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, prepare: Callable[..., Any]) -> None:
        self._loop, self._prepare = loop, prepare
        self._in_thread = loop.run_in_executor
        self._slow: set[str] = set()

    @classmethod
    def install(cls, prepare: Callable[..., Any]) -> None:
        """Have the running loop prepare calls itself, if it does not yet."""
        loop = asyncio.get_running_loop()
        if not isinstance(getattr(loop.run_in_executor, "__self__", None), cls):
            loop.run_in_executor = cls(loop, prepare).run  # type: ignore[assignment, method-assign]

    def run(self, executor: Executor | None, work: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        """The future of the work's result; of a preparation that is done here it has ended already."""
        model = self._model_of(work)
        if model is None:
            return self._in_thread(executor, work, *arguments)
        if model in self._slow:
            return self._in_thread(executor, self._watched, model, work)
        done = self._loop.create_future()
        try:
            done.set_result(self._watched(model, work))
        except Exception as error:  # whatever litellm raises is for who awaits it
            done.set_exception(error)
        return done

    def _model_of(self, work: Callable[..., Any]) -> str | None:
        """The model of a call that is to be prepared, None of any other work. litellm wraps it in a context."""
        inner = work.args[0] if isinstance(work, partial) and work.args else None
        if isinstance(inner, partial) and inner.func is self._prepare:
            return str(inner.keywords.get("model"))
        return None

    def _watched(self, model: str, work: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        prepared = work()
        quick = asyncio.iscoroutine(prepared) and time.perf_counter() - started < QUICK
        (self._slow.discard if quick else self._slow.add)(model)
        return prepared
