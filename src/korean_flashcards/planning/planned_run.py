"""Plan a run of a project's pipelines, for `kedro plan` and for notebooks: its words, its requests, and its cost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import polars as pl

from korean_flashcards.datasets.narrowing import narrowed_load
from korean_flashcards.domain.errors import WordListError
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.plurals import counted, duplicate_count
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.words.imports import ImportResult
from korean_flashcards.pipelines.ingress.nodes import find_confusables, read_vocabulary
from korean_flashcards.planning.narrowed_run import batches_of
from korean_flashcards.planning.plan import RunPlan, plan_run
from korean_flashcards.planning.plan_text import money, request_count
from korean_flashcards.stages.selection import Selection, select

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext

# Stages whose pipeline has a different name, and that name.
_IN: dict[Stage, str] = {"judge": "quality"}


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
        return [f"{result.file} ({import_counts(result)})" for result in self.lists if not result.already]


class PlannedRun(NamedTuple):
    """The plan of a run and its words, or None if the run does not analyze words."""

    plan: RunPlan
    words: WordsOfRun | None


def planned_run(context: "KedroContext", pipelines: Sequence[str]) -> PlannedRun:
    """Return the plan for a run of these pipelines. Nothing is sent, and nothing is written to the project.

    Callers check first that the project has its ledger (``check_ledger``).

    Raises:
        WordListError: A list cannot be imported.
    """
    parameters, stages = Parameters.model_validate(context.params), stages_of(pipelines)
    load: Callable[[str], Any] = context.catalog.load
    with load("ledger").rehearsal() as ledger:
        importing = "ingress" in pipelines
        words = words_of_run(context, parameters, ledger, importing) if "nuance" in pipelines else None
        chosen, alike = (None, None) if words is None else (words.selection.words, words.confusables)
        if words is None and parameters.narrowed and stages:
            own = words_of_run(context, parameters, ledger, importing=False).selection.words
            load = narrowed_load(load, set(own["item_id"]))
        plan = plan_run(stages, load, chosen, alike, parameters, load("llm"), ledger, under_way=False)
    return PlannedRun(plan, words)


def stages_of(pipelines: Sequence[str]) -> list[Stage]:
    """Return the stages of these pipelines that call a model."""
    return [stage for stage in get_args(Stage) if _IN.get(stage, stage) in pipelines]


def words_of_run(context: "KedroContext", parameters: Parameters, ledger: Ledger, importing: bool) -> WordsOfRun:
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


def plan_closing(plan: RunPlan, run: str = "`kedro run`") -> str:
    """Return what ``run`` would send and cost, and whether it would ask for confirmation first."""
    if plan.cache_only:
        return f"{run} would send nothing, because llm.cache_only is on."
    if not plan.requests:
        return f"{run} would send nothing, so it would be free."
    would = f"{run} would send {request_count(plan)}"
    if not plan.spends:
        return f"{would} to the offline model, which is free."
    if refused := [stage.model for stage in plan.stages if stage.refused and stage.requests]:
        return f"{run} would stop before calling {refused[0]} because this model's price is unknown."
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
