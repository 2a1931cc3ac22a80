"""Define the reporting pipeline's nodes, which summarize a run and render the report."""

import time
from collections.abc import Collection

import polars as pl

from korean_flashcards.confusables import pairs_of
from korean_flashcards.domain.failures import reason
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.records import Stage
from korean_flashcards.formats.tsv import tsv
from korean_flashcards.pipelines.reporting.templates import filled
from korean_flashcards.quality import quality_summary
from korean_flashcards.quality.quality_summary import QualitySummary
from korean_flashcards.stages.ports import TaskLedger
from korean_flashcards.stages.selection import select
from korean_flashcards.summary.run_summary import RunSummary, summarise
from korean_flashcards.summary.summary_text import duration

# The report shows only the first rows. The layers contain all rows.
_SHOWN_ROWS, _SHOWN_CARDS = 200, 6


def summarise_run(
    vocabulary: pl.DataFrame,
    imported_lists: pl.DataFrame,
    import_counts: pl.DataFrame,
    nuance_requests: pl.DataFrame,
    nuance_replies: pl.DataFrame,
    nuance: pl.DataFrame,
    nuance_failures: pl.DataFrame,
    flashcard_replies: pl.DataFrame,
    flashcards: pl.DataFrame,
    flashcard_failures: pl.DataFrame,
    judge_replies: pl.DataFrame,
    released_flashcards: pl.DataFrame,
    held_flashcards: pl.DataFrame,
    edit_conflicts: pl.DataFrame,
    ledger: TaskLedger,
    word_lists: str | None,
    limit: int | None,
    batch: str | None,
    priority_min: int | None,
    words: list[str] | None,
    run_started: float,
    generated_stages: Collection[Stage],
    validation_results: pl.DataFrame,
    checked: pl.DataFrame | None = None,
) -> str:
    """Return the run's ``RunSummary`` as JSON. ``run_started`` is in seconds since the epoch.

    ``generated_stages``: the stages that this run executed. The replies of the other stages are from earlier runs.
    The unused input ``checked`` makes Kedro run this node after the last dataset with a suite has been checked.
    """
    frames = {
        "vocabulary": vocabulary, "import_counts": import_counts, "nuance_requests": nuance_requests,
        "nuance_replies": nuance_replies, "nuance": nuance, "nuance_failures": nuance_failures,
        "flashcard_replies": flashcard_replies, "flashcards": flashcards, "flashcard_failures": flashcard_failures,
        "released_flashcards": released_flashcards, "held_flashcards": held_flashcards, "edit_conflicts": edit_conflicts,
        "judge_replies": judge_replies,
        "validation_results": validation_results,
    }  # fmt: skip
    lists = None if word_lists is None else imported_lists["batch_id"].to_list()
    selection = select(vocabulary, ledger, limit, batch, priority_min, words, lists)
    summary = summarise(frames, "quality", selection, run_started, time.time(), ledger.payments(), generated_stages)
    return summary.model_dump_json(indent=2) + "\n"


def summarise_quality(quality: pl.DataFrame, findings: pl.DataFrame, agreement: pl.DataFrame) -> str:
    """Return the ``QualitySummary`` as JSON: scores, findings, and the agreement between raters."""
    return quality_summary.summarise_quality(quality, findings, agreement).model_dump_json(indent=2) + "\n"


def render_report(
    run_summary: str,
    quality: str,
    rejects: pl.DataFrame,
    duplicates: pl.DataFrame,
    warnings: pl.DataFrame,
    nuance_failures: pl.DataFrame,
    flashcard_failures: pl.DataFrame,
    released_flashcards: pl.DataFrame,
    held_flashcards: pl.DataFrame,
    edit_conflicts: pl.DataFrame,
    vocabulary: pl.DataFrame,
    confusables: pl.DataFrame,
    template: str,
) -> str:
    """Return the report as one self-contained HTML page. The template escapes all text from word lists and models."""
    failures = pl.concat([nuance_failures, flashcard_failures])
    tables = [
        _table("Failed words", "Words without cards or with missing cards.", failures,
               ["term", "code", "message", "attempts", "model"], "kedro errors"),
        _table("Held back", "Cards that were left out of the deck.", held_flashcards,
               ["term", "tab_name", "held_because", "front"], "kedro review next"),
        _table("Edit conflicts",
               "The model now generates different text for these fields. Your edits apply until you resolve the "
               "conflicts.",
               edit_conflicts, ["term", "tab_name", "field", "edited", "generated"], "kedro review conflicts"),
        _table("Rejected rows", "Rows in your word lists that were not imported.", rejects,
               ["file", "row", "code", "reason", "text"], "kedro ingress status BATCH"),
        _table("Duplicates", "Rows that repeat a word with the same meaning.", duplicates,
               ["file", "row", "term", "definition", "first_file", "first_row"], "vocabulary_duplicates.parquet"),
        _table("Warnings", "Rows that were imported but may need correction.", warnings,
               ["file", "row", "reason", "text"], "vocabulary_warnings.parquet"),
        _table("Easily confused", "Pairs of words from your lists, most easily confused first.",
               pairs_of(confusables, vocabulary), ["term", "meaning", "other_term", "other_meaning", "why"],
               "confusable_pairs.tsv"),
    ]  # fmt: skip
    values = {
        "summary": RunSummary.model_validate_json(run_summary),
        "quality": QualitySummary.model_validate_json(quality),
        "tables": tables,
        "cards": released_flashcards.head(_SHOWN_CARDS).to_dicts(),
        "duration": duration,
        "local_time": local_time,
        "failure_reason": reason,
    }
    return filled("report.html.j2", template, values, {"usd": usd_number})


def write_confusable_pairs(confusables: pl.DataFrame, vocabulary: pl.DataFrame) -> bytes:
    """Return the pairs of easily confused words as TSV, most easily confused first. Each pair appears once."""
    return tsv(pairs_of(confusables, vocabulary))


def _table(title: str, note: str, frame: pl.DataFrame, columns: list[str], more: str) -> dict[str, object]:
    """Return a table for the report. ``more`` names the command or file that lists the remaining rows."""
    shown = frame.select(columns).head(_SHOWN_ROWS)
    return {"title": title, "note": note, "total": frame.height, "columns": columns, "rows": shown.rows(), "more": more}
