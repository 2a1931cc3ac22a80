"""Provide the lab in notebooks: with progress in the cell's output, and with plain messages in place of tracebacks."""

from collections.abc import Iterator
from contextlib import contextmanager

from kedro.framework.context import KedroContext

from korean_flashcards.domain.run_view import shown_in
from korean_flashcards.lab.prompt_lab import PromptLab
from korean_flashcards.notebook.kernel import in_kernel
from korean_flashcards.notebook.pair_display import ask_in_notebook
from korean_flashcards.notebook.plain_errors import NotebookError, plainly
from korean_flashcards.notebook.run_display import RunDisplay

_STOPPED = (
    "Stopped. All replies received so far are cached. Run the same cell again: it requests only the missing replies."
)


class NotebookLab(PromptLab):
    """The lab of a project that is open in a notebook. See ``PromptLab`` for its methods."""

    def __init__(self, context: KedroContext) -> None:
        super().__init__(context, _shown, ask=ask_in_notebook)

    sample = plainly(PromptLab.sample)
    prompt = plainly(PromptLab.prompt)
    changed = plainly(PromptLab.changed)
    rewritten = plainly(PromptLab.rewritten)
    with_examples = plainly(PromptLab.with_examples)
    candidates = plainly(PromptLab.candidates)
    price = plainly(PromptLab.price)
    compare = plainly(PromptLab.compare)
    experiments = plainly(PromptLab.experiments)
    open = plainly(PromptLab.open)
    test = plainly(PromptLab.test)
    preferences = plainly(PromptLab.preferences)
    prefer = plainly(PromptLab.prefer)
    judge = plainly(PromptLab.judge)


@contextmanager
def _shown(steps: int) -> Iterator[None]:
    """Show an experiment with that many steps in the cell's output, or on the terminal in a script."""
    if not in_kernel():
        yield
        return
    display = RunDisplay(steps)
    try:
        with shown_in(display):
            yield
    except KeyboardInterrupt as stop:
        display.fail(_STOPPED)
        raise NotebookError(_STOPPED) from stop
    except BaseException as error:
        display.fail(str(error))
        raise
    display.finish("The experiment is complete.")
