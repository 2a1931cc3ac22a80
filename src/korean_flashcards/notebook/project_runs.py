"""Plan and run a project's pipelines from a notebook or a script."""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from kedro.framework.project import pipelines as registered
from kedro.framework.session import KedroServiceSession

from korean_flashcards.domain.errors import InterruptedRun
from korean_flashcards.domain.run_view import shown_in
from korean_flashcards.exports.nearest_names import unknown_names
from korean_flashcards.lifecycle.run_outcome import summary_of_run
from korean_flashcards.notebook.kernel import cell_number, in_kernel
from korean_flashcards.notebook.plain_errors import NotebookError
from korean_flashcards.notebook.run_display import RunDisplay
from korean_flashcards.notebook.run_report import PlanReport, RunReport
from korean_flashcards.pipelines.deck_choice import EXPORT, default_pipelines
from korean_flashcards.planning.given_parameters import CONFIRMED, merged
from korean_flashcards.planning.missing_ledger import check_ledger
from korean_flashcards.planning.planned_run import planned_run
from korean_flashcards.summary.run_summary import RunSummary
from korean_flashcards.summary.summary_text import kept_deck_text

_STOPPED = "Stopped. {}{} Run the same cell again: it requests only the missing replies."


def run_parameters(
    words: str | Sequence[str] | None,
    model: str | None,
    limit: int | None,
    params: Mapping[str, Any] | None,
    budget: float | None = None,
    yes: bool = False,
) -> dict[str, Any]:
    """Return the parameters of a run as Kedro takes them, with groups in place of names such as ``llm.model``."""
    given: dict[str, Any] = {}
    for name, value in (params or {}).items():
        given = merged(given, _nested(name, value))
    named = {"words": words if words is None or isinstance(words, str) else list(words), "limit": limit}
    given |= {name: value for name, value in named.items() if value is not None}
    if model is not None:
        given = merged(given, _nested("llm.model", model))
    if budget is not None:
        # A budget is a hard limit, so it also says how much the run may cost without asking.
        given = merged(given, {"llm": {"budget": {"run": {"usd": budget}}, "confirm_above_usd": None}})
    return merged(given, CONFIRMED) if yes else given


def plan_in(session: KedroServiceSession, parameters: dict[str, Any], names: Sequence[str] | None) -> PlanReport:
    """Return the plan of a run. Nothing is sent, and nothing is written to the project.

    Raises:
        NotebookError: A pipeline is unknown.
        FlashcardsError: The parameters or the lists cannot be used.
    """
    chosen = _pipelines(names) or default_pipelines(registered)
    context = session.load_context(parameters)
    check_ledger(context.catalog, asking=False)
    return PlanReport(planned_run(context, chosen))


def run_in(session: KedroServiceSession, parameters: dict[str, Any], names: Sequence[str] | None) -> RunReport:
    """Run the pipelines, and show their progress and result.

    Raises:
        NotebookError: A pipeline is unknown, or the user stopped the run.
        FlashcardsError: The run failed. Its message is shown as well.
    """
    chosen = _pipelines(names)
    steps = sum(len(registered[name].nodes) for name in chosen or default_pipelines(registered))
    display = RunDisplay(steps) if in_kernel() else None
    try:
        with ExitStack() as stack:
            if display is not None:
                stack.enter_context(shown_in(display))
                stack.enter_context(display.messages())
            report = _executed(session, parameters, chosen)
    except KeyboardInterrupt as stop:
        message = _stopped(stop)
        if display is not None:
            display.fail(message)
        raise NotebookError(message) from stop
    except BaseException as error:
        if display is not None:
            display.fail(f"The run ended with an error: {error}")
        raise
    if display is not None:
        display.finish(report.html)
    else:
        print(report)
    return report


def _executed(session: Any, parameters: dict[str, Any], names: list[str] | None) -> RunReport:
    started = time.time()
    session.run(pipeline_names=names, runtime_params=parameters, hold=True, by_default=names is None)
    summary: RunSummary | None = None
    try:
        context = session.load_context(parameters)
        summary = summary_of_run(session, context, started)
    except BaseException as error:
        session.end_run(error=error)
        raise
    session.end_run(summary)
    left_alone = names is None and EXPORT not in session.ran
    remarks = [kept_deck_text(context.catalog["deck"].exported)] if left_alone else []
    return RunReport(summary, remarks, cell_number())


def _pipelines(names: Sequence[str] | None) -> list[str] | None:
    """Return the pipelines in the order in which they run, or None if none are named."""
    if names is None:
        return None
    wanted = [names] if isinstance(names, str) else list(names)
    known = [name for name in registered if name != "__default__"]
    if unknown := [name for name in wanted if name not in known]:
        raise NotebookError(unknown_names("pipeline", unknown, known))
    if not wanted:
        raise NotebookError("Name at least one pipeline, or leave pipelines out to run all of them.")
    return [name for name in known if name in wanted]


def _nested(name: str, value: Any) -> dict[str, Any]:
    """Return a parameter as nested groups: {"llm": {"model": …}} for llm.model."""
    for part in reversed(name.split(".")):
        value = {part: value}
    nested: dict[str, Any] = value
    return nested


def _stopped(stop: KeyboardInterrupt) -> str:
    lost = stop if isinstance(stop, InterruptedRun) else InterruptedRun(0, ())
    stored = "" if lost.unstored else "All replies received so far are cached."
    return _STOPPED.format(stored, f" {lost}" if str(lost) else "")
