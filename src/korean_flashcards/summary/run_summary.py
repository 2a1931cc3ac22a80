"""What a run came to, counted from the artefacts alone: source of the report, the closing lines and the exit code."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import polars as pl
from pydantic import BaseModel, computed_field

from korean_flashcards.domain.failures import advice
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import WORD_STAGES, PendingCode
from korean_flashcards.stages.selection import Selection

Reached = Literal["ingress", "nuance", "flashcards", "quality"]

# The frames that each stage adds to what can be counted.
FRAMES: dict[Reached, tuple[str, ...]] = {
    "ingress": ("vocabulary", "import_counts", "validation_results"),
    "nuance": ("nuance_replies", "nuance", "nuance_failures"),
    "flashcards": ("flashcard_replies", "flashcards", "flashcard_failures"),
    "quality": ("released_flashcards", "held_flashcards", "edit_conflicts"),
}
STAGES: tuple[Reached, ...] = ("ingress", "nuance", "flashcards", "quality")

_WAITS = {
    PendingCode.BUDGET: "raise llm.budget, or run again when it is free again",
    PendingCode.QUOTA: "add credit at the provider, then run again",
    PendingCode.OUTAGE: "run again later",
    PendingCode.CACHE_ONLY: "run without llm.cache_only to request them",
    PendingCode.BATCH: "run again later to fetch them",
}
# Why cards are held back, by ``held_as``, with what to do.
HELD_REASONS = {
    "rejected": "a reviewer rejected them (`kedro review next --state rejected`: edit them or change the prompt)",
    "unapproved": "nobody has approved them and review.required is on (`kedro review next`)",
    "failed_checks": "their checks failed (`kedro review next --verdict reject` shows why: edit or approve them)",
}


class Waiting(BaseModel):
    """Words that were not requested in this run though nothing is wrong with them, and why."""

    code: PendingCode
    message: str
    words: int


class StageCosts(BaseModel):
    """Calls of one stage. Tokens and USD count each reply once, however many words share it.

    ``unjudged``: of the judge, words without a judgement; of the other stages the summary itself says what is missing.
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


class RunSummary(BaseModel):
    """Counts of one run.

    ``words`` are those that the run was to work on: all ``known`` ones, or fewer where ``narrowed_by`` names parameters
    ("limit 3, batch unit1"). ``dead`` of the failed ones are dead letters, which no run requests again. ``waiting``: why
    some of the ``pending`` ones were not requested. ``with_cards``: words that cards were made for; ``cards``: those
    that go into the deck; ``held``: those that do not, by why; ``held_words``: words all of whose cards are held.
    ``conflicts``: edits of a text that is now generated otherwise. ``warnings``: rules
    that were broken in this run and only warn.
    """

    reached: Reached
    narrowed_by: str | None
    files: list[dict[str, str | int]]
    rows: int
    imported: int
    duplicates: int
    rejected: int
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
    costs: list[StageCosts] = []
    warnings: list[str] = []
    started: datetime
    seconds: float

    @computed_field  # type: ignore[prop-decorator]
    @property
    def missing(self) -> list[str]:
        """What did not come out, one sentence each, with what to do; empty when all is done."""
        lines = []
        if self.rejected:
            lines.append(f"{counted(self.rejected, 'row')} of your lists rejected: reasons in vocabulary_rejects")
        for code, count in sorted(self.failures_by_code.items(), key=lambda pair: -pair[1]):
            lines.append(f"{counted(count, 'word')} failed with {code} ({advice(code)})")
        if self.dead:
            lines.append(f"{counted(self.dead, 'word')} of these in the dead letters: `kedro tasks list --state dead`")
        for code, count in sorted(self.held.items(), key=lambda pair: -pair[1]):
            lines.append(f"{counted(count, 'card')} held back: {HELD_REASONS[code]}")
        if self.held_words:
            lines.append(
                f"{counted(self.held_words, 'word')} without a card in the deck, as all of theirs are held back"
            )
        for wait in self.waiting:
            state = "with the provider" if wait.code is PendingCode.BATCH else "not requested"
            lines.append(f"{counted(wait.words, 'word')} {state}: {wait.message} ({_WAITS[wait.code]})")
        if others := self.pending - sum(wait.words for wait in self.waiting):
            lines.append(f"{counted(others, 'word')} not worked on yet: run `kedro run`")
        return lines

    @computed_field  # type: ignore[prop-decorator]
    @property
    def complete(self) -> bool:
        """Whether every row became a word and every word got what this run was to make."""
        return not self.missing


def summarise(
    frames: Mapping[str, pl.DataFrame], reached: Reached, selection: Selection, started: float, now: float
) -> RunSummary:
    """Count what there is up to the stage ``reached``.

    ``frames`` holds the datasets of FRAMES for all stages up to it, and ``judge_replies`` if there are any; ``started`` and
    ``now`` are seconds since the epoch.
    """
    wanted = set(selection.words["item_id"])
    summary = _of_lists(frames, reached, selection, started, now)
    if reached == "ingress":
        return summary
    kinds = ("nuance",) if reached == "nuance" else ("nuance", "flashcard")
    analysed = wanted & set(frames["nuance"]["item_id"])
    done = analysed if reached == "nuance" else wanted & set(frames["flashcards"]["item_id"])
    failures = pl.concat([frames[f"{kind}_failures"].select("item_id", "code") for kind in kinds])
    # Once a word, also where the layers are of different runs and a word failed in both stages.
    failures = failures.filter(pl.col("item_id").is_in(wanted - done)).unique(
        "item_id", keep="first", maintain_order=True
    )
    pending = wanted - done - set(failures["item_id"])
    costs = [_costs(stage, frames[f"{kind}_replies"]) for stage, kind in zip(WORD_STAGES, kinds, strict=False)]
    return summary.model_copy(
        update={
            "analysed": len(analysed),
            "failed": failures.height,
            "dead": len(set(failures["item_id"]) & selection.dead),
            "pending": len(pending),
            "waiting": _waiting([frames[f"{kind}_replies"] for kind in kinds], pending),
            "failures_by_code": dict(failures.group_by("code", maintain_order=True).len().iter_rows()),
            "costs": costs + _judge_costs(frames),
        }
        | ({} if reached == "nuance" else _of_cards(frames, reached, wanted) | {"with_cards": len(done)})
    )


def _of_lists(
    frames: Mapping[str, pl.DataFrame], reached: Reached, selection: Selection, started: float, now: float
) -> RunSummary:
    """What became of the rows of the lists, and which words the run is about."""
    counts = frames["import_counts"]
    return RunSummary(
        reached=reached, narrowed_by=selection.narrowed_by, files=counts.drop("batch_id").to_dicts(),
        known=frames["vocabulary"].height, words=selection.words["item_id"].n_unique(),
        started=datetime.fromtimestamp(started).astimezone(), seconds=now - started,
        rows=int(counts["rows"].sum()), imported=int(counts["imported"].sum()),
        duplicates=int(counts["duplicates"].sum()), rejected=int(counts["rejected"].sum()),
        warnings=_warnings(frames["validation_results"], started),
    )  # fmt: skip


def _of_cards(frames: Mapping[str, pl.DataFrame], reached: Reached, wanted: set[str]) -> dict[str, object]:
    """The cards of the wanted words: those that go into the deck where quality has decided, else all; and those held."""

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


def _warnings(results: pl.DataFrame, started: float) -> list[str]:
    """The rules that were broken since the run began and did not stop it, each with what was found."""
    broken = results.filter(~pl.col("success"), pl.col("severity") == "warning", pl.col("at") >= started)
    newest = broken.unique(["suite", "rule"], keep="last", maintain_order=True)
    return [f"{suite}: {rule}: {found}" for suite, rule, found in newest.select("suite", "rule", "found").iter_rows()]


def _waiting(replies: list[pl.DataFrame], pending: set[str]) -> list[Waiting]:
    """Why the pending words wait, each counted once; the more words first."""
    held = pl.concat([frame.select("item_id", "pending", "message") for frame in replies]).filter(
        pl.col("pending").is_not_null() & pl.col("item_id").is_in(pending)
    )
    counts = held.unique("item_id", keep="first", maintain_order=True).group_by("pending", "message").len()
    rows = counts.sort("len", "message", descending=[True, False]).iter_rows()
    return [Waiting(code=PendingCode(code), message=message, words=words) for code, message, words in rows]


def _costs(stage: str, replies: pl.DataFrame) -> StageCosts:
    """Tokens and USD of what was requested in this run; ``saved_usd`` is what the cached replies had cost."""
    distinct = replies.unique("key", keep="first", maintain_order=True)
    requested, cached = distinct.filter(~pl.col("cached")), distinct.filter(pl.col("cached"))
    # Replies that are there may be another model's: an earlier system's, or kept ones.
    model = next(iter([*requested["model"], *cached["model"]]), "")
    return StageCosts(
        stage=stage, model=model, replies=distinct.height,
        cached=cached.height, asked=requested.height, unpriced=requested.filter(pl.col("cost_usd").is_null()).height,
        **{name: int(requested[name].sum()) for name in ("attempts", "tokens_in", "tokens_out")},
        cost_usd=float(requested["cost_usd"].sum()), saved_usd=float(cached["cost_usd"].sum()),
    )  # fmt: skip


def _judge_costs(frames: Mapping[str, pl.DataFrame]) -> list[StageCosts]:
    """Those of the judge, where it was called. Whether it has replied makes no run incomplete."""
    replies = frames.get("judge_replies")
    if replies is None or replies.is_empty():
        return []
    unjudged = replies.filter(pl.col("pending").is_not_null() | pl.col("code").is_not_null()).height
    return [_costs("judge", replies).model_copy(update={"unjudged": unjudged})]
