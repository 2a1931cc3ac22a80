"""``kedro plan``: what the same ``kedro run`` would request and cost. Nothing is sent, paid or changed."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, get_args

import click
import polars as pl
from kedro import KedroDeprecationWarning
from kedro.framework.context import KedroContext
from kedro.framework.project import settings

from korean_flashcards.commands.project import explaining
from korean_flashcards.commands.run import RunCommand, pipeline_names, run_options
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.errors import WordListError
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.words.imports import ImportResult
from korean_flashcards.pipelines.ingress.nodes import find_confusables, read_vocabulary
from korean_flashcards.planning.plan import RunPlan, plan_run
from korean_flashcards.planning.plan_text import money, plan_lines, request_count
from korean_flashcards.stages.selection import Selection, select

# A stage that is part of a pipeline of another name.
_IN: dict[Stage, str] = {"judge": "quality"}
_OPTIONS = {"params", "env", "conf_source", "pipeline", "pipelines"}


@dataclass(frozen=True)
class WordsOfRun:
    """The words that a run would work on, of all ``known`` ones; ``lists``: what it would make of each list."""

    selection: Selection
    confusables: pl.DataFrame
    known: int
    lists: list[ImportResult]

    @property
    def new_lists(self) -> list[str]:
        """Return the lists that are not imported yet, each with its counts."""
        return [f"{safe(result.file)} ({import_counts(result)})" for result in self.lists if not result.already]


@explaining
def plan_project(**options: Any) -> None:
    """Plan the run that these options describe, and print it."""
    warnings.simplefilter("ignore", KedroDeprecationWarning)
    names = pipeline_names(options["pipelines"])
    stages = stages_of(names)
    with context_of(options) as context:
        parameters = Parameters.model_validate(context.params)
        load = context.catalog.load
        with load("ledger").rehearsal() as ledger:
            words = (
                words_of_run(context, parameters, ledger, importing="ingress" in names) if "nuance" in names else None
            )
            chosen, alike = (None, None) if words is None else (words.selection.words, words.confusables)
            plan = plan_run(stages, load, chosen, alike, parameters, load("llm"), ledger, under_way=False)
    if options["as_json"]:
        lists = [] if words is None else words.new_lists
        echo_json({"new_lists": lists, "words": None if chosen is None else chosen.height} | asdict(plan))
    else:
        click.echo("\n".join([*_words_lines(words), *plan_lines(plan), _closing(plan)]))


plan = RunCommand(
    "plan",
    params=[
        *(option for option in run_options() if option.name in _OPTIONS),
        click.Option(["--json", "as_json"], is_flag=True, help="Print JSON for programs."),
    ],
    callback=plan_project,
    help="""Plan a run: what the same `kedro run` would request, cost and take. Nothing is sent, paid or changed.

    Lists that are not imported yet count as if they were.""",
    examples=(
        "kedro plan",
        "kedro plan --params llm.model=gpt-4o-mini,limit=20",
        "kedro plan --pipelines=flashcards --json",
    ),
)


def stages_of(pipelines: Sequence[str]) -> list[Stage]:
    """Return the model stages of the pipelines."""
    return [stage for stage in get_args(Stage) if _IN.get(stage, stage) in pipelines]


@contextmanager
def context_of(options: dict[str, Any]) -> Iterator[KedroContext]:
    """Open the project with the options of `kedro run`."""
    with settings.SESSION_CLASS.create(env=options["env"], conf_source=options["conf_source"]) as session:
        yield session.load_context(options["params"] or {})


def words_of_run(context: KedroContext, parameters: Parameters, ledger: Ledger, importing: bool) -> WordsOfRun:
    """Import the lists into ``ledger``, a copy, and select the words of the run; without ingress, of the layer it left."""
    load, results = context.catalog.load, list[ImportResult]()
    if importing:
        results = ledger.imports.take(load("word_lists"))
        if failed := [result.message for result in results if result.state == "failed"]:
            raise WordListError("\n".join(map(str, failed)) + " A run would stop here.")
        batches = pl.DataFrame({"batch_id": [result.batch_id for result in results]}, schema={"batch_id": pl.String})
        vocabulary, *_ = read_vocabulary(batches, ledger, parameters.word_lists)
    else:
        vocabulary = load("vocabulary")
    narrowing = {name: getattr(parameters, name) for name in ("limit", "batch", "priority_min", "words")}
    selection = select(vocabulary, ledger, **narrowing)
    alike = find_confusables(selection.words, ledger, parameters.confusables) if importing else load("confusables")
    return WordsOfRun(selection, alike, vocabulary.height, results)


def import_counts(result: ImportResult) -> str:
    """Return the counts of a list's rows as text."""
    return f"rows: {result.imported:,} new words, {result.duplicates:,} duplicates, {result.rejected:,} rejected"


def _words_lines(words: WordsOfRun | None) -> list[str]:
    if words is None:
        return []
    narrowed = words.selection.narrowed_by
    limited = f" ({safe(narrowed)} of {words.known:,})" if narrowed else ""
    lines = [f"{'New list':<10} {line}" for line in words.new_lists]
    return [*lines, f"{'Words':<10} {words.selection.words.height:,}{limited}"]


def _closing(plan: RunPlan) -> str:
    nothing = "Nothing is spent by this command."
    if plan.cache_only:
        return f"{nothing} `kedro run` sends nothing either, as llm.cache_only is on."
    if not plan.requests:
        return f"{nothing} `kedro run` has nothing to request: it is free."
    would = f"{nothing} `kedro run` would send {request_count(plan)}"
    if not plan.spends:
        return f"{would} to the embedded model: free."
    if plan.usd is None:
        return f"{would}; what they cost is not known."
    asks = f" It asks first: above USD {plan.confirm_above_usd:.2f} (llm.confirm_above_usd)." if plan.asks_first else ""
    return f"{would} for about {money(plan.usd)}.{asks}"
