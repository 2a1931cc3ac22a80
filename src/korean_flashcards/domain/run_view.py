"""Let a notebook show a run's steps, price, and questions in place of the terminal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol


class RunView(Protocol):
    """What a run needs from the place where it is shown. Calls may come from any thread."""

    def show_step(self, step: str | None) -> None:
        """Name the step that begins now, or None before a question or other output."""

    def show_replies(self, stage: str, done: int, total: int, figures: str) -> None:
        """Show how many of a stage's requests have a final reply. ``figures``: speed, failures, and cost, as text."""

    def show_plan(self, lines: Sequence[str]) -> None:
        """Show the plan of the stages that can cost money, before the first request is sent."""

    def confirm(self, question: str) -> bool:
        """Return whether the user agrees.

        Raises:
            NotConfirmedError: Nobody can be asked.
        """


_views: list[RunView] = []


@contextmanager
def shown_in(view: RunView) -> Iterator[None]:
    """Show the runs of this process in ``view`` during a ``with`` block. A process executes one run at a time."""
    _views.append(view)
    try:
        yield
    finally:
        _views.remove(view)


def current_view() -> RunView | None:
    """Return the view of the current run, or None if it is shown on the terminal."""
    return _views[-1] if _views else None
