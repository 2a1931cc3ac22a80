"""Handle the signals that end a run: Ctrl-C, SIGTERM (shutdown or `kill`), and SIGHUP (closed terminal)."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from korean_flashcards.domain.errors import FlashcardsError, origins

# Windows has no SIGHUP.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class _Stop:
    """A signal handler. The first signal raises KeyboardInterrupt, so that calls in flight can finish.

    After the first signal, only Ctrl-C raises KeyboardInterrupt again and ends the run at once. When a terminal closes,
    the system and the shell often both send SIGHUP. The second signal must not interrupt paid calls.
    """

    def __init__(self) -> None:
        self.stopping = False

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        if self.stopping and number != signal.SIGINT:
            return
        self.stopping = True
        raise KeyboardInterrupt


@contextmanager
def stopping_gently() -> Iterator[None]:
    """Handle SIGTERM and SIGHUP like the first Ctrl-C. An ignored signal stays ignored, as under `nohup`."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    stop = _Stop()
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in heeded}
    try:
        yield
    except Exception as error:  # some libraries turn an interrupt during their work into a different error
        if stop.stopping and not any(isinstance(each, FlashcardsError) for each in origins(error)):
            raise KeyboardInterrupt from error
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
