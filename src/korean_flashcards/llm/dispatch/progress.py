"""Show a dispatch's progress: in a notebook, as a progress bar on a terminal, and otherwise as a few log lines."""

import logging
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.requests import ChatReply
from korean_flashcards.domain.run_view import RunView, current_view

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

logger = logging.getLogger(__name__)

# Seconds between log lines if stderr is not a terminal.
LOG_EVERY = 30.0


@dataclass
class ProgressDisplay:
    """A progress display that counts final replies. Words that stay pending are not done.

    Use the display as a context manager. Call ``begin`` before the first request is sent, and pass each final reply to
    ``add``. On a terminal, the progress bar is shown from the start, because loading a model's library takes seconds.
    """

    stage: str
    model: str
    total: int
    cached: int
    done: int = 0
    pending: int = 0
    failures: int = 0
    usd: float = 0.0
    unpriced: int = 0
    elsewhere: int = 0
    _begun: bool = False
    _waited: bool = False
    _bar: "tuple[RichProgress, TaskID] | None" = None
    _view: RunView | None = field(default_factory=current_view)
    _started: float = field(default_factory=time.monotonic)
    _logged: float = field(default_factory=time.monotonic)

    def __enter__(self) -> Self:
        if self._view is not None:
            self._show()
        elif sys.stderr.isatty():
            self._bar = self._open_bar()
        return self

    def begin(self) -> None:
        """Note that the first request is sent now."""
        self._begun, self._started = True, time.monotonic()
        if not self._bar and self._view is None:
            logger.info(
                "%s: requesting %s from %s (%s cached)",
                self.stage,
                counted(self.total, "word"),
                self.model,
                f"{self.cached:,}",
            )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar:
            bar, _ = self._bar
            bar.live.transient = not self._begun
            with suppress(OSError):  # the terminal may have been closed, which ended the run
                bar.stop()
        elif self._view is not None:
            self._show()
        elif self._begun:
            self._log()

    def add(self, reply: ChatReply) -> None:
        """Count an accepted or failed request as done, and any other request as pending."""
        finished = reply.pending is None
        self.done += finished
        self.pending += not finished
        self.failures += reply.code is not None
        if not reply.cached:
            self.usd += reply.cost_usd or 0.0
            self.unpriced += reply.cost_usd is None
        if self._bar:
            bar, task = self._bar
            bar.update(task, advance=int(finished), figures=self._figures())
        elif self._view is not None:
            self._show()
        elif time.monotonic() - self._logged >= LOG_EVERY and self.done < self.total:
            self._log()

    def wait_for(self, elsewhere: int, alone: bool) -> None:
        """Record how many words other runs are processing. ``alone``: whether this run has nothing else to do."""
        self.elsewhere = elsewhere
        if self._bar:
            bar, task = self._bar
            bar.update(task, figures=self._figures())
        elif self._view is not None:
            self._show()
        elif elsewhere and alone and not self._waited:
            self._waited = True
            logger.info("%s: waiting for another run to process %s", self.stage, counted(elsewhere, "word"))

    def _show(self) -> None:
        if self._view is not None:
            self._view.show_replies(self.stage, self.done, self.total, self._figures())

    def _figures(self) -> str:
        rate = self.done / max(time.monotonic() - self._started, 1e-9)
        cost = f" · USD {usd_number(self.usd, 4)}" if self.usd else " · price unknown" if self.unpriced else ""
        elsewhere = f" · {self.elsewhere:,} in another run" if self.elsewhere else ""
        pending = f"{self.pending:,} pending · " if self.pending else ""
        return f"{pending}{rate:,.1f} words/s · {self.failures:,} failed{cost}{elsewhere}"

    def _log(self) -> None:
        self._logged = time.monotonic()
        logger.info(
            "%s: %s of %s done · %s", self.stage, f"{self.done:,}", counted(self.total, "word"), self._figures()
        )

    def _open_bar(self) -> "tuple[RichProgress, TaskID]":
        # A late import saves 30 ms without a terminal.
        from rich import progress
        from rich.console import Console

        bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[figures]}"),
            progress.TimeRemainingColumn(),
            console=Console(stderr=True),
            refresh_per_second=5,
        )
        bar.start()
        return bar, bar.add_task(f"{self.stage} ({self.cached:,} cached)", total=self.total, figures=self._figures())
