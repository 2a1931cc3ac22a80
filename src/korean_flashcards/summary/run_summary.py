"""Count a run's results in its layers for the closing lines, the report, and the exit code."""

import shlex
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal

import polars as pl
from pydantic import BaseModel, computed_field

from korean_flashcards.domain.calls import RunPayments
from korean_flashcards.domain.failures import FOUND_IN_LAYERS, LIST_GAPS, advice, reason, unreadable
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import FailureCode, Stage
from korean_flashcards.stages.selection import Selection
from korean_flashcards.stages.stage import kept_words
from korean_flashcards.summary.pending_words import Waiting, waiting_words
from korean_flashcards.summary.run_costs import REQUESTED, OtherRun, StageCosts, other_runs, stage_costs

Reached = Literal["ingress", "nuance", "flashcards", "quality"]

# The datasets that each stage adds. A summary needs the datasets from all stages up to the one reached.
FRAMES: dict[Reached, tuple[str, ...]] = {
    "ingress": ("vocabulary", "import_counts", "validation_results"),
    "nuance": ("nuance_requests", "nuance_replies", "nuance", "nuance_failures"),
    "flashcards": ("flashcard_replies", "flashcards", "flashcard_failures"),
    "quality": ("released_flashcards", "held_flashcards", "edit_conflicts"),
}
REPLIES: dict[Stage, str] = {"nuance": "nuance_replies", "flashcards": "flashcard_replies", "judge": "judge_replies"}
STAGES: tuple[Reached, ...] = ("ingress", "nuance", "flashcards", "quality")

# The maximum number of failed words that the closing lines name.
NAMED_WORDS = 10
# Reasons why cards are held back, by ``held_as``, with the command to use.
REJECTED = "rejected"  # a person's decision, so nothing is missing
HELD_REASONS = {
    "rejected": "rejected by a reviewer (to edit: `kedro review next --state rejected`)",
    "mixed": "edited by a reviewer, then partly generated again (to approve or edit: `kedro review next --state changed`)",
    "unapproved": "not approved, and review.required is on (to approve: `kedro review next`)",
    "failed_checks": "failed the checks (to edit or approve: `kedro review next --verdict reject`)",
}


class FailedWord(BaseModel):
    """A failed word, identified by its term, or by its item ID (배#2) if another failed word has the same term."""

    term: str
    code: str


class RunSummary(BaseModel):
    """The counts for one run.

    Attributes:
        narrowed_by: The parameters that limit the run to some of the words ("limit 3, batch unit1"), or None.
        updated: Duplicate rows that corrected one of their word's values.
        rejected_in: Batches with rejected rows.
        known: All words in the lists.
        words: The words in this run: either all known words or only the selected words.
        lost: Known words that are not in the ledger anymore, because their list was rolled back.
        analysed: Words with a current analysis.
        with_cards: Words with all of their current cards, including cards that are held back.
        kept: Words that keep their last good analysis or cards, because their current request is pending or failed.
        dead: Failed words that are dead letters. Runs no longer request dead letters.
        failed_words: Up to ten failed words, in list order.
        waiting: The number of words that this run left pending, by reason and by whether calls were made for them.
        cards: Cards that go into the deck.
        held: Cards that are held back from the deck, by reason (a key of HELD_REASONS).
        held_words: Words whose cards are all held back, at least one of them not rejected by a reviewer.
        rejected_words: Words whose cards were all rejected by a reviewer.
        list_gaps: Failed words by code, not in ``failures_by_code``, that already failed in an earlier run because the
            list has too little information for the model. Only a change to the list or the model can help.
        conflicts: Edits that conflict with newly generated text.
        costs: This run's requests and costs, by stage. Stages that the run did not execute are left out.
        other_runs: Other runs that wrote the same layers at the same time, with their costs.
        warnings: Rules that were broken in this run but did not stop it.
    """

    reached: Reached
    narrowed_by: str | None
    files: list[dict[str, str | int]]
    rows: int
    imported: int
    duplicates: int
    updated: int = 0
    rejected: int
    rejected_in: list[str] = []
    known: int
    words: int
    lost: int = 0
    analysed: int = 0
    with_cards: int = 0
    kept: int = 0
    failed: int = 0
    dead: int = 0
    pending: int = 0
    waiting: list[Waiting] = []
    cards: int = 0
    cards_by_type: dict[str, int] = {}
    held: dict[str, int] = {}
    held_words: int = 0
    rejected_words: int = 0
    conflicts: int = 0
    failures_by_code: dict[str, int] = {}
    list_gaps: dict[str, int] = {}
    failed_words: list[FailedWord] = []
    costs: list[StageCosts] = []
    other_runs: list[OtherRun] = []
    warnings: list[str] = []
    started: datetime
    seconds: float

    @computed_field  # type: ignore[prop-decorator]
    @property
    def missing(self) -> list[str]:
        """Return one line per kind of missing result, with advice. The list is empty if nothing is missing."""
        lines = []
        if self.rejected:
            lines.append(f"{counted(self.rejected, 'row')} rejected in your word lists: {self._rejected_rows()}")
        for code, count in sorted(self.failures_by_code.items(), key=lambda pair: -pair[1]):
            lines.append(self._failures(code, count))
        if self.dead:
            lines.append(self._dead_letters())
        for code, count in sorted(self.held.items(), key=lambda pair: -pair[1]):
            if code != REJECTED:
                lines.append(f"{counted(count, 'card')} held back: {HELD_REASONS[code]}")
        if self.held_words:
            whose = "its" if self.held_words == 1 else "their"
            lines.append(
                f"{counted(self.held_words, 'word')} without a card in the deck: all of {whose} cards are held back"
            )
        for wait in self.waiting:
            lines.append(wait.sentence)
        if others := self.pending - sum(wait.words for wait in self.waiting):
            lines.append(f"{counted(others, 'word')} still pending: run `kedro run`")
        if self.lost:
            lines.append(
                f"{counted(self.lost, 'word')} of this run {'was' if self.lost == 1 else 'were'} removed from the ledger, "
                "because a list was rolled back: run `kedro run`"
            )
        return lines

    @computed_field  # type: ignore[prop-decorator]
    @property
    def notes(self) -> list[str]:
        """Return the sentences that the user should know, but that do not make the run incomplete."""
        lines = []
        if self.kept:
            keep, analyses = ("keeps its", "analysis") if self.kept == 1 else ("keep their", "analyses")
            kind = analyses if self.reached == "nuance" else "cards"
            lines.append(
                f"{counted(self.kept, 'word')} {keep} last good {kind}: no newer reply can be used yet. A later run "
                f"replaces the {kind}"
            )
        if count := self.held.get(REJECTED):
            lines.append(f"{counted(count, 'card')} held back: {HELD_REASONS[REJECTED]}")
        if self.rejected_words:
            lines.append(
                f"{counted(self.rejected_words, 'word')} without a card in the deck: a reviewer rejected all cards"
            )
        lines += [self._list_gap(code, count) for code, count in self.list_gaps.items()]
        return lines

    @computed_field  # type: ignore[prop-decorator]
    @property
    def complete(self) -> bool:
        """Return whether the run has no rejected rows and no missing results."""
        return not self.missing

    def _list_gap(self, code: str, count: int) -> str:
        """Return a sentence about words for which the list has too little information."""
        needs, what = "needs" if count == 1 else "need", LIST_GAPS[FailureCode(code)]
        names = [word.term for word in self.failed_words if word.code == code]
        more = f" and {count - len(names):,} more" if count > len(names) else ""
        named = f": {', '.join(names)}{more}" if names else ""
        return f"{counted(count, 'word')} {needs} {what} in your list, or a different model{named}"

    def _rejected_rows(self) -> str:
        """Return the command that shows the rejected rows."""
        if len(self.rejected_in) == 1:
            return f"`kedro ingress status {shlex.quote(self.rejected_in[0])}` shows why"
        return "`kedro ingress status BATCH` shows why (`kedro ingress list` lists the batches)"

    def _dead_letters(self) -> str:
        """Return a line for the words that failed in too many runs."""
        one = self.dead == 1
        letters, them, rows = (
            ("is a dead letter", "it", "its row") if one else ("are dead letters", "they", "their rows")
        )
        return (
            f"{self.dead:,} of these words {letters}: {them} failed in too many runs and {'is' if one else 'are'} not "
            f"requested again. `kedro tasks list --state dead` shows why. Correct {rows} in the list, or run "
            "`kedro tasks retry --all-dead`."
        )

    def _failures(self, code: str, count: int) -> str:
        """Return a line for one failure code: the reason, the first affected words, where to find more, and advice."""
        known = FailureCode(code) if code in FailureCode.__members__.values() else None
        why = reason(code)
        text = f"{counted(count, 'word')} failed with {code}" + (f" ({why})" if why else "")
        if names := [word.term for word in self.failed_words if word.code == code]:
            text += f": {', '.join(names)}"
        if more := count - len(names):
            # The ledger lists these tasks as done, so `kedro tasks list` cannot find them.
            where = "The run report" if known in FOUND_IN_LAYERS else f"`kedro tasks list --code {code}`"
            text += f" and {more:,} more. {where} lists them all" if names else f". {where} lists them"
        if known is FailureCode.NO_PRONUNCIATION and (signs := unreadable("".join(names))):
            text += f". The offline model cannot read {signs}"
        what_helps = advice(code)
        return f"{text}. {what_helps[:1].upper()}{what_helps[1:]}."


def summarise(
    frames: Mapping[str, pl.DataFrame], reached: Reached, selection: Selection, started: float, now: float,
    payments: RunPayments | None = None, generated: Collection[Stage] = tuple(REPLIES),
) -> RunSummary:  # fmt: skip
    """Return a run's counts up to and including the stage ``reached``.

    Args:
        frames: The datasets in FRAMES for all stages up to ``reached``, and optionally ``judge_replies``.
        reached: The last stage to count.
        selection: The words in the run.
        started: The start of the run, in seconds since the epoch.
        now: The current time, in seconds since the epoch.
        payments: Payments by this run and by the runs that wrote the same layers at the same time. If this run has no
            payments and is alone, the costs are computed from the layers.
        generated: The stages that this run executed. The replies of the other stages are from earlier runs.
    """
    replies = {stage: frames[name] for stage, name in REPLIES.items() if stage in generated and name in frames}
    summary = _of_lists(frames, reached, selection, started, now, list(replies.values()))
    if reached == "ingress":
        return summary
    found = _of_words(frames, reached, selection, [frame for stage, frame in replies.items() if stage != "judge"])
    if reached != "nuance":
        found |= _of_cards(frames, reached, set(selection.words["item_id"]))
    return summary.model_copy(update={
        **found, "costs": stage_costs(replies, payments), "other_runs": other_runs(payments)
    })  # fmt: skip


def _unsettled(frames: Mapping[str, pl.DataFrame], kinds: Sequence[str]) -> set[str]:
    """Return the item IDs of the words that are pending or failed in these stages."""
    failed = {item_id for kind in kinds for item_id in frames[f"{kind}_failures"]["item_id"]}
    pending = pl.col("pending").is_not_null()
    return failed.union(*(frames[f"{kind}_replies"].filter(pending)["item_id"] for kind in kinds))


def _known_gaps(requests: pl.DataFrame) -> set[str]:
    """Return the item IDs of the words whose same request already failed because of the list (see LIST_GAPS)."""
    code = pl.col("reason").str.extract("^([a-z_]+):")
    return set(
        requests.filter(pl.col("state").is_in(["retry", "dead"]) & code.is_in(list(map(str, LIST_GAPS))))["item_id"]
    )


def _of_lists(
    frames: Mapping[str, pl.DataFrame], reached: Reached, selection: Selection, started: float, now: float,
    replies: Sequence[pl.DataFrame],
) -> RunSummary:  # fmt: skip
    """Return a summary with only the row and word counts that are known before any stage runs."""
    counts = frames["import_counts"]
    return RunSummary(
        reached=reached, narrowed_by=selection.narrowed_by, files=counts.drop("batch_id").to_dicts(),
        known=selection.known, words=selection.words["item_id"].n_unique(), lost=len(selection.lost),
        started=datetime.fromtimestamp(started).astimezone(), seconds=now - started,
        rows=int(counts["rows"].sum()), imported=int(counts["imported"].sum()),
        duplicates=int(counts["duplicates"].sum()),
        # A layer that an older release saved has no such column.
        updated=int(counts["updated"].sum()) if "updated" in counts.columns else 0, rejected=int(counts["rejected"].sum()),
        rejected_in=counts.filter(pl.col("rejected") > 0)["batch_id"].to_list(),
        warnings=_warnings(frames["validation_results"], started, replies),
    )  # fmt: skip


def _of_words(
    frames: Mapping[str, pl.DataFrame], reached: Reached, selection: Selection, replies: Sequence[pl.DataFrame]
) -> dict[str, object]:
    """Return the counts of the selected words by what the stages up to ``reached`` produced for them.

    ``replies``: the replies of the stages that this run executed.
    """
    wanted = set(selection.words["item_id"])
    kinds = ("nuance",) if reached == "nuance" else ("nuance", "flashcard")
    records = frames["nuance" if reached == "nuance" else "flashcards"]
    analysed = (wanted & set(frames["nuance"]["item_id"])) - _unsettled(frames, ["nuance"])
    # A pending or failed word may have some of its cards, or keep its last good cards.
    done = (wanted & set(records["item_id"])) - _unsettled(frames, kinds)
    failures = pl.concat([frames[f"{kind}_failures"].select("item_id", "term", "code") for kind in kinds])
    # A word counts once, even if the layers come from different runs and it failed in both stages.
    failures = failures.filter(pl.col("item_id").is_in(wanted - done)).unique(
        "item_id", keep="first", maintain_order=True
    )
    pending = wanted - done - set(failures["item_id"])
    gap = pl.col("item_id").is_in(_known_gaps(frames["nuance_requests"]))
    gaps, others = failures.filter(gap), failures.filter(~gap)
    return {
        "analysed": len(analysed),
        "with_cards": 0 if reached == "nuance" else len(done),
        "failed": failures.height,
        "kept": len(wanted & kept_words(records)),
        "dead": len(set(others["item_id"]) & selection.dead),
        "pending": len(pending),
        "waiting": waiting_words(replies, pending),
        "failures_by_code": _by(others, "code"),
        "list_gaps": _by(gaps, "code"),
        "failed_words": _failed_words(selection.words["item_id"], failures),
    }


def _by(rows: pl.DataFrame, column: str) -> dict[str, int]:
    """Return the number of rows with each value of a column, in the order of their first rows."""
    return dict(rows.group_by(column, maintain_order=True).len().iter_rows())


def _of_cards(frames: Mapping[str, pl.DataFrame], reached: Reached, wanted: set[str]) -> dict[str, object]:
    """Return the card counts for the selected words. Before the quality stage, all cards count as released."""

    def theirs(name: str) -> pl.DataFrame:
        return frames[name].filter(pl.col("item_id").is_in(wanted))

    cards = theirs("released_flashcards" if reached == "quality" else "flashcards")
    found: dict[str, object] = {"cards": cards.height, "cards_by_type": _by(cards, "tab_name")}
    if reached == "quality":
        held = theirs("held_flashcards")
        found["held"] = _by(held, "held_as")
        without = held.filter(~pl.col("item_id").is_in(cards["item_id"].implode()))
        undecided = set(without.filter(pl.col("held_as") != REJECTED)["item_id"])
        found["held_words"] = len(undecided)
        found["rejected_words"] = len(set(without["item_id"]) - undecided)
        found["conflicts"] = theirs("edit_conflicts").height
    return found


def _warnings(results: pl.DataFrame, started: float, replies: Sequence[pl.DataFrame]) -> list[str]:
    """Return the problems that were found during the run but did not stop it.

    If the run made no calls, problems with earlier calls are omitted.
    """
    broken = results.filter(~pl.col("success"), pl.col("severity") == "warning", pl.col("at") >= started)
    if not any(frame.filter(REQUESTED).height for frame in replies):
        broken = broken.filter(pl.col("suite") != "calls")
    newest = broken.unique(["suite", "rule"], keep="last", maintain_order=True)
    return [str(problem) for problem in newest["problem"]]


def _failed_words(in_order: pl.Series, failures: pl.DataFrame) -> list[FailedWord]:
    """Return the first failed words in list order."""
    homographs = Counter(failures["term"])
    found = {item_id: (term, code) for item_id, term, code in failures.iter_rows()}
    first = [item_id for item_id in in_order.unique(maintain_order=True) if item_id in found][:NAMED_WORDS]
    return [
        FailedWord(term=item_id if homographs[term] > 1 else term, code=code)
        for item_id in first
        for term, code in [found[item_id]]
    ]
