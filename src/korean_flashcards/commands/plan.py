"""Show what a run would request and cost, without sending or changing anything (`kedro plan`)."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click
from kedro import KedroDeprecationWarning
from kedro.framework.context import KedroContext
from kedro.framework.project import settings

from korean_flashcards.commands.layout import labeled, wrapped
from korean_flashcards.commands.project import explaining
from korean_flashcards.commands.run import RunCommand, pipeline_names, run_options
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.lifecycle.step_line import showing
from korean_flashcards.planning.missing_ledger import check_ledger
from korean_flashcards.planning.plan_text import plan_lines
from korean_flashcards.planning.planned_run import WordsOfRun, plan_closing, planned_run

_OPTIONS = {"params", "env", "conf_source", "pipeline", "pipelines"}
# The run reads the cards of all words after it has written the layers, which a plan does not do.
_COMPARED = (
    " This plan compares the cards of the selected words only with each other. The run compares them with the whole deck, "
    "so the number of words that it sends to the judge model may differ."
)
_TITLE = 10  # width of a line's title in columns, as in ``plan_lines``


@explaining
def plan_project(**options: Any) -> None:
    """Print the plan for the run that the options describe."""
    warnings.simplefilter("ignore", KedroDeprecationWarning)
    names = pipeline_names(options["pipelines"])
    with context_of(options) as context:
        narrowed = Parameters.model_validate(context.params).narrowed
        check_ledger(context.catalog, asking=False)
        with showing("plan run", sys.stderr):
            plan, words = planned_run(context, names)
    if options["as_json"]:
        lists = [] if words is None else [safe(line) for line in words.new_lists]
        chosen = None if words is None else words.selection.words.height
        echo_json({"new_lists": lists, "words": chosen} | asdict(plan))
    else:
        lines = [line for text in (*_words_lines(words), *plan_lines(plan)) for line in _laid_out(text)]
        closing = plan_closing(plan) + (_COMPARED if narrowed and plan.judges else "")
        click.echo("\n".join([*lines, *wrapped(closing, 0)]))


plan = RunCommand(
    "plan",
    params=[
        *(option for option in run_options() if option.name in _OPTIONS),
        click.Option(["--json", "as_json"], is_flag=True, help="Print the output as JSON."),
    ],
    callback=plan_project,
    help="""Plan a run: show its requests, cost, and duration in advance.

    Plans a `kedro run` with the same options, but sends no requests. Lists that have not been imported yet are counted
    as if they had been.""",
    examples=(
        "kedro plan",
        "kedro plan --params llm.model=gpt-4o-mini,limit=20",
        "kedro plan --pipelines=flashcards --json",
    ),
)


@contextmanager
def context_of(options: dict[str, Any]) -> Iterator[KedroContext]:
    """Yield the project's Kedro context, opened with options from `kedro run`."""
    with settings.SESSION_CLASS.create(env=options["env"], conf_source=options["conf_source"]) as session:
        yield session.load_context(options["params"] or {})


def _laid_out(line: str) -> Iterator[str]:
    """Yield a line of the plan: a 10-column title, followed by its text wrapped at 80 columns."""
    yield from labeled(line[:_TITLE].rstrip(), line[_TITLE:].strip(), indent=0, label=_TITLE)


def _words_lines(words: WordsOfRun | None) -> list[str]:
    if words is None:
        return []
    narrowed = words.selection.narrowed_by
    limited = f" of {words.known:,} ({safe(narrowed)})" if narrowed else ""
    lines = [f"{'New list':<{_TITLE}} {safe(line)}" for line in words.new_lists]
    return [*lines, f"{'Words':<{_TITLE}} {words.selection.words.height:,}{limited}"]
