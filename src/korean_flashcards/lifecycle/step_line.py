"""Show the current step of a run on the terminal, so that a run is never silent for long."""

import logging
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from korean_flashcards.domain.run_view import current_view

# Seconds without output until the line is shown, and between two updates of it.
_EVERY = 1.0
_CHECK_EVERY = 0.25
# Characters. A line that fills the whole width of a terminal with 80 columns would wrap.
_WIDTH = 79


@contextmanager
def showing(step: str, stream: TextIO) -> Iterator[None]:
    """Name a single step on the terminal during a ``with`` block, which must write nothing but log messages."""
    line = StepLine(stream)
    line.show(step)
    try:
        yield
    finally:
        line.end()


class StepLine:
    """A line on a terminal that names the current step and counts its seconds, while nothing else is written.

    Log messages replace the line. Before any other output, call ``show(None)`` or ``end``. Without a terminal, nothing is
    shown.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._handlers: list[logging.Handler] = []
        self._step: str | None = None
        self._since = time.monotonic()
        # The start of the process was silent, so the first step is shown at once.
        self._quiet_since = -math.inf
        self._visible = False

    def show(self, step: str | None) -> None:
        """Name the step that begins now, or hide the line if it is None. A notebook shows the step in its own way."""
        if (view := current_view()) is not None:
            view.show_step(step)
            return
        with self._lock:
            if step != self._step:
                self._step, self._since = step, time.monotonic()
            if step is None:
                self._clear()
        if self._thread is None and self._stream.isatty():
            self._start()

    def end(self) -> None:
        """Remove the line for good."""
        self._ended.set()
        for handler in self._handlers:
            handler.removeFilter(self._give_way)
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            self._clear()

    def _start(self) -> None:
        self._handlers = [*logging.getLogger().handlers]
        for handler in self._handlers:
            handler.addFilter(self._give_way)
        self._thread = threading.Thread(target=self._update, name="step-line", daemon=True)
        self._thread.start()

    def _update(self) -> None:
        while True:
            with self._lock:
                if self._step is not None and time.monotonic() - self._quiet_since >= _EVERY:
                    text = f"{self._step} … {time.monotonic() - self._since:.0f} s"
                    self._write(f"\r{text[:_WIDTH]:<{_WIDTH}}\r")
                    self._visible = True
            if self._ended.wait(_CHECK_EVERY):
                return

    def _give_way(self, _record: logging.LogRecord) -> bool:
        """Remove the line before a log message is written."""
        with self._lock:
            self._clear()
        return True

    def _clear(self) -> None:
        self._quiet_since = time.monotonic()
        if self._visible:
            self._write(f"\r{'':<{_WIDTH}}\r")
            self._visible = False

    def _write(self, text: str) -> None:
        self._quiet_since = time.monotonic()
        with suppress(OSError):  # the terminal may have been closed, which ends the run
            self._stream.write(text)
            self._stream.flush()
