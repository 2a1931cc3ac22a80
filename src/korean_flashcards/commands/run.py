"""``kedro run`` with this project's defaults, closing summary and exit codes.

Exit codes: 0 all done, 1 error, 2 finished but incomplete.
"""

import gc
import re
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path
from typing import Any

import click
import yaml
from kedro import KedroDeprecationWarning
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.project import pipelines, settings
from kedro.pipeline import Pipeline
from kedro.utils import find_kedro_project, load_obj

from korean_flashcards.commands.project import ExampleCommand, explaining, fail
from korean_flashcards.commands.terminal import shown_path
from korean_flashcards.pipelines.node_names import with_full_names
from korean_flashcards.stages.selection import select
from korean_flashcards.summary.run_summary import FRAMES, STAGES, Reached, RunSummary, summarise
from korean_flashcards.summary.summary_text import terminal_text

# With one of these a run is only a part of its pipelines: there is no whole to count.
_NARROWING = ("tags", "node_names", "from_nodes", "to_nodes", "from_inputs", "to_outputs", "namespaces")


class RunCommand(ExampleCommand):
    """Kedro's run options, with defaults from .kedro.yml; a wrong option is an error (1), not an incomplete run (2)."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> click.Context:
        try:
            extra["default_map"] = _defaults({option.name for option in run.params if option.name})
            return super().make_context(info_name, args, *rest, **extra)
        except click.UsageError as error:
            setattr(error, "exit_code", 1)  # noqa: B010 - click declares it a class variable
            raise

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, args)
        given = ctx.get_parameter_source("params") is click.core.ParameterSource.COMMANDLINE
        if given and (default := (ctx.default_map or {}).get("params")):
            ctx.params["params"] = _merged(default, ctx.params["params"])
        if ctx.params["pipeline"]:
            ctx.params["pipelines"] = [ctx.params["pipeline"]]
        return rest


@explaining
def run_project(**options: Any) -> None:
    """Run the pipelines, then count what came out and exit by it."""
    warnings.simplefilter("ignore", KedroDeprecationWarning)
    # Rows come and go by the million and hold no cycles: at the default the collector takes a tenth of a long run.
    gc.set_threshold(100_000, 50, 100)
    started = time.time()
    try:
        names = pipeline_names(options["pipelines"])
        options = with_full_names(options, pipelines.values())
        _check_nodes(names, options)
        with _terminated_like_ctrl_c():
            summary = _run(names, options, started)
    except KeyboardInterrupt:
        fail(
            f"Stopped. Every reply received so far is in the cache.{_left(options)} Run the same command again: only the "
            "missing ones are requested."
        )
    if summary and not summary.complete:
        sys.exit(2)


def run_options() -> list[click.Parameter]:
    """Kedro's options; in --params an item without "=" goes on with the one before it: words=남성,여성,limit=5."""
    options = [copy(option) for option in kedro_run.params]
    params = next(option for option in options if option.name == "params")
    split = params.callback
    assert split is not None

    def joined(context: click.Context, option: click.Parameter, value: Any) -> Any:
        try:
            return split(context, option, re.sub(r",(?=[^,=]+(?:,|$))", ";", value) if isinstance(value, str) else value)
        except (UnicodeEncodeError, yaml.YAMLError) as error:
            raise click.BadParameter("it has characters that are not text. Nothing was run.", context, option) from error

    params.callback = joined
    return options


run = RunCommand(
    "run",
    params=[
        *run_options(),
        click.Option(["--yes", "-y"], is_flag=True, help="Confirm the cost in advance; do not ask."),
    ],
    callback=run_project,
    help="""Run the pipelines: from word lists to a deck and a report.

    Without options: the run that .kedro.yml describes. Exit codes: 0 all done, 1 error, 2 finished but incomplete.

    \b
    Parameters that choose the words of the run (--params NAME=VALUE,…):
      limit=20          the first twenty: by priority, then frequency, then list order
      words=남성,배#2   these words; a headword means all its homographs
      batch=unit3       the words of this batch
      priority_min=8    words of this priority or a higher one
      word_lists=FILE   the words of this file or folder, imported first
      stale=keep        keep replies to an older prompt or model (default: redo)""",
    examples=(
        "kedro run --params limit=20",
        "kedro run --params batch=unit3,stale=keep",
        "kedro run --pipelines=export,reporting",
    ),
)


def _defaults(known: set[str]) -> dict[str, Any]:
    """The ``run`` section of .kedro.yml; command-line options win over it."""
    path = (find_kedro_project(Path.cwd()) or Path.cwd()) / ".kedro.yml"
    if not path.exists():
        return {}
    section = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("run") or {}
    if unknown := sorted(set(section) - known):
        raise click.UsageError(f"{path} sets run options that do not exist: {', '.join(unknown)}. Nothing was run.")
    return section


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Parameters of the command line over those of .kedro.yml, group by group."""
    merged = dict(base)
    for name, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = _merged(merged[name], value) if both else value
    return merged


def pipeline_names(requested: list[str]) -> list[str]:
    """The pipelines in their order, those of ``__default__`` where none is named; ends with a message for an unknown one."""
    known = [name for name in pipelines if name != "__default__"]
    if unknown := [name for name in requested if name not in pipelines]:
        fail(f"There is no pipeline {', '.join(unknown)}. Known: {', '.join(known)}. Nothing was run.")
    default = set(pipelines["__default__"].nodes)
    return [name for name in known if name in requested] or [
        name for name in known if default.issuperset(pipelines[name].nodes)
    ]


def _check_nodes(names: list[str], options: dict[str, Any]) -> None:
    """End with a message for a node, dataset or tag that the pipelines do not have."""
    whole = sum((pipelines[name] for name in names), Pipeline([]))
    try:
        whole.filter(**{name.replace("namespaces", "node_namespaces"): options[name] or None for name in _NARROWING})
    except ValueError as error:
        fail(f"{error} `kedro registry describe` lists the nodes. Nothing was run.")


@contextmanager
def _terminated_like_ctrl_c() -> Iterator[None]:
    """SIGTERM (a shutdown, `kill`, a container that ends) stops a run as Ctrl-C does: what is under way is paid for."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _left(options: dict[str, Any]) -> str:
    """What is still to be done, for the message of a stop."""
    # Whatever is wrong with the ledger or the settings is said by the next run; here it would hide the message.
    with suppress(Exception), settings.SESSION_CLASS.create(env=options["env"]) as session:
        context = session.load_context()
        with context.catalog.load("ledger") as ledger:
            left = ledger.queue.left()
        return f" Left to do in the ledger: {left['nuance']:,} words to analyse, {left['flashcards']:,} to write cards for."
    return ""


def _run(names: list[str], options: dict[str, Any], started: float) -> RunSummary | None:
    """Run, then print the closing lines; None where the run was narrowed to single nodes."""
    try:
        runner = load_obj(options["runner"] or "SequentialRunner", "kedro.runner")
    except (AttributeError, ImportError) as error:
        fail(
            f"There is no runner {options['runner']!r} ({error}). Known: SequentialRunner, ThreadRunner, ParallelRunner."
        )
    params = options["params"] or {}
    if options["yes"]:
        params = _merged(params, {"llm": {"confirm_above_usd": None}})
    with settings.SESSION_CLASS.create(env=options["env"], conf_source=options["conf_source"]) as session:
        session.run(
            pipeline_names=names,
            runner=runner(**{"is_async": options["is_async"], **options["runner_params"]}),
            load_versions=options["load_versions"],
            only_missing_outputs=options["only_missing_outputs"],
            runtime_params=params,
            hold=True,
            **{name: options[name] for name in _NARROWING},
        )
        try:
            if any(options[name] for name in _NARROWING):
                click.echo("Done. Only a part of the pipelines ran, so there is no summary: `kedro run` gives one.")
                return None
            context = session.load_context(params)
            summary = _summary(context.catalog, names, context.params, started)
        finally:
            session.end_run()
    click.echo(terminal_text(summary))
    made = {"export": ("Deck", "deck"), "reporting": ("Report", "report")}
    for title, dataset in (made[name] for name in names if name in made):
        click.echo(f"{title:<10} {shown_path(context.catalog[dataset].path)}")
    return summary


def _summary(catalog: Any, names: list[str], params: dict[str, Any], started: float) -> RunSummary:
    reached: Reached = next((name for name in STAGES if names[-1] == name), "quality")
    stages = STAGES[: STAGES.index(reached) + 1]
    frames = {name: catalog.load(name) for stage in stages for name in FRAMES[stage]}
    if "quality" in names:
        frames["judge_replies"] = catalog.load("judge_replies")
    narrowing = {name: params[name] for name in ("limit", "batch", "priority_min", "words")}
    selection = select(frames["vocabulary"], catalog.load("ledger"), **narrowing)
    return summarise(frames, reached, selection, started, time.time())


