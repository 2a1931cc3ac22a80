"""Run functions in one separate process, so that they do not block this process.

A thread is not enough for functions that hold the interpreter's lock for seconds. The process is a new interpreter that
is connected by pipes. It thus works from notebooks and scripts on every operating system, never runs the main module
again, and notices when this process dies.
"""

import asyncio
import contextlib
import logging
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")

# ``-P`` keeps files in the current folder from replacing modules. The first message is the path for imports.
_PROGRAM = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from korean_flashcards.processes.worker_main import serve; serve()"
)


class WorkerError(Exception):
    """Raised if a function fails in the worker process. The message is the function's traceback."""


class WorkerEnded(Exception):
    """Raised if the worker process ends before it returns a result."""


class WorkerProcess:
    """A process that runs functions one after the other.

    Until it is started, and after it has died, the functions run in this process. Functions are passed by name, and
    their arguments and results are copied.
    """

    def __init__(self) -> None:
        self._connection: _Connection | None = None
        self._end: Callable[[], object] = lambda: None
        self._cannot_start = False
        self._starting = threading.Lock()

    @property
    def running(self) -> bool:
        """Return whether functions run in the process."""
        return self._connection is not None and not self._connection.ended

    @property
    def unfinished(self) -> int:
        """Return about how many functions have not returned yet."""
        return self._connection.unfinished if self._connection is not None else 0

    def start(self, prepare: Callable[[], object]) -> None:
        """Start the process and call ``prepare`` in it, without waiting. A process that died is not started again."""
        with self._starting:
            if self._connection is not None or self._cannot_start:
                return
            try:
                self._connection = _Connection(_started())
            except OSError as error:
                self._cannot_start = True
                logger.warning("All work runs in this process, because no other process can be started: %s", error)
                return
            # Also ends the process if nobody calls ``close``.
            self._end = weakref.finalize(self, self._connection.close)
        self.submit(prepare)

    def close(self) -> None:
        """End the process, if it is running. It can be started again."""
        with self._starting:
            self._end()
            self._connection, self._cannot_start = None, False

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """Return the function's result, without blocking the event loop if the process is running.

        Raises:
            WorkerError: The function failed in the process.
        """
        if (future := self.submit(function, *arguments)) is None:
            return function(*arguments)
        try:
            return await asyncio.wrap_future(future)
        except WorkerEnded:
            return function(*arguments)

    def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Return the function's result.

        Raises:
            WorkerError: The function failed in the process.
        """
        if (future := self.submit(function, *arguments)) is None:
            return function(*arguments)
        try:
            return future.result()
        except WorkerEnded:
            return function(*arguments)

    def submit(self, function: Callable[..., T], *arguments: object) -> "Future[T] | None":
        """Return the future result, or None if the process is not running.

        The future raises WorkerError if the function fails, and WorkerEnded if the process ends before.
        """
        connection = self._connection
        return connection.submit(pickle.dumps((function, arguments))) if connection is not None else None


class _Connection:
    """The connection to a running process, and the thread that exchanges messages with it, one at a time."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._jobs: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self.ended = False
        self._busy = False
        threading.Thread(target=self._work, name="worker-process", daemon=True).start()

    @property
    def unfinished(self) -> int:
        """Return about how many messages wait for their reply."""
        return self._jobs.qsize() + self._busy

    def submit(self, message: bytes) -> "Future[Any] | None":
        """Return the future reply to a message, or None if the process has ended."""
        future: Future[Any] = Future()
        with self._lock:
            if self.ended:
                return None
            self._jobs.put((future, message))
        return future

    def close(self) -> None:
        """End the process. It holds nothing that must be saved."""
        with self._lock:
            self.ended = True
            self._jobs.put(None)
        _kill(self._process)
        self._process.wait()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, message = job
            if not future.set_running_or_notify_cancel():
                continue
            self._busy = True
            try:
                succeeded, value = self._exchanged(message)
            except (OSError, EOFError, pickle.UnpicklingError):
                self._has_ended(future)
                break
            self._busy = False
            if succeeded:
                future.set_result(value)
            else:
                future.set_exception(WorkerError(value))
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            # A message that the dead process has not read is still in the buffer.
            with contextlib.suppress(OSError):
                pipe.close()

    def _exchanged(self, message: bytes) -> tuple[bool, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        pickle.dump(message, self._process.stdin)
        self._process.stdin.flush()
        reply: tuple[bool, Any] = pickle.loads(pickle.load(self._process.stdout))
        return reply

    def _has_ended(self, future: "Future[Any]") -> None:
        """Let the callers of this and all later jobs know that the process has ended."""
        with self._lock:
            expected, self.ended = self.ended, True
        _kill(self._process)
        code = self._process.wait()
        if not expected:
            logger.warning("A worker process ended unexpectedly (exit code %d). The run continues without it.", code)
        future.set_exception(WorkerEnded())
        while not self._jobs.empty():
            job = self._jobs.get()
            if job is not None and job[0].set_running_or_notify_cancel():
                job[0].set_exception(WorkerEnded())


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End a process and its copies, which are in the same process group."""
    if sys.platform == "win32":
        process.kill()
    elif process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _started() -> "subprocess.Popen[bytes]":
    """Start a process that keyboard signals of the terminal do not reach. Its errors are reported with the results."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True, creationflags=flags,
    )  # fmt: skip
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # the first message will fail, too
        pickle.dump(sys.path, process.stdin)
        process.stdin.flush()
    return process
