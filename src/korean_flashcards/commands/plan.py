"""Show what a run would request and cost, without sending or changing anything (`kedro plan`)."""

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, get_args

import click
import polars as pl
from kedro import KedroDeprecationWarning
from kedro.framework.context import KedroContext
from kedro.framework.project import settings

from korean_flashcards.commands.layout import labeled, wrapped
from korean_flashcards.commands.project import explaining
from korean_flashcards.commands.run import RunCommand, pipeline_names, run_options
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.datasets.narrowing import narrowed_load
from korean_flashcards.domain.errors import WordListError
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.plurals import counted, duplicate_count
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.words.imports import ImportResult
from korean_flashcards.lifecycle.step_line import showing
from korean_flashcards.pipelines.ingress.nodes import find_confusables, read_vocabulary
from korean_flashcards.planning.missing_ledger import check_ledger
from korean_flashcards.planning.narrowed_run import batches_of
from korean_flashcards.planning.plan import RunPlan, plan_run
from korean_flashcards.planning.plan_text import money, plan_lines, request_count
from korean_flashcards.stages.selection import Selection, select

# Stages whose pipeline has a different name, and that name.
_IN: dict[Stage, str] = {"judge": "quality"}
_OPTIONS = {"params", "env", "conf_source", "pipeline", "pipelines"}
# The run reads the cards of all words after it has written the layers, which a plan does not do.
_COMPARED = (
    " This plan compares the cards of the selected words only with each other. The run compares them with the whole deck, "
    "so the number of words that it sends to the judge model may differ."
)
_TITLE = 10  # width of a line's title in columns, as in ``plan_lines``


@dataclass(frozen=True)
class WordsOfRun:
    """The words that a run would process.

    ``known`` is the total number of words. ``lists`` contains the result of importing each word list.
    """

    selection: Selection
    confusables: pl.DataFrame
    known: int
    lists: list[ImportResult]

    @property
    def new_lists(self) -> list[str]:
        """Return the names of the lists that have not been imported yet, each with its row counts."""
        return [f"{safe(result.file)} ({import_counts(result)})" for result in self.lists if not result.already]


@explaining
def plan_project(**options: Any) -> None:
    """Print the plan for the run that the options describe."""
    warnings.simplefilter("ignore", KedroDeprecationWarning)
    names = pipeline_names(options["pipelines"])
    stages = stages_of(names)
    with context_of(options) as context:
        parameters = Parameters.model_validate(context.params)
        load: Callable[[str], Any] = context.catalog.load
        check_ledger(context.catalog, asking=False)
        with showing("plan run", sys.stderr), load("ledger").rehearsal() as ledger:
            words = (
                words_of_run(context, parameters, ledger, importing="ingress" in names) if "nuance" in names else None
            )
            chosen, alike = (None, None) if words is None else (words.selection.words, words.confusables)
            if words is None and parameters.narrowed and stages:
                own = words_of_run(context, parameters, ledger, importing=False).selection.words
                load = narrowed_load(load, set(own["item_id"]))
            plan = plan_run(stages, load, chosen, alike, parameters, load("llm"), ledger, under_way=False)
    if options["as_json"]:
        lists = [] if words is None else words.new_lists
        echo_json({"new_lists": lists, "words": None if chosen is None else chosen.height} | asdict(plan))
    else:
        lines = [line for text in (*_words_lines(words), *plan_lines(plan)) for line in _laid_out(text)]
        closing = _closing(plan) + (_COMPARED if parameters.narrowed and plan.judges else "")
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


def stages_of(pipelines: Sequence[str]) -> list[Stage]:
    """Return the stages of these pipelines that call a model."""
    return [stage for stage in get_args(Stage) if _IN.get(stage, stage) in pipelines]


@contextmanager
def context_of(options: dict[str, Any]) -> Iterator[KedroContext]:
    """Yield the project's Kedro context, opened with options from `kedro run`."""
    with settings.SESSION_CLASS.create(env=options["env"], conf_source=options["conf_source"]) as session:
        yield session.load_context(options["params"] or {})


def words_of_run(context: KedroContext, parameters: Parameters, ledger: Ledger, importing: bool) -> WordsOfRun:
    """Return the words that a run would process.

    Args:
        context: The open project.
        parameters: The parameters of the run.
        ledger: A copy of the ledger, which is modified if ``importing``.
        importing: Whether to import the word lists first; if not, the words come from the vocabulary that the last run
            saved.

    Raises:
        WordListError: A list cannot be imported.
    """
    load, results = context.catalog.load, list[ImportResult]()
    if importing:
        results = ledger.imports.take(load("word_lists"))
        if failed := [result.message for result in results if result.state == "failed"]:
            raise WordListError("\n".join(map(str, failed)) + " `kedro run` would stop here.")
        batches = pl.DataFrame({"batch_id": [result.batch_id for result in results]}, schema={"batch_id": pl.String})
        vocabulary, *_ = read_vocabulary(batches, ledger, parameters.word_lists, parameters.ingress)
        own = None if parameters.word_lists is None else batches["batch_id"].to_list()
    else:
        vocabulary, lists = load("vocabulary"), parameters.word_lists
        own = None if lists is None else batches_of(load("word_lists"), lists, ledger)
    narrowing = {name: getattr(parameters, name) for name in ("limit", "batch", "priority_min", "words")}
    selection = select(vocabulary, ledger, **narrowing, lists=own)
    if importing:
        alike, _ = find_confusables(vocabulary, ledger, parameters.confusables, load("confusables_before"))
    else:
        alike = load("confusables")
    return WordsOfRun(selection, alike, selection.known, results)


def import_counts(result: ImportResult) -> str:
    """Return a list's row counts as text."""
    new, duplicates = counted(result.imported, "new word"), duplicate_count(result.duplicates, result.updated)
    return f"{new}, {duplicates}, {counted(result.rejected, 'rejected row')}"


def _laid_out(line: str) -> Iterator[str]:
    """Yield a line of the plan: a 10-column title, followed by its text wrapped at 80 columns."""
    yield from labeled(line[:_TITLE].rstrip(), line[_TITLE:].strip(), indent=0, label=_TITLE)


def _words_lines(words: WordsOfRun | None) -> list[str]:
    if words is None:
        return []
    narrowed = words.selection.narrowed_by
    limited = f" of {words.known:,} ({safe(narrowed)})" if narrowed else ""
    lines = [f"{'New list':<{_TITLE}} {line}" for line in words.new_lists]
    return [*lines, f"{'Words':<{_TITLE}} {words.selection.words.height:,}{limited}"]


def _closing(plan: RunPlan) -> str:
    if plan.cache_only:
        return "`kedro run` would send nothing, because llm.cache_only is on."
    if not plan.requests:
        return "`kedro run` would send nothing, so it would be free."
    would = f"`kedro run` would send {request_count(plan)}"
    if not plan.spends:
        return f"{would} to the offline model, which is free."
    if refused := [stage.model for stage in plan.stages if stage.refused and stage.requests]:
        return f"`kedro run` would stop before calling {refused[0]} because this model's price is unknown."
    if plan.usd is None:
        return f"{would}. The cost of these requests is unknown."
    reason = _reason_to_ask(plan)
    return f"{would} for about {money(plan.usd)}." + (
        f" It would ask for confirmation first because {reason}." if reason else ""
    )


def _reason_to_ask(plan: RunPlan) -> str:
    """Return why the run would ask for confirmation, or "" if it would not. --yes and the parameters turn it off."""
    if plan.asks_first:
        return f"the cost may exceed USD {usd_number(plan.confirm_above_usd or 0.0)} (llm.confirm_above_usd)"
    if plan.missing.paid:
        return "it pays for missing replies again (llm.confirm_missing)"
    return "the prompts are new since an upgrade (llm.confirm_upgrade)" if plan.outdated else ""
