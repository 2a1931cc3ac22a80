"""What a run came to, counted from the artefacts alone: source of the report, the closing lines and the exit code."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import polars as pl
from pydantic import BaseModel, computed_field

from korean_flashcards.contracts import PendingCode
from korean_flashcards.failures import advice
from korean_flashcards.selection import Selection

Reached = Literal["ingress", "nuance", "flashcards", "quality"]

# The frames that each stage adds to what can be counted.
FRAMES: dict[Reached, tuple[str, ...]] = {
    "ingress": ("vocabulary", "import_counts"),
    "nuance": ("nuance_replies", "nuance", "nuance_failures"),
    "flashcards": ("flashcard_replies", "flashcards", "flashcard_failures"),
    "quality": ("released_flashcards", "held_flashcards", "edit_conflicts"),
}
STAGES: tuple[Reached, ...] = ("ingress", "nuance", "flashcards", "quality")

_WAITS = {
    PendingCode.BUDGET: "raise llm.budget, or run again when it is free again",
    PendingCode.QUOTA: "add credit at the provider, then run again",
    PendingCode.OUTAGE: "run again later",
    PendingCode.CACHE_ONLY: "run without llm.cache_only to ask for them",
    PendingCode.BATCH: "run again later to fetch them",
}
# Why cards are held back, by ``held_as``, with what to do.
_HELD = {
    "rejected": "a reviewer rejected them (`kedro review next --state rejected`: edit them or change the prompt)",
    "unapproved": "nobody has approved them and review.required is on (`kedro review next`)",
    "failed_checks": "their checks failed (`kedro review next --verdict reject` shows why: edit or approve them)",
}


class Waiting(BaseModel):
    """Words that were not asked in this run though nothing is wrong with them, and why."""

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
    ("limit 3, batch unit1"). ``dead`` of the failed ones are dead letters, which no run asks for again. ``waiting``: why
    some of the ``pending`` ones were not asked. ``with_cards``: words that cards were made for; ``cards``: those
    that go into the deck; ``held``: those that do not, by why; ``held_words``: words all of whose cards are held.
    ``conflicts``: edits of a text that is now generated otherwise.
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
    started: datetime
    seconds: float

    @computed_field  # type: ignore[prop-decorator]
    @property
    def missing(self) -> list[str]:
        """What did not come out, one sentence each, with what to do; empty when all is done."""
        lines = []
        if self.rejected:
            lines.append(f"{_count(self.rejected, 'row')} of your lists rejected: reasons in vocabulary_rejects")
        for code, count in sorted(self.failures_by_code.items(), key=lambda pair: -pair[1]):
            lines.append(f"{_count(count, 'word')} failed with {code} ({advice(code)})")
        if self.dead:
            lines.append(f"{_count(self.dead, 'word')} of these in the dead letters: `kedro tasks list --state dead`")
        for code, count in sorted(self.held.items(), key=lambda pair: -pair[1]):
            lines.append(f"{_count(count, 'card')} held back: {_HELD[code]}")
        if self.held_words:
            lines.append(
                f"{_count(self.held_words, 'word')} without a card in the deck, as all of theirs are held back"
            )
        for wait in self.waiting:
            state = "with the provider" if wait.code is PendingCode.BATCH else "not asked"
            lines.append(f"{_count(wait.words, 'word')} {state}: {wait.message} ({_WAITS[wait.code]})")
        if others := self.pending - sum(wait.words for wait in self.waiting):
            lines.append(f"{_count(others, 'word')} not worked on yet: run `kedro run`")
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
    counts = frames["import_counts"]
    wanted = set(selection.words["item_id"])
    summary = RunSummary(
        reached=reached, narrowed_by=selection.narrowed_by, files=counts.drop("batch_id").to_dicts(),
        known=frames["vocabulary"].height, words=len(wanted),
        started=datetime.fromtimestamp(started).astimezone(), seconds=now - started,
        rows=int(counts["rows"].sum()), imported=int(counts["imported"].sum()),
        duplicates=int(counts["duplicates"].sum()), rejected=int(counts["rejected"].sum()),
    )  # fmt: skip
    if reached == "ingress":
        return summary
    done = wanted & set(frames["nuance"]["item_id"])
    failures = frames["nuance_failures"].select("item_id", "code")
    costs = [_costs("nuance", frames["nuance_replies"])]
    asked = [frames["nuance_replies"]]
    update: dict[str, object] = {"analysed": len(done)}
    if reached != "nuance":
        made = frames["flashcards"].filter(pl.col("item_id").is_in(wanted))
        done, cards = set(made["item_id"]), made
        if reached == "quality":
            cards = frames["released_flashcards"].filter(pl.col("item_id").is_in(wanted))
            update |= _held(frames["held_flashcards"].filter(pl.col("item_id").is_in(wanted)), set(cards["item_id"]))
            update["conflicts"] = frames["edit_conflicts"].filter(pl.col("item_id").is_in(wanted)).height
        failures = pl.concat([failures, frames["flashcard_failures"].select("item_id", "code")])
        costs.append(_costs("flashcards", frames["flashcard_replies"]))
        asked.append(frames["flashcard_replies"])
        by_type = dict(cards.group_by("tab_name", maintain_order=True).len().iter_rows())
        update |= {"with_cards": len(done), "cards": cards.height, "cards_by_type": by_type}
    # Once a word, also where the layers are of different runs and a word failed in both stages.
    failures = failures.filter(pl.col("item_id").is_in(wanted - done)).unique(
        "item_id", keep="first", maintain_order=True
    )
    return summary.model_copy(
        update=update
        | {
            "failed": failures.height,
            "dead": len(set(failures["item_id"]) & selection.dead),
            "pending": len(wanted - done - set(failures["item_id"])),
            "waiting": _waiting(asked, wanted - done - set(failures["item_id"])),
            "failures_by_code": dict(failures.group_by("code", maintain_order=True).len().iter_rows()),
            "costs": costs + _judge_costs(frames),
        }
    )


def terminal_text(summary: RunSummary) -> str:
    """Return the closing lines of a run, as a person reads them on a terminal."""
    lines = [_rows_line(summary)]
    if summary.reached != "ingress":
        limited = f" ({summary.narrowed_by} of {summary.known:,})" if summary.narrowed_by else ""
        lines.append(f"Words      {summary.words:,}{limited}: {_words_line(summary)}")
    if summary.reached not in ("ingress", "nuance"):
        by_type = ", ".join(f"{name} {count:,}" for name, count in summary.cards_by_type.items())
        held = f"; {sum(summary.held.values()):,} held back" if summary.held else ""
        lines.append(f"Cards      {summary.cards:,}" + (f": {by_type}" if by_type else "") + held)
    if summary.conflicts:
        lines.append(
            f"Conflicts  {_count(summary.conflicts, 'edit')} of what is now written otherwise: `kedro review conflicts`"
        )
    for cost in summary.costs:
        unjudged = (
            f"; {_count(cost.unjudged, 'word')} not judged: `kedro tasks list --stage judge`" if cost.unjudged else ""
        )
        lines.append(f"{cost.stage.capitalize():<10} {costs_line(cost)}{unjudged}")
    lines.append(f"Time       {duration(summary.seconds)}")
    if summary.complete:
        lines.append("Complete.")
    else:
        lines += ["INCOMPLETE:", *(f"  - {line}" for line in summary.missing)]
    return "\n".join(lines)


def costs_line(cost: StageCosts) -> str:
    """Return one stage's calls in words: cached, asked, tokens, USD."""
    if not cost.asked:
        text = f"{_replies(cost.cached)} from the cache, nothing asked"
    else:
        text = f"{cost.cached:,} from the cache, {cost.asked:,} asked of {cost.model}"
        if cost.attempts > cost.asked:
            text += f" in {cost.attempts:,} calls"
    if cost.model.startswith("offline/"):
        return f"{text}, free"
    if cost.asked:
        text += f", {cost.tokens_in:,} tokens in, {cost.tokens_out:,} out, USD {cost.cost_usd:.4f} paid"
    if cost.unpriced:
        text += f" plus {_replies(cost.unpriced)} of unknown price"
    return text + (f", USD {cost.saved_usd:.4f} saved" if cost.saved_usd else "")


def duration(seconds: float) -> str:
    """Return seconds as a person says them: "8.3 s", "2 min 05 s"."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


def _held(held: pl.DataFrame, released: set[str]) -> dict[str, object]:
    by_code = dict(held.group_by("held_as", maintain_order=True).len().iter_rows())
    return {"held": by_code, "held_words": len(set(held["item_id"]) - released)}


def _waiting(replies: list[pl.DataFrame], pending: set[str]) -> list[Waiting]:
    """Why the pending words wait, each counted once; the more words first."""
    held = pl.concat([frame.select("item_id", "pending", "message") for frame in replies]).filter(
        pl.col("pending").is_not_null() & pl.col("item_id").is_in(pending)
    )
    counts = held.unique("item_id", keep="first", maintain_order=True).group_by("pending", "message").len()
    rows = counts.sort("len", "message", descending=[True, False]).iter_rows()
    return [Waiting(code=PendingCode(code), message=message, words=words) for code, message, words in rows]


def _costs(stage: str, replies: pl.DataFrame) -> StageCosts:
    """Tokens and USD of what was asked in this run; ``saved_usd`` is what the cached replies had cost."""
    distinct = replies.unique("key", keep="first", maintain_order=True)
    asked, cached = distinct.filter(~pl.col("cached")), distinct.filter(pl.col("cached"))
    # Replies that are there may be another model's: an earlier system's, or kept ones.
    model = next(iter([*asked["model"], *cached["model"]]), "")
    return StageCosts(
        stage=stage, model=model, replies=distinct.height,
        cached=cached.height, asked=asked.height, unpriced=asked.filter(pl.col("cost_usd").is_null()).height,
        **{name: int(asked[name].sum()) for name in ("attempts", "tokens_in", "tokens_out")},
        cost_usd=float(asked["cost_usd"].sum()), saved_usd=float(cached["cost_usd"].sum()),
    )  # fmt: skip


def _judge_costs(frames: Mapping[str, pl.DataFrame]) -> list[StageCosts]:
    """Those of the judge, where it was asked. Whether it has answered makes no run incomplete."""
    replies = frames.get("judge_replies")
    if replies is None or replies.is_empty():
        return []
    unjudged = replies.filter(pl.col("pending").is_not_null() | pl.col("code").is_not_null()).height
    return [_costs("judge", replies).model_copy(update={"unjudged": unjudged})]


def _rows_line(summary: RunSummary) -> str:
    files = str(summary.files[0]["file"]) if len(summary.files) == 1 else f"{len(summary.files)} files"
    return (
        f"Rows       {summary.rows:,} in {files}: {summary.imported:,} imported, {summary.duplicates:,} duplicates, "
        f"{summary.rejected:,} rejected"
    )


def _words_line(summary: RunSummary) -> str:
    analysed = summary.reached == "nuance"
    done = f"{summary.analysed:,} analysed" if analysed else f"{summary.with_cards:,} with cards"
    return f"{done}, {summary.failed:,} failed" + (f", {summary.pending:,} pending" if summary.pending else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _replies(number: int) -> str:
    return f"{number:,} reply" if number == 1 else f"{number:,} replies"
