"""List the calls, and count the rows in all layers for the validation rules that compare layers."""

from typing import Protocol

import polars as pl

COUNT_SCHEMA = {
    "words": pl.Int64, "nuance_replies": pl.Int64, "nuance_settled": pl.Int64, "nuance": pl.Int64,
    "nuance_failures": pl.Int64, "nuance_waiting": pl.Int64, "flashcard_replies": pl.Int64, "flashcards_settled": pl.Int64,
    "words_with_cards": pl.Int64, "flashcard_failures": pl.Int64, "flashcards_waiting": pl.Int64, "flashcards": pl.Int64,
    "cards_without_nuance": pl.Int64, "failed_words": pl.Int64, "failure_share": pl.Float64, "cards_per_word": pl.Float64,
    "scored_cards": pl.Int64, "released": pl.Int64, "held": pl.Int64, "decided": pl.Int64,
    "exported_files": pl.Int64, "calls": pl.Int64, "failed_calls": pl.Int64,
}  # fmt: skip


class Calls(Protocol):
    """The part of ``ledger.calls`` that these nodes use."""

    def of_run(self) -> pl.DataFrame: ...


class CallLedger(Protocol):
    """The part of the ``ledger`` dataset that these nodes use (see ``ledger.facade.Ledger``)."""

    @property
    def calls(self) -> Calls: ...


def list_calls(ledger: CallLedger, judge_replies: pl.DataFrame) -> pl.DataFrame:
    """Return this run's calls, one row each (columns: ``ledger.spending.past_calls.CALL_SCHEMA``).

    Calls of earlier runs are left out, so that the rules do not repeat problems that this run does not have. The judge's
    replies are the last ones of a run, so the calls are complete when they exist.
    """
    return ledger.calls.of_run()


def count_layers(
    words: pl.DataFrame,
    nuance_replies: pl.DataFrame,
    nuance: pl.DataFrame,
    nuance_failures: pl.DataFrame,
    flashcard_replies: pl.DataFrame,
    flashcards: pl.DataFrame,
    flashcard_failures: pl.DataFrame,
    quality: pl.DataFrame,
    released_flashcards: pl.DataFrame,
    held_flashcards: pl.DataFrame,
    calls: pl.DataFrame,
    export_manifest: pl.DataFrame,
) -> pl.DataFrame:
    """Return one row of counts (COUNT_SCHEMA). Most columns are named after the layer whose rows they count.

    Returns:
        The ``*_settled`` columns count the replies that became an analysis or cards, failed, or are pending. Together,
        the ``*_settled`` counts should account for every reply. ``failure_share`` is the share of the run's words that
        failed, from 0 to 1. ``cards_without_nuance`` counts the cards whose word has no analysis. ``decided`` counts
        the cards that are released or held back, which should be every card.
    """
    with_cards = flashcards["item_id"].n_unique()
    analysis = _stage(nuance_replies, nuance, nuance_failures)
    cards = _stage(flashcard_replies, flashcards, flashcard_failures)
    failed = pl.concat([nuance_failures["item_id"], flashcard_failures["item_id"]]).n_unique()
    counts = {
        "words": words.height,
        "nuance_replies": nuance_replies.height,
        "nuance_settled": sum(analysis),
        "nuance": nuance.height,
        "nuance_failures": nuance_failures.height,
        "nuance_waiting": analysis[2],
        "flashcard_replies": flashcard_replies.height,
        "flashcards_settled": sum(cards),
        "words_with_cards": with_cards,
        "flashcard_failures": flashcard_failures.height,
        "flashcards_waiting": cards[2],
        "flashcards": flashcards.height,
        "cards_without_nuance": flashcards.join(nuance, on="item_id", how="anti").height,
        "failed_words": failed,
        "failure_share": failed / max(words.height, 1),
        "cards_per_word": flashcards.height / max(with_cards, 1),
        "scored_cards": quality["tab_name"].count(),
        "released": released_flashcards.height,
        "held": held_flashcards.height,
        "decided": released_flashcards.height + held_flashcards.height,
        "exported_files": export_manifest.height,
        "calls": calls.height,
        "failed_calls": calls.filter(pl.col("outcome") != "ok").height,
    }
    return pl.DataFrame([counts], schema=COUNT_SCHEMA)


def _stage(replies: pl.DataFrame, made: pl.DataFrame, failures: pl.DataFrame) -> tuple[int, int, int]:
    """Return the numbers of successful, failed, and pending replies. Words without replies are not counted."""
    waiting = replies.filter(pl.col("pending").is_not_null()).height
    failed = replies.join(failures, on="item_id", how="semi").height
    # A pending or failed word may have some of its cards, or keep its last good record.
    answered = replies.filter(pl.col("pending").is_null())
    became = answered.join(made, on="item_id", how="semi").join(failures, on="item_id", how="anti").height
    return became, failed, waiting
