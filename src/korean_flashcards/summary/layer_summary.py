"""Count a run's results in its layers. The counts decide the exit code."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import polars as pl

from korean_flashcards.domain.calls import RunPayments
from korean_flashcards.domain.failures import LIST_GAPS
from korean_flashcards.domain.records import Stage
from korean_flashcards.stages.selection import Selection
from korean_flashcards.stages.stage import kept_words
from korean_flashcards.summary.pending_words import waiting_words
from korean_flashcards.summary.run_costs import REQUESTED, other_runs, stage_costs
from korean_flashcards.summary.run_summary import NAMED_WORDS, REJECTED, FailedWord, Reached, RunSummary

# The datasets that each stage adds. A summary needs the datasets from all stages up to the one reached.
FRAMES: dict[Reached, tuple[str, ...]] = {
    "ingress": ("vocabulary", "import_counts", "validation_results"),
    "nuance": ("nuance_requests", "nuance_replies", "nuance", "nuance_failures"),
    "flashcards": ("flashcard_replies", "flashcards", "flashcard_failures"),
    "quality": ("released_flashcards", "held_flashcards", "edit_conflicts"),
}
REPLIES: dict[Stage, str] = {"nuance": "nuance_replies", "flashcards": "flashcard_replies", "judge": "judge_replies"}
STAGES: tuple[Reached, ...] = ("ingress", "nuance", "flashcards", "quality")


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
