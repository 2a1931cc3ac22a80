"""Show the state of the project and the next step (`kedro status`).

Exit codes: 0 = nothing is missing or pending; 1 = error; 2 = something is incomplete.
"""

import gc
import sys
import warnings
from dataclasses import asdict
from typing import Any

import click
from kedro import KedroDeprecationWarning

from korean_flashcards.commands.plan import context_of
from korean_flashcards.commands.project import explaining
from korean_flashcards.commands.run import RunCommand, pipeline_names, run_options
from korean_flashcards.commands.status.figures import ProjectStatus, project_status
from korean_flashcards.commands.status.text import next_step, status_lines
from korean_flashcards.commands.terminal import echo_json
from korean_flashcards.lifecycle.step_line import showing

_HELP = {
    "params": "Set parameters as in `kedro run`: NAME=VALUE,…",
    "env": "Use this Kedro environment, such as test (default: local).",
}
# Read from .kedro.yml, as in `kedro run`, but not shown in the help.
_OF_THE_RUN = ("conf_source", "pipeline", "pipelines")


@explaining
def show_status(**options: Any) -> None:
    """Print the state of the project, and exit with code 2 if something is incomplete."""
    warnings.simplefilter("ignore", KedroDeprecationWarning)
    # As in `kedro run`. With the default thresholds and 10,000 words, garbage collection would take 1/8 of the time.
    gc.set_threshold(100_000, 50, 100)
    pipelines = pipeline_names(options["pipelines"])
    with context_of(options) as context, showing("read status", sys.stderr):
        found = project_status(context, pipelines)
    if options["as_json"]:
        echo_json(status_record(found))
    else:
        click.echo("\n".join(status_lines(found)))
    sys.exit(0 if found.complete else 2)


def status_record(found: ProjectStatus) -> dict[str, Any]:
    """Return the status as JSON-compatible values."""
    record = asdict(found)
    plan = record.pop("plan")
    cost = {name: plan[name] for name in ("mode", "cache_only", "requests", "usd", "seconds")}
    names = ("stage", "model", "states", "waiting", "requests")
    return {
        "complete": found.complete,
        **record,
        "stages": [{name: stage[name] for name in names} for stage in plan["stages"]],
        "cost": {**cost, "free": not found.plan.spends},
        "budgets": plan["budgets"],
        "next": next_step(found),
    }


def _options() -> list[click.Parameter]:
    found = [option for option in run_options() if option.name in (*_HELP, *_OF_THE_RUN)]
    for option in found:
        assert isinstance(option, click.Option)
        option.hidden = option.name in _OF_THE_RUN
        option.help = _HELP.get(option.name or "", option.help)
    return found


status = RunCommand(
    "status",
    params=[*_options(), click.Option(["--json", "as_json"], is_flag=True, help="Print the output as JSON.")],
    callback=show_status,
    help="""Show the state of the project and what to do next.

    Covers lists, words, failures, cards held back, and the cost of the next run. Lists that have not been imported yet
    are counted as if they had been. Exit codes: 0 = nothing is missing or pending; 1 = error; 2 = something is
    incomplete.""",
    examples=("kedro status", "kedro status --params batch=unit3", "kedro status --json"),
)
