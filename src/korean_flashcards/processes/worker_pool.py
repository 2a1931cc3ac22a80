"""Share work among a few processes, so that it uses more than one core.

On Linux, the processes are one worker process with copies of it, which share its memory. Elsewhere, each process loads the
data that the functions need for itself, which for the morphological analyzer is 300 MB.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from itertools import islice
from typing import TypeVar

from korean_flashcards.processes.process_copies import CAN_COPY, share
from korean_flashcards.processes.worker_process import WorkerEnded, WorkerProcess

T = TypeVar("T")
R = TypeVar("R")

# Processes. More would be faster on more cores, but need more memory.
MOST_WORKERS = 2
_CHUNK = 64  # items of ``map`` in a message to each process
_CHUNKS_AHEAD = 2  # per process. With one, a process would be idle until its result has been read.


class WorkerPool:
    """Processes that run functions at the same time.

    Until it is started, and after all processes have died, the functions run in this process. Functions are passed by
    name, and their arguments and results are copied. ``copying``: whether to start copies of one process, if there are
    several.
    """

    def __init__(self, copying: bool = CAN_COPY) -> None:
        self._workers = [WorkerProcess() for _ in range(1 if copying else MOST_WORKERS)]
        self._copies = 0
        self._copying = copying

    @property
    def running(self) -> int:
        """Return the number of processes that are running, without copies."""
        return sum(worker.running for worker in self._workers)

    def start(self, prepare: Callable[[], object], count: int) -> None:
        """Start up to ``count`` processes that are not running yet, and call ``prepare`` in each, without waiting.

        A process that died is not started again.
        """
        for worker in self._workers[:count]:
            worker.start(prepare)
        self._copies = max(self._copies, count - 1) if self._copying else 0

    def close(self) -> None:
        """End all processes. They can be started again."""
        for worker in self._workers:
            worker.close()

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """Return the function's result, without blocking the event loop if a process is running.

        Raises:
            WorkerError: The function failed in a process.
        """
        return await self._idlest().run(function, *arguments)

    async def run_each(self, function: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """Return the function's result for each item, without blocking the event loop if a process is running.

        Raises:
            WorkerError: The function failed in a process.
        """
        if (future := self._submit_each(function, items)) is None:
            return [function(item) for item in items]
        try:
            return await asyncio.wrap_future(future)
        except WorkerEnded:
            return [function(item) for item in items]

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Yield the function's result for each item, in order, like the built-in function.

        Raises:
            WorkerError: The function failed in a process.
        """
        remaining = iter(items)
        submitted: deque[tuple[list[T], Future[list[R]] | None]] = deque()
        while True:
            ahead = max(1, self.running * _CHUNKS_AHEAD)  # fewer after a process has died
            while len(submitted) < ahead and (chunk := list(islice(remaining, _CHUNK * (1 + self._copies)))):
                submitted.append((chunk, self._submit_each(function, chunk)))
            if not submitted:
                return
            chunk, future = submitted.popleft()
            try:
                yield from map(function, chunk) if future is None else future.result()
            except WorkerEnded:
                yield from map(function, chunk)

    def _submit_each(self, function: Callable[[T], R], items: Sequence[T]) -> "Future[list[R]] | None":
        """Return the future results of a function for each item, or None if no process is running."""
        return self._idlest().submit(share, function, items, self._copies)

    def _idlest(self) -> WorkerProcess:
        """Return the process with the least work. Dead ones are left out, unless all are dead."""
        running = [worker for worker in self._workers if worker.running]
        return min(running or self._workers, key=lambda worker: worker.unfinished)


def cores() -> int:
    """Return the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
