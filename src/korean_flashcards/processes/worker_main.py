"""The program of a worker process: run the functions that arrive on stdin, and write their results to stdout.

Each message is a pickled byte string, which contains a pickled function with its arguments, or a pickled result. Both
ends are the same program by the same user.
"""

import contextlib
import gc
import os
import pickle
import signal
import sys
import traceback

# The increase of the process's nice value, from 0 to 19.
_NICER = 5


def serve() -> None:
    """Run functions until stdin ends, which happens when the process that started this one closes it or dies."""
    # The parent process ends this one after Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # As in commands (see ``early_start``): Great Expectations is imported in 0.4 s less.
    gc.set_threshold(100_000, 50, 100)
    # The process that started this one sends requests meanwhile, so it has precedence if there are too few cores.
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(_NICER)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as replies:
        # Text that a library prints must not get between the replies.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        try:
            while True:
                pickle.dump(_result(pickle.load(sys.stdin.buffer)), replies)
                replies.flush()
        except (EOFError, BrokenPipeError):
            os._exit(0)  # closing ``replies`` would fail again


def _result(message: bytes) -> bytes:
    """Run a function. Return whether it succeeded, and its result or its traceback, pickled."""
    try:
        function, arguments = pickle.loads(message)
        return pickle.dumps((True, function(*arguments)))
    except Exception:
        return pickle.dumps((False, traceback.format_exc()))
