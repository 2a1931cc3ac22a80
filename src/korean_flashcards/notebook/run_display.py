"""Show a run in a notebook: its steps, its replies, its price before it spends money, and its result."""

import html
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from korean_flashcards.domain.errors import NotConfirmedError
from korean_flashcards.llm.secrets import scrubbed
from korean_flashcards.notebook.kernel import as_html

_EVERY = 0.25  # seconds between two updates, so that thousands of replies do not flood the notebook
_BOX = (
    '<div style="max-width: 60rem; padding: .6rem .9rem; border: 1px solid #8886; border-radius: .6rem; '
    'line-height: 1.5; overflow-x: auto">{content}</div>'
)
_PRE = (
    '<pre style="margin: .4rem 0; white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere; '
    'line-height: 1.35">{}</pre>'
)
_BAR = '<progress style="width: 16rem; accent-color: #3f6f5a" max="{total}" value="{done}"></progress>'


class RunDisplay:
    """The part of a cell's output that shows a run. Implements ``domain.run_view.RunView``.

    Args:
        steps: The number of the run's steps.
    """

    def __init__(self, steps: int) -> None:
        # Imported here, which saves 0.3 s in scripts.
        from IPython.display import display

        self._steps, self._done, self._step, self._replies, self._plan = steps, 0, "starting", "", ""
        self._lock = threading.Lock()
        self._messages = _Messages()
        self._shown_at = 0.0
        self._handle: Any = display(as_html(self._content()), display_id=True)  # type: ignore[no-untyped-call]

    def show_step(self, step: str | None) -> None:
        """Name the step that begins now."""
        if step is None:
            return
        self._done, self._step, self._replies = min(self._done + 1, self._steps), step, ""
        self._update()

    def show_replies(self, stage: str, done: int, total: int, figures: str) -> None:
        """Show a second bar for the replies of a stage."""
        counts = f"{done:,} of {total:,} · {figures}"
        self._replies = f"<br>{_BAR.format(total=total, done=done)} {html.escape(stage)}: {html.escape(counts)}"
        self._update()

    def show_plan(self, lines: Sequence[str]) -> None:
        """Show the price, which stays visible until the run ends."""
        self._plan = _PRE.format(html.escape("\n".join(lines)))
        self._update(at_once=True)

    def confirm(self, question: str) -> bool:
        """Ask the user in the cell's output.

        Raises:
            NotConfirmedError: The notebook runs without a user, or its program cannot ask.
        """
        # Imported here because only kernels have this module.
        from IPython.core.error import StdinNotImplementedError

        try:
            return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
        except (StdinNotImplementedError, EOFError) as error:
            raise NotConfirmedError(
                f"{question.removesuffix(' Continue?')} Nobody can be asked here. Nothing was sent or paid for. The words "
                "stay pending. To confirm in advance, pass yes=True."
            ) from error

    def finish(self, content: str) -> None:
        """Replace the progress with the result, as HTML, and with the messages of the run."""
        messages = preformatted("\n".join(self._messages.texts)) if self._messages.texts else ""
        self._handle.update(as_html(box(f"{content}{messages}")))

    @contextmanager
    def messages(self) -> Iterator[None]:
        """Collect the messages of a run during a ``with`` block, which the terminal would show. ``finish`` shows them."""
        own = logging.getLogger("korean_flashcards")
        propagate = own.propagate
        own.addHandler(self._messages)
        own.propagate = False
        try:
            yield
        finally:
            own.propagate = propagate
            own.removeHandler(self._messages)

    def fail(self, message: str) -> None:
        """Replace the progress with a message that says why the run ended early, and keep the price."""
        self.finish(f"<b>{html.escape(scrubbed(message))}</b>{self._plan}")

    def _update(self, at_once: bool = False) -> None:
        with self._lock:
            if not at_once and time.monotonic() - self._shown_at < _EVERY:
                return
            self._shown_at = time.monotonic()
            self._handle.update(as_html(self._content()))

    def _content(self) -> str:
        bar = _BAR.format(total=self._steps, done=self._done)
        step = f"step {self._done} of {self._steps}: {html.escape(self._step)}"
        return box(f"{bar} {step}{self._replies}{self._plan}")


class _Messages(logging.Handler):
    """The messages that were logged, in order."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def box(content: str) -> str:
    """Return HTML in a frame that fits light and dark notebooks."""
    return _BOX.format(content=content)


def preformatted(text: str) -> str:
    """Return text as HTML that keeps its lines."""
    return _PRE.format(html.escape(text))
