"""Collect the figures for `kedro status` from a copy of the ledger, the layers, and a plan for the next run."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import polars as pl
from kedro.framework.context import KedroContext

from korean_flashcards.commands.status.outdated import outdated_cards, removed_words
from korean_flashcards.datasets.export_stage import export_interrupted
from korean_flashcards.domain.failures import FAILURE_LAYERS, FOUND_IN_LAYERS, KINDS, LIST_GAPS, advice
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import WORD_STAGES, FailureCode
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.formats.word_list import ListFile
from korean_flashcards.ledger import batches
from korean_flashcards.ledger.batches import ImportTotals
from korean_flashcards.ledger.db.health import live_runs
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending.provider_batches import ListedBatch
from korean_flashcards.ledger.words.gone_words import DeletedList
from korean_flashcards.ledger.words.imports import ImportResult
from korean_flashcards.planning.missing_ledger import check_ledger
from korean_flashcards.planning.plan import RunPlan, StagePlan, plan_run
from korean_flashcards.planning.planned_run import WordsOfRun, stages_of, words_of_run
from korean_flashcards.stages.selection import Selection
from korean_flashcards.stages.stage import kept_words
from korean_flashcards.summary.run_summary import REJECTED


@dataclass(frozen=True)
class ListState:
    """A list that is new or has changed since its import, with the result of importing it now."""

    file: str
    state: Literal["new", "changed"]
    rows: int
    imported: int
    duplicates: int
    updated: int
    rejected: int


@dataclass(frozen=True)
class WordCounts:
    """The project's word counts.

    Attributes:
        known: Words in the ledger.
        chosen: Words in the next run, including words from lists that the run would import.
        narrowed_by: A description of the parameters that narrow the next run.
        with_cards: Words in the next run that have all of their current cards.
        kept: Words in the next run that keep their last good cards, because their current request is pending or failed.
        without_cards: Words in the next run that have neither.
        dropped: Words that were removed from the queue.
        gone: Words that no list contains anymore.
        removed: Words that a person removed with `kedro word remove`.
    """

    known: int
    chosen: int
    narrowed_by: str | None
    with_cards: int
    kept: int
    without_cards: int
    dropped: int
    gone: int
    removed: int


@dataclass(frozen=True)
class PendingBatch:
    """A batch of requests submitted to a provider. ``words`` is the number of requests without a result."""

    batch_id: str
    provider_id: str | None
    stage: str
    model: str
    words: int
    created: str

    @classmethod
    def of(cls, found: ListedBatch) -> "PendingBatch":
        """Create a pending batch from a batch in the ledger."""
        one = found.batch
        return cls(one.batch_id, one.provider_id, one.stage, one.model, found.open, one.created)


@dataclass(frozen=True)
class FailedWords:
    """Words that failed with the same code, and what to do about them."""

    code: str
    words: int
    advice: str


@dataclass(frozen=True)
class Deck:
    """The exported deck. ``exported`` is the local time of the export (ISO 8601)."""

    path: str
    exported: str


@dataclass(frozen=True)
class ProjectStatus:
    """The state of the project.

    Attributes:
        ran: Whether any run has ever been started.
        exports: Whether the next run exports a deck.
        batches: Number of imported lists.
        rejected: Number of rejected rows in imported lists.
        lists: Lists that are new or have changed.
        deleted: Lists whose file no longer exists.
        words: The word counts.
        plan: The plan for the next run.
        pending: Batches of requests submitted to a provider.
        active_runs: IDs of active runs and imports.
        failed: Failed words by code, most frequent first.
        dead: Number of dead letters.
        held: Number of cards held back for each reason; None if no run has decided yet.
        conflicts: Number of edits in conflict; None if no run has checked for conflicts yet.
        removed: Number of words with cards that are not in the ledger anymore, such as words that were rolled back.
        outdated: Number of cards that changed after the deck was exported.
        export_interrupted: Whether a run was killed while it replaced the exported files.
        deck: The exported deck, or None if no deck has been exported.
    """

    ran: bool
    exports: bool
    batches: int
    rejected: int
    lists: list[ListState]
    deleted: list[DeletedList]
    words: WordCounts
    plan: RunPlan
    pending: list[PendingBatch]
    active_runs: list[str]
    failed: list[FailedWords]
    dead: int
    held: dict[str, int] | None
    conflicts: int | None
    removed: int
    outdated: int
    export_interrupted: bool
    deck: Deck | None

    @property
    def word_stages(self) -> list[StagePlan]:
        """Return the stages that every word goes through. The judge is left out, because it is optional."""
        return [stage for stage in self.plan.stages if stage.stage in WORD_STAGES]

    @property
    def to_generate(self) -> int:
        """Return how many replies are missing, including replies that llm.cache_only prevents runs from requesting."""
        return sum(words_in(stage, "new", "missing", "retry", "stale") + stage.waiting for stage in self.word_stages)

    @property
    def only_hopeless(self) -> bool:
        """Return whether every missing reply is due to an earlier failure that another run cannot fix."""
        codes = {code for stage in self.word_stages for code in stage.states.get("retry", {})}
        untried = sum(words_in(stage, "new", "missing", "stale") for stage in self.word_stages)
        return bool(codes) and not untried and not any(KINDS[FailureCode(code)].retry for code in codes)

    @property
    def complete(self) -> bool:
        """Return whether nothing is missing or pending.

        Cards that a reviewer rejected are not missing. Neither are words that failed because of the list (LIST_GAPS).
        """
        gaps = sum(failed.words for failed in self.failed if failed.code in LIST_GAPS)
        failed = any(failed.code not in LIST_GAPS for failed in self.failed)
        held = any(code != REJECTED for code in self.held or {})
        problems = (self.lists, self.rejected, self.to_generate > self._to_retry_gaps, self.pending, failed)
        deck = (self.removed, self.outdated, self.export_interrupted, self.exports and not self.deck)
        return self.ran and not any((*problems, self.words.without_cards > gaps, held, self.conflicts, *deck))

    @property
    def _to_retry_gaps(self) -> int:
        """Return how many replies are missing because of the list (LIST_GAPS), although a run retries them."""
        retried = [stage.states.get("retry", {}) for stage in self.word_stages]
        gaps = [sum(words for code, words in codes.items() if code in LIST_GAPS) for codes in retried]
        # A word without an analysis also lacks the replies of all later stages.
        return sum(words * (len(gaps) - place) for place, words in enumerate(gaps))


def words_in(stage: StagePlan, *states: str) -> int:
    """Return how many of a stage's words are in the given states."""
    return sum(sum(stage.states.get(state, {}).values()) for state in states)


def project_status(context: KedroContext, pipelines: Sequence[str]) -> ProjectStatus:
    """Return the state of the project, assuming that the next run executes ``pipelines``.

    Raises the same errors as `kedro plan`.
    """
    parameters, load = Parameters.model_validate(context.params), context.catalog.load
    check_ledger(context.catalog, asking=False)
    with load("ledger").rehearsal() as ledger:
        before = batches.totals(ledger.store)
        dropped = before.words - len(ledger.queue.select(None, None, None, None))
        pending = [PendingBatch.of(found) for found in ledger.provider_batches.listing()]
        files = load("word_lists")
        empty = not files and not before.words
        words = _no_words() if empty else words_of_run(context, parameters, ledger, importing=True)
        gone, taken_away = ledger.vocabulary.gone(), ledger.vocabulary.removed()
        deleted = ledger.vocabulary.deleted_lists(context.project_path)
        stages = [] if empty else stages_of(pipelines)
        chosen, alike = words.selection.words, words.confusables
        plan = plan_run(stages, load, chosen, alike, parameters, load("llm"), ledger, under_way=False)
        outdated, removed = outdated_cards(context, ledger, parameters), removed_words(context, ledger)
    layers = _Layers(context, chosen)
    counts = _word_counts(words, before, layers, dropped, gone, taken_away)
    source: Ledger = load("ledger")
    active = live_runs(source.store.path)
    return ProjectStatus(
        ran=context.catalog.exists("vocabulary"), exports="export" in pipelines,
        batches=before.batches, rejected=before.rejected,
        lists=_lists(files, words.lists, before), deleted=deleted, words=counts, plan=plan,
        pending=pending, active_runs=active,
        failed=_failed(plan, layers.failed_late()), dead=len(words.selection.dead),
        held=layers.counts("held_flashcards", "held_as"), conflicts=layers.height("edit_conflicts"),
        removed=removed, outdated=outdated, export_interrupted=export_interrupted(context.catalog, active),
        deck=_deck(context),
    )  # fmt: skip


class _Layers:
    """The selected words' rows in the existing layers."""

    def __init__(self, context: KedroContext, chosen: pl.DataFrame) -> None:
        self._catalog, self._chosen = context.catalog, chosen.select("item_id")

    def with_cards(self) -> pl.Series:
        """Return the item IDs of the words that have all of their cards."""
        cards, failures = self._of("flashcards"), self._of("flashcard_failures")
        if cards is None:
            return pl.Series("item_id", dtype=pl.String)
        complete = cards if failures is None else cards.join(failures, on="item_id", how="anti")
        return complete.filter(~pl.col("item_id").is_in(self.kept()))["item_id"].unique()

    def kept(self) -> set[str]:
        """Return the item IDs of the words that keep their last good cards."""
        cards = self._of("flashcards")
        return set() if cards is None else kept_words(cards)

    def failed_late(self) -> Counter[str]:
        """Count the words without cards that failed after their reply was received, by code."""
        done = self.with_cards().implode()
        layers = map(self._of, FAILURE_LAYERS.values())
        frames = [frame.select("item_id", "code") for frame in layers if frame is not None]
        if not frames:
            return Counter()
        late = pl.col("code").is_in(FOUND_IN_LAYERS) & ~pl.col("item_id").is_in(done)
        return Counter(pl.concat(frames).filter(late).unique("item_id", keep="first", maintain_order=True)["code"])

    def counts(self, name: str, column: str) -> dict[str, int] | None:
        """Count a layer's rows by the value of a column. Return None if there is no such layer."""
        frame = self._of(name)
        return None if frame is None else dict(frame.group_by(column, maintain_order=True).len().iter_rows())

    def height(self, name: str) -> int | None:
        """Return the number of rows in a layer, or None if there is no such layer."""
        frame = self._of(name)
        return None if frame is None else frame.height

    def _of(self, name: str) -> pl.DataFrame | None:
        if not self._catalog.exists(name):
            return None
        frame: pl.DataFrame = self._catalog.load(name)
        return frame.join(self._chosen, on="item_id", how="semi", maintain_order="left")


def _no_words() -> WordsOfRun:
    """Return an empty selection, for a project without words or lists."""
    nothing = pl.DataFrame(schema={"item_id": pl.String})
    return WordsOfRun(Selection(nothing, known=0, narrowed_by=None, dead=set()), nothing, known=0, lists=[])


def _word_counts(
    words: WordsOfRun, before: ImportTotals, layers: _Layers, dropped: int, gone: int, removed: int
) -> WordCounts:
    chosen, done, kept = words.selection.words.height, layers.with_cards().len(), len(layers.kept())
    return WordCounts(
        before.words, chosen, words.selection.narrowed_by, done, kept, chosen - done - kept, dropped, gone, removed
    )


def _lists(files: Sequence[ListFile], results: Sequence[ImportResult], before: ImportTotals) -> list[ListState]:
    """Return the lists that a run would import. ``before`` describes the previous imports."""
    found = []
    for file, result in zip(files, results, strict=True):
        imported = before.newest.get(file.source)
        if result.already and imported in (None, hashlib.sha256(file.data).hexdigest()):
            continue
        found.append(
            ListState(
                result.file, "changed" if imported else "new", result.rows, result.imported, result.duplicates,
                result.updated, result.rejected,
            )
        )  # fmt: skip
    return found


def _failed(plan: RunPlan, late: Counter[str]) -> list[FailedWords]:
    """Return the failed words by code, most frequent first.

    ``late`` counts the words that failed after their reply was received.
    """
    codes = Counter(late)
    for stage in plan.stages:
        if stage.stage in WORD_STAGES:
            for state in ("retry", "dead"):
                codes.update(stage.states.get(state, {}))
    return [FailedWords(code, words, advice(code)) for code, words in codes.most_common()]


def _deck(context: KedroContext) -> Deck | None:
    dataset = context.catalog["deck"]
    if not dataset.exported:
        return None
    path: Path = dataset.path
    exported = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    return Deck(shown_path(path), exported.isoformat(timespec="seconds"))
