"""Count a run's results in its layers for the closing lines, the report, and the exit code."""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import polars as pl
from pydantic import BaseModel, computed_field

from korean_flashcards.domain.calls import OFFLINE_PREFIX, PaidStage, RunPayments
from korean_flashcards.domain.failures import FOUND_IN_LAYERS, advice, reason, unreadable
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import WORD_STAGES, FailureCode, PendingCode
from korean_flashcards.stages.selection import Selection

Reached = Literal["ingress", "nuance", "flashcards", "quality"]

# The datasets that each stage adds. A summary needs the datasets from all stages up to the one reached.
FRAMES: dict[Reached, tuple[str, ...]] = {
    "ingress": ("vocabulary", "import_counts", "validation_results"),
    "nuance": ("nuance_replies", "nuance", "nuance_failures"),
    "flashcards": ("flashcard_replies", "flashcards", "flashcard_failures"),
    "quality": ("released_flashcards", "held_flashcards", "edit_conflicts"),
}
STAGES: tuple[Reached, ...] = ("ingress", "nuance", "flashcards", "quality")

# The rows of words for which this run made calls. The attempts of a dead letter are those of earlier runs.
_REQUESTED = (pl.col("attempts") > 0) & (~pl.col("cached") | pl.col("pending").is_not_null())
# The maximum number of failed words that the closing lines name.
NAMED_WORDS = 10
_WHAT_TO_DO = {
    PendingCode.BUDGET: "Raise llm.budget, or run again when there is room in the budget",
    PendingCode.QUOTA: "Add credit to your provider account, then run again",
    PendingCode.OUTAGE: "Run again later",
    PendingCode.RATE_LIMIT: "Run again later, or set llm.rates to the provider's limits",
    PendingCode.TIMEOUT: "Raise llm.timeout or lower llm.concurrency, then run again",
    PendingCode.CACHE_ONLY: "To request new replies, turn off llm.cache_only",
    PendingCode.BATCH: "Run again later to fetch the replies",
}
# Reasons why cards are held back, by ``held_as``, with the command to use.
HELD_REASONS = {
    "rejected": "rejected by a reviewer (to edit: `kedro review next --state rejected`)",
    "unapproved": "not approved, and review.required is on (to approve: `kedro review next`)",
    "failed_checks": "failed the checks (to edit or approve: `kedro review next --verdict reject`)",
}


class FailedWord(BaseModel):
    """A failed word, identified by its term, or by its item ID (배#2) if another failed word has the same term."""

    term: str
    code: str


class Waiting(BaseModel):
    """The number of words that a run left pending for a reason unrelated to the words themselves.

    ``calls`` is the number of calls made for these words, and ``cost_usd`` their maximum cost, or None if it is unknown.
    """

    code: PendingCode
    message: str
    words: int
    calls: int = 0
    cost_usd: float | None = 0.0


class StageCosts(BaseModel):
    """Totals for one stage's calls, including calls without a reply. A reply shared by several words counts once.

    Attributes:
        model: The models that were called, or the model that wrote the cached replies.
        replies: The number of replies, both cached and new.
        asked: The number of requests for which calls were made.
        attempts: The number of calls.
        unpriced: The number of calls whose price is unknown.
        unjudged: The number of words without a judgment. This is set only for the judge. For the other stages,
            ``RunSummary`` counts the words without results.
        reserved: The number of calls booked at their maximum cost, because their actual cost is unknown.
        reserved_usd: The total cost of these calls, which is part of ``cost_usd``.
    """

    stage: str
    model: str
    replies: int
    cached: int
    asked: int
    attempts: int
    tokens_in: int
    tokens_out: int
    cost_usd: float
    saved_usd: float
    unpriced: int
    unjudged: int = 0
    reserved: int = 0
    reserved_usd: float = 0.0


class OtherRun(BaseModel):
    """Totals for the calls made by another run that wrote the same layers at the same time.

    ``unpriced`` is the number of calls whose price is unknown.
    """

    run_id: str
    calls: int
    cost_usd: float
    unpriced: int


class RunSummary(BaseModel):
    """The counts for one run.

    Attributes:
        narrowed_by: The parameters that limit the run to some of the words ("limit 3, batch unit1"), or None.
        updated: Duplicate rows that corrected one of their word's values.
        rejected_in: Batches with rejected rows.
        known: All words in the lists.
        words: The words in this run: either all known words or only the selected words.
        with_cards: Words with generated cards, including cards that are held back.
        dead: Failed words that are dead letters. Runs no longer request dead letters.
        failed_words: Up to ten failed words, in list order.
        waiting: The number of pending words, by reason and by whether calls were made for them.
        cards: Cards that go into the deck.
        held: Cards that are held back from the deck, by reason (a key of HELD_REASONS).
        held_words: Words whose cards are all held back.
        conflicts: Edits that conflict with newly generated text.
        costs: This run's requests and costs, by stage.
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
    analysed: int = 0
    with_cards: int = 0
    failed: int = 0
    dead: int = 0
    pending: int = 0
    waiting: list[Waiting] = []
    cards: int = 0
    cards_by_type: dict[str, int] = {}
    held: dict[str, int] = {}
    held_words: int = 0
    conflicts: int = 0
    failures_by_code: dict[str, int] = {}
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
            lines.append(f"{counted(count, 'card')} held back: {HELD_REASONS[code]}")
        if self.held_words:
            whose = "its" if self.held_words == 1 else "their"
            lines.append(
                f"{counted(self.held_words, 'word')} without a card in the deck: all of {whose} cards are held back"
            )
        for wait in self.waiting:
            lines.append(f"{counted(wait.words, 'word')} {_state(wait)}. {_WHAT_TO_DO[wait.code]}.")
        if others := self.pending - sum(wait.words for wait in self.waiting):
            lines.append(f"{counted(others, 'word')} still pending: run `kedro run`")
        return lines

    @computed_field  # type: ignore[prop-decorator]
    @property
    def complete(self) -> bool:
        """Return whether the run has no rejected rows and no missing results."""
        return not self.missing

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
    payments: RunPayments | None = None,
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
    """
    wanted = set(selection.words["item_id"])
    summary = _of_lists(frames, reached, selection, started, now)
    if reached == "ingress":
        return summary
    kinds = ("nuance",) if reached == "nuance" else ("nuance", "flashcard")
    analysed = wanted & set(frames["nuance"]["item_id"])
    done = analysed if reached == "nuance" else wanted & set(frames["flashcards"]["item_id"])
    failures = pl.concat([frames[f"{kind}_failures"].select("item_id", "term", "code") for kind in kinds])
    # A word counts once, even if the layers come from different runs and it failed in both stages.
    failures = failures.filter(pl.col("item_id").is_in(wanted - done)).unique(
        "item_id", keep="first", maintain_order=True
    )
    pending = wanted - done - set(failures["item_id"])
    return summary.model_copy(
        update={
            "analysed": len(analysed),
            "failed": failures.height,
            "dead": len(set(failures["item_id"]) & selection.dead),
            "pending": len(pending),
            "waiting": _waiting([frames[f"{kind}_replies"] for kind in kinds], pending),
            "failures_by_code": dict(failures.group_by("code", maintain_order=True).len().iter_rows()),
            "failed_words": _failed_words(selection.words["item_id"], failures),
            "costs": _all_costs(frames, kinds, payments),
            "other_runs": _other_runs(payments),
        }
        | ({} if reached == "nuance" else _of_cards(frames, reached, wanted) | {"with_cards": len(done)})
    )


def _of_lists(
    frames: Mapping[str, pl.DataFrame], reached: Reached, selection: Selection, started: float, now: float
) -> RunSummary:
    """Return a summary with only the row and word counts that are known before any stage runs."""
    counts = frames["import_counts"]
    return RunSummary(
        reached=reached, narrowed_by=selection.narrowed_by, files=counts.drop("batch_id").to_dicts(),
        known=frames["vocabulary"].height, words=selection.words["item_id"].n_unique(),
        started=datetime.fromtimestamp(started).astimezone(), seconds=now - started,
        rows=int(counts["rows"].sum()), imported=int(counts["imported"].sum()),
        duplicates=int(counts["duplicates"].sum()),
        # A layer that an older release saved has no such column.
        updated=int(counts["updated"].sum()) if "updated" in counts.columns else 0, rejected=int(counts["rejected"].sum()),
        rejected_in=counts.filter(pl.col("rejected") > 0)["batch_id"].to_list(),
        warnings=_warnings(frames["validation_results"], started, frames),
    )  # fmt: skip


def _of_cards(frames: Mapping[str, pl.DataFrame], reached: Reached, wanted: set[str]) -> dict[str, object]:
    """Return the card counts for the selected words. Before the quality stage, all cards count as released."""

    def theirs(name: str) -> pl.DataFrame:
        return frames[name].filter(pl.col("item_id").is_in(wanted))

    cards = theirs("released_flashcards" if reached == "quality" else "flashcards")
    by_type = dict(cards.group_by("tab_name", maintain_order=True).len().iter_rows())
    found: dict[str, object] = {"cards": cards.height, "cards_by_type": by_type}
    if reached == "quality":
        held = theirs("held_flashcards")
        found["held"] = dict(held.group_by("held_as", maintain_order=True).len().iter_rows())
        found["held_words"] = len(set(held["item_id"]) - set(cards["item_id"]))
        found["conflicts"] = theirs("edit_conflicts").height
    return found


def _warnings(results: pl.DataFrame, started: float, frames: Mapping[str, pl.DataFrame]) -> list[str]:
    """Return the problems that were found during the run but did not stop it.

    If the run made no calls, problems with earlier calls are omitted.
    """
    broken = results.filter(~pl.col("success"), pl.col("severity") == "warning", pl.col("at") >= started)
    replies = [frame for name, frame in frames.items() if name.endswith("_replies")]
    if not any(frame.filter(_REQUESTED).height for frame in replies):
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


def _waiting(replies: list[pl.DataFrame], pending: set[str]) -> list[Waiting]:
    """Count the pending words by reason, most frequent reason first. Each word counts once, and so does each call."""
    columns = ("item_id", "key", "pending", "message", "attempts", "cost_usd")
    held = pl.concat([frame.select(columns) for frame in replies]).filter(
        pl.col("pending").is_not_null() & pl.col("item_id").is_in(pending)
    )
    first_of_key = pl.col("key").is_first_distinct()
    counts = (
        held.unique("item_id", keep="first", maintain_order=True)
        .group_by("pending", "message", requested=pl.col("attempts") > 0)
        .agg(
            words=pl.len(),
            calls=pl.col("attempts").filter(first_of_key).sum(),
            usd=pl.col("cost_usd").filter(first_of_key).sum(),
            unpriced=pl.col("cost_usd").is_null().any(),
        )
        .sort("words", "message", "requested", descending=[True, False, False])
    )
    return [
        Waiting(
            code=PendingCode(row["pending"]), message=row["message"], words=row["words"], calls=row["calls"],
            cost_usd=None if row["unpriced"] else row["usd"],
        )
        for row in counts.iter_rows(named=True)
    ]  # fmt: skip


def _state(wait: Waiting) -> str:
    """Return what happened to pending words. Words for which calls were made are never called "not requested"."""
    if wait.code is PendingCode.BATCH:
        return f"pending at the provider: {wait.message}"
    if not wait.calls:
        return f"not requested: {wait.message}"
    billed = " made"
    if wait.cost_usd is None:
        billed = " may be billed, at an unknown price"
    elif wait.cost_usd:
        billed = f" may be billed, up to USD {usd_number(wait.cost_usd, 4)}"
    return f"without a usable reply: {wait.message}; {counted(wait.calls, 'call')}{billed}"


def _all_costs(
    frames: Mapping[str, pl.DataFrame], kinds: Sequence[str], payments: RunPayments | None
) -> list[StageCosts]:
    """Return each stage's costs. A missing judgment does not make a run incomplete."""
    own: dict[str, PaidStage] = {paid.stage: paid for paid in payments.own} if payments else {}
    alone = payments is None or not payments.others
    stages = [(stage, frames[f"{kind}_replies"]) for stage, kind in zip(WORD_STAGES, kinds, strict=False)]
    costs = [_costs(stage, replies, own.get(stage), alone) for stage, replies in stages]
    judged = frames.get("judge_replies")
    if judged is not None and not judged.is_empty():
        unjudged = judged.filter(pl.col("pending").is_not_null() | pl.col("code").is_not_null()).height
        costs.append(_costs("judge", judged, own.get("judge"), alone).model_copy(update={"unjudged": unjudged}))
    return costs


def _costs(stage: str, replies: pl.DataFrame, paid: PaidStage | None, alone: bool) -> StageCosts:
    """Return totals for one stage's requests in this run. ``saved_usd`` is the original cost of the cached replies.

    Only the ledger has all calls, such as those to a model that timed out before a fallback replied. The layers are
    counted instead if the ledger has no calls by this run: the offline model's calls are not recorded, and the processes
    of ParallelRunner record calls under different runs. ``alone``: whether no other run wrote the same layers.
    """
    distinct = replies.unique("key", keep="first", maintain_order=True)
    requested = distinct.filter(_REQUESTED)
    if paid is not None or not alone:
        # A simultaneous run may have paid for the other replies.
        keys = paid.keys if paid else frozenset()
        requested = requested.filter(pl.col("key").is_in(keys) | pl.col("model").str.starts_with(OFFLINE_PREFIX))
    with_reply = distinct.filter(pl.col("cached").is_not_null())
    cached = with_reply.join(requested, on="key", how="anti")
    counts = StageCosts(
        stage=stage, model="", replies=with_reply.height, cached=cached.height, asked=0, attempts=0, tokens_in=0,
        tokens_out=0, cost_usd=0.0, saved_usd=float(cached["cost_usd"].sum()), unpriced=0,
    )  # fmt: skip
    return counts.model_copy(update=_of_layers(requested, cached) if paid is None else _of_ledger(paid, requested))


def _of_layers(requested: pl.DataFrame, cached: pl.DataFrame) -> dict[str, object]:
    """Return the totals for the calls in a layer."""
    unpriced = requested.filter(pl.col("cost_usd").is_null())
    unanswered = requested.filter(pl.col("pending").is_not_null() & (pl.col("cost_usd") > 0))
    # A cached reply may come from a different model or from an earlier system.
    models = requested["model"].unique(maintain_order=True) if requested.height else cached["model"].head(1)
    return {
        "model": " and ".join(models), "asked": requested.height, "unpriced": int(unpriced["attempts"].sum()),
        **{name: int(requested[name].sum()) for name in ("attempts", "tokens_in", "tokens_out")},
        "cost_usd": float(requested["cost_usd"].sum()), "reserved": int(unanswered["attempts"].sum()),
        "reserved_usd": float(unanswered["cost_usd"].sum()),
    }  # fmt: skip


def _of_ledger(paid: PaidStage, requested: pl.DataFrame) -> dict[str, object]:
    """Return the totals for the calls in the ledger, and for replies by an offline fallback, which it does not record."""
    offline = requested.filter(pl.col("model").str.starts_with(OFFLINE_PREFIX))
    only_offline = offline.filter(pl.col("attempts") == 1).height
    return {
        "model": " and ".join([*paid.models, *offline["model"].unique(maintain_order=True)]),
        "asked": paid.requests + only_offline, "attempts": paid.calls + offline.height, "cost_usd": paid.usd,
        **{name: getattr(paid, name) for name in ("tokens_in", "tokens_out", "unpriced", "reserved", "reserved_usd")},
    }  # fmt: skip


def _other_runs(payments: RunPayments | None) -> list[OtherRun]:
    """Return the totals for other runs."""
    return [
        OtherRun(
            run_id=run_id, calls=sum(paid.calls for paid in stages), cost_usd=sum(paid.usd for paid in stages),
            unpriced=sum(paid.unpriced for paid in stages),
        )
        for run_id, stages in (payments.others if payments else {}).items()
    ]  # fmt: skip
