"""Run pipelines with the project's defaults, and print a summary at the end (`kedro run`).

Exit codes: 0 = all done; 1 = error; 2 = finished but incomplete.
"""

import re
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import copy
from pathlib import Path
from typing import Any

import click
import yaml
from kedro import KedroDeprecationWarning
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.cli.utils import KedroCliError
from kedro.framework.context import KedroContext
from kedro.framework.project import pipelines, settings
from kedro.pipeline import Pipeline
from kedro.runner import AbstractRunner
from kedro.utils import find_kedro_project, load_obj

from korean_flashcards.commands.export.import_text import import_sentences
from korean_flashcards.commands.option_files import options_in
from korean_flashcards.commands.project import ExampleCommand, explaining, fail, ledger_of
from korean_flashcards.commands.standard_streams import lost_output, lost_output_message
from korean_flashcards.commands.stop_signals import stopping_gently
from korean_flashcards.commands.terminal import safe
from korean_flashcards.configuration.kedro_errors import selection_problem
from korean_flashcards.datasets.export_stage import selected_path
from korean_flashcards.datasets.word_lists import list_path
from korean_flashcards.domain.empty_values import empty_value, without_value
from korean_flashcards.domain.errors import InterruptedRun
from korean_flashcards.domain.line_wrap import wrapped
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.hooks import RunHooks
from korean_flashcards.lifecycle.run_outcome import summary_of_run
from korean_flashcards.pipelines.deck_choice import EXPORT, NODE_OPTIONS, default_pipelines
from korean_flashcards.pipelines.node_names import with_full_names
from korean_flashcards.planning.given_parameters import CONFIRMED, merged
from korean_flashcards.planning.runners import check_options, check_runner
from korean_flashcards.summary.run_summary import RunSummary
from korean_flashcards.summary.summary_text import kept_deck_text, selected_deck_text, terminal_text

# Options that select only some of the pipelines' nodes. The layers are then incomplete, so there is no summary.
_SELECTING = {*NODE_OPTIONS, "pipeline", "pipelines"}
_COMMAND_LINE = click.core.ParameterSource.COMMANDLINE
# These replace Kedro's help texts, which are long and not specific to this project.
_HELP = {
    "from_inputs": "Run only the nodes that depend on these datasets (comma-separated).",
    "to_outputs": "Run only the nodes that these datasets depend on (comma-separated).",
    "from_nodes": "Run only these nodes and the nodes that depend on them (comma-separated).",
    "to_nodes": "Run only these nodes and the nodes that they depend on (comma-separated).",
    "node_names": "Run only these nodes (comma-separated; see `kedro registry describe`).",
    "runner": "Use this Kedro runner: SequentialRunner, ThreadRunner, or your own.",
    "is_async": "Load and save datasets in threads.",
    "runner_params": "Set runner options: NAME=VALUE,…, such as max_workers=4.",
    "env": "Use this Kedro environment, such as test (default: local).",
    "tags": "Run only the nodes with one of these tags (comma-separated).",
    "load_versions": "Load these versions of versioned datasets: DATASET:VERSION,…",
    "pipeline": "Run only this pipeline (old name for --pipelines).",
    "pipelines": "Run only these pipelines (comma-separated; default: those listed in .kedro.yml).",
    "namespaces": "Run only the nodes in these namespaces (comma-separated).",
    "config": "Read this command's options from a YAML file. Options on the command line override them.",
    "conf_source": "Read the configuration from this folder (default: conf).",
    "params": "Set parameters for this run: NAME=VALUE,…, such as llm.model=gpt-4o-mini.",
    "only_missing_outputs": "Run only the nodes whose outputs are missing.",
}


class RunCommand(ExampleCommand):
    """A command with Kedro's run options, whose defaults come from .kedro.yml.

    An invalid option causes exit code 1 instead of click's 2, because in this project, 2 means that a run is
    incomplete.
    """

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> click.Context:
        try:
            extra["default_map"] = default_options({option.name for option in run.params if option.name})
            return super().make_context(info_name, args, *rest, **extra)
        except click.UsageError as error:
            setattr(error, "exit_code", 1)  # noqa: B010 - click declares it a class variable
            raise
        except KedroCliError as error:
            message = error.message.replace(",found", ", found")  # Kedro's message lacks a space.
            fail(f"{message.rstrip('.')}. Nothing was run.")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, args)
        if ctx.get_parameter_source("params") is _COMMAND_LINE:
            ctx.params["params"] = _with_list_path(ctx.params["params"])
        if ctx.get_parameter_source("params") is _COMMAND_LINE and (default := (ctx.default_map or {}).get("params")):
            ctx.params["params"] = merged(default, ctx.params["params"])
        for option in self.params:
            # Kedro takes an empty text for an option that is not set, and would run everything.
            given = option.name in _SELECTING and ctx.get_parameter_source(option.name) is _COMMAND_LINE
            if given and not ctx.params[str(option.name)]:
                raise click.BadParameter("The value is empty, so it would select everything.", ctx, option)
        if ctx.params["pipeline"]:
            ctx.params["pipelines"] = [ctx.params["pipeline"]]
        return rest


@explaining
def run_project(**options: Any) -> None:
    """Run the pipelines, print the summary, and exit with code 2 if the run is incomplete."""
    warnings.simplefilter("ignore", KedroDeprecationWarning)
    started = time.time()
    try:
        names = pipeline_names(options["pipelines"])
        options = with_full_names(options, pipelines.values())
        _check_nodes(names, options)
        with stopping_gently():
            summary = _run(names, options, started)
    except KeyboardInterrupt as stop:
        fail(_stopped(stop, options))
    if lost := lost_output():
        click.echo(lost_output_message(lost), err=True)
    if summary and not summary.complete:
        sys.exit(2)


def run_options() -> list[click.Parameter]:
    """Return Kedro's run options with this project's help texts.

    In --params, an item without "=" belongs to the value before it: words=남성,여성,limit=5.
    """
    options = [copy(option) for option in kedro_run.params]
    for option in options:
        if isinstance(option, click.Option):
            option.help = _HELP.get(option.name or "", option.help)
    params = next(option for option in options if option.name == "params")
    split = params.callback
    assert split is not None

    def joined(context: click.Context, option: click.Parameter, value: Any) -> Any:
        if isinstance(value, str):
            value = re.sub(r",\s*(?=,)", "", value)  # words=남성,,여성
            value = re.sub(r",(?=[^,=]+(?:,|$))", ";", value)
            if empty := without_value(value):
                raise click.BadParameter(empty_value(empty), context, option)
        try:
            return split(context, option, value)
        except (UnicodeEncodeError, yaml.YAMLError) as error:
            raise click.BadParameter("The value contains invalid characters.", context, option) from error

    params.callback = joined
    config = next(option for option in options if option.name == "config")

    def read(context: click.Context, _option: click.Parameter, value: Any) -> Any:
        if value:
            known = {option.name for option in options if option.name}
            context.default_map = {**(context.default_map or {}), **options_in(Path(value), known, required=True)}
        return value

    config.callback = read
    return options


run = RunCommand(
    "run",
    params=[
        *run_options(),
        click.Option(
            ["--yes", "-y"],
            is_flag=True,
            help="Confirm the cost, the addresses, and payments for missing or outdated replies in advance.",
        ),
    ],
    callback=run_project,
    help="""Run the pipelines, from word lists to a deck and a report.

    Without options, runs the pipelines listed in .kedro.yml. Exit codes: 0 = all done; 1 = error; 2 = finished but
    incomplete.

    A run of some words or nodes leaves the deck alone. `kedro run --pipeline=export` writes the whole deck.

    \b
    Parameters that select the words in the run (--params NAME=VALUE,…):
      limit=20          the first 20 words by priority, frequency, and list order
      words=남성,배#2   these words (a headword includes all its homographs)
      batch=unit3       the words in this batch
      priority_min=8    the words with at least this priority
      word_lists=FILE   the words in this file or folder, which is imported first
      stale=keep        keep replies from an older prompt or model (default: redo)""",
    examples=(
        "kedro run --params limit=20",
        "kedro run --params batch=unit3,stale=keep",
        "kedro run --pipelines=export,reporting",
    ),
)


def default_options(known: set[str]) -> dict[str, Any]:
    """Return the ``run`` section of .kedro.yml. Options on the command line override this section."""
    path = (find_kedro_project(Path.cwd()) or Path.cwd()) / ".kedro.yml"
    return options_in(path, known) if path.exists() or path.is_symlink() else {}


def pipeline_names(requested: list[str]) -> list[str]:
    """Return the requested pipelines in the order in which they run, or those in ``__default__`` if none are requested.

    Exit with a message if a pipeline is unknown.
    """
    known = [name for name in pipelines if name != "__default__"]
    if unknown := [name for name in requested if name not in pipelines]:
        none = "There is no pipeline named" if len(unknown) == 1 else "There are no pipelines named"
        fail(f"{none} {', '.join(unknown)}. The pipelines are {', '.join(known)}. Nothing was run.")
    return [name for name in known if name in requested] or default_pipelines(pipelines)


def _with_list_path(params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with a path of word lists that does not depend on the working directory.

    Kedro takes a relative path as relative to the project, also if the command is run in a different folder.
    """
    path, project = params.get("word_lists"), find_kedro_project(Path.cwd())
    if not isinstance(path, str) or not path.strip() or project is None or project.resolve() == Path.cwd().resolve():
        return params
    found = list_path(Path(path), project)
    return params | {"word_lists": str(found.resolve())} if found.exists() else params


def _check_nodes(names: list[str], options: dict[str, Any]) -> None:
    """Exit with a message if the options name a node, dataset, namespace, or tag that the pipelines do not contain."""
    whole = sum((pipelines[name] for name in names), Pipeline([]))
    try:
        whole.filter(**{name.replace("namespaces", "node_namespaces"): options[name] or None for name in NODE_OPTIONS})
    except ValueError as error:
        fail(selection_problem(error))


def _stopped(stop: KeyboardInterrupt, options: dict[str, Any]) -> str:
    """Return the message shown after Ctrl-C: what is stored, what was lost, and what is pending."""
    lost = stop if isinstance(stop, InterruptedRun) else InterruptedRun(0, ())
    stored = "" if lost.unstored else "All replies received so far are cached."
    parts = ["Stopped.", stored, str(lost), _left(options)]
    parts.append("Run the same command again: it requests only the missing replies.")
    return " ".join(filter(None, parts))


def _left(options: dict[str, Any]) -> str:
    """Return how many words are pending, as a sentence for the message after Ctrl-C."""
    hooks = [hook for hook in settings.HOOKS if isinstance(hook, RunHooks)]
    if "ingress" in pipeline_names(options["pipelines"]) and not all(hook.facts.imported for hook in hooks):
        return "The word lists had not been imported yet, so the number of pending words is unknown."
    # The next run reports errors in the ledger or the settings. Here, they would hide the message.
    with suppress(Exception), settings.SESSION_CLASS.create(env=options["env"]) as session:
        context = session.load_context()
        with ledger_of(context) as ledger:
            left = ledger.queue.left()
        analyses, cards = counted(left["nuance"], "analysis", "analyses"), counted(left["flashcards"], "word")
        return f"Still pending: {analyses}, and the cards for {cards}." if left["flashcards"] else ""
    return ""


def _run(names: list[str], options: dict[str, Any], started: float) -> RunSummary | None:
    """Run the pipelines and print the summary. Return None if only some of the pipelines' nodes were run."""
    runner = _runner(options)
    params = options["params"] or {}
    if options["yes"]:
        params = merged(params, CONFIRMED)
    with settings.SESSION_CLASS.create(env=options["env"], conf_source=options["conf_source"]) as session:
        session.run(
            pipeline_names=names,
            runner=runner,
            load_versions=options["load_versions"],
            only_missing_outputs=options["only_missing_outputs"],
            runtime_params=params,
            hold=True,
            by_default=not _named_pipelines(),
            **{name: options[name] for name in NODE_OPTIONS},
        )
        try:
            context = session.load_context(params)
            some_nodes = any(options[name] for name in NODE_OPTIONS)
            summary = None if some_nodes else summary_of_run(session, context, started)
        except BaseException as error:
            session.end_run(error=error)
            raise
        session.end_run(summary)
    if summary is None:
        click.echo("Done. Only some nodes were run, so there is no summary. `kedro run` prints one.")
    else:
        click.echo("\n".join(safe(line) for line in terminal_text(summary).split("\n")))
        _echo_files(session.ran, context)
        _echo_selection(context, session.facts.note_counts)
    if EXPORT in names and EXPORT not in session.ran and "deck" in context.catalog:
        click.echo(wrapped(kept_deck_text(context.catalog["deck"].exported)))
    if summary is not None and (changes := session.facts.import_changes) is not None:
        for sentence in import_sentences(changes):
            click.echo(wrapped(sentence))
    return summary


def _named_pipelines() -> bool:
    """Return whether the user named the pipelines on the command line. If not, they are the project's default."""
    source = click.get_current_context().get_parameter_source
    return _COMMAND_LINE in (source("pipelines"), source("pipeline"))


def _echo_files(names: Sequence[str], context: KedroContext) -> None:
    """Print the paths of the deck and the report, if these pipelines write them."""
    separate = Parameters.model_validate(context.params).separate_export
    made = {"export": ("Deck", "deck"), "reporting": ("Report", "report")}
    for title, dataset in (made[name] for name in names if name in made):
        path = context.catalog[dataset].path
        click.echo(f"{title:<10} {shown_path(selected_path(path) if separate and dataset == 'deck' else path)}")


def _echo_selection(context: KedroContext, notes: Mapping[str, Mapping[str, int]]) -> None:
    """Say how many cards ``export.filters`` selected, if the run exported with filters."""
    if not Parameters.model_validate(context.params).export.filters or not notes:
        return
    selected, cards = (sum(notes[name].values()) for name in ("anki_notes", "identified_notes"))
    file = selected_path(context.catalog["deck"].path).name
    click.echo(wrapped(selected_deck_text(selected, cards, file)))


def _runner(options: dict[str, Any]) -> Any:
    """Return the runner named in the options.

    Exit with a message if the runner does not exist or rejects its options.
    """
    name = options["runner"] or "SequentialRunner"
    try:
        runner = load_obj(name, "kedro.runner")
        if not (isinstance(runner, type) and issubclass(runner, AbstractRunner)):
            raise ImportError
    except (AttributeError, ImportError, ValueError):
        fail(f"There is no runner named {name!r}. Use SequentialRunner or ThreadRunner. Nothing was run.")
    check_runner(runner)
    check_options(name, runner, options["runner_params"])
    try:
        return runner(**{"is_async": options["is_async"], **options["runner_params"]})
    except (TypeError, ValueError):
        fail(f"The runner {name} does not accept these options. Correct --runner and --runner-params. Nothing was run.")
