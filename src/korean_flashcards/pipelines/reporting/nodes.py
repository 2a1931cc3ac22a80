"""Define the reporting pipeline's nodes, which summarize a run and render the report."""

import time
from collections.abc import Collection
from typing import NamedTuple

import polars as pl

from korean_flashcards.confusables import pairs_of
from korean_flashcards.domain.failures import reason
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.records import Stage
from korean_flashcards.formats.tsv import tsv
from korean_flashcards.pipelines.reporting.templates import filled
from korean_flashcards.quality import quality_summary
from korean_flashcards.quality.quality_summary import QualitySummary
from korean_flashcards.stages.ports import TaskLedger
from korean_flashcards.stages.selection import select
from korean_flashcards.summary.layer_summary import summarise
from korean_flashcards.summary.run_summary import RunSummary
from korean_flashcards.summary.summary_text import duration

# The report shows only the first rows. The layers contain all rows.
_SHOWN_ROWS, _SHOWN_CARDS = 200, 6


class _Table(NamedTuple):
    """A table in the report. ``more`` names the command or file that lists the remaining rows."""

    title: str
    note: str
    columns: tuple[str, ...]
    more: str

    def filled(self, frame: pl.DataFrame) -> dict[str, object]:
        """Return the template's values for the table."""
        rows = frame.select(self.columns).head(_SHOWN_ROWS).rows()
        return {**self._asdict(), "total": frame.height, "rows": rows}


_TABLES = (
    _Table("Failed words", "Words without cards or with missing cards.",
           ("term", "code", "message", "attempts", "model"), "kedro errors"),
    _Table("Held back", "Cards that were left out of the deck.",
           ("term", "tab_name", "held_because", "front"), "kedro review next"),
    _Table("Edit conflicts",
           "The model now generates different text for these fields. Your edits apply until you resolve the conflicts.",
           ("term", "tab_name", "field", "edited", "generated"), "kedro review conflicts"),
    _Table("Rejected rows", "Rows in your word lists that were not imported.",
           ("file", "row", "code", "reason", "text"), "kedro ingress status BATCH"),
    _Table("Duplicates", "Rows that repeat a word with the same meaning.",
           ("file", "row", "term", "definition", "first_file", "first_row"), "vocabulary_duplicates.parquet"),
    _Table("Warnings", "Rows that were imported but may need correction.",
           ("file", "row", "reason", "text"), "vocabulary_warnings.parquet"),
    _Table("Easily confused", "Pairs of words from your lists, most easily confused first.",
           ("term", "meaning", "other_term", "other_meaning", "why"), "confusable_pairs.tsv"),
)  # fmt: skip


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


def summarise_quality(
    quality: pl.DataFrame, findings: pl.DataFrame, agreement: pl.DataFrame, judgements: pl.DataFrame
) -> str:
    """Return the ``QualitySummary`` as JSON: scores, findings, the judge's faults, and the agreement between raters."""
    summary = quality_summary.summarise_quality(quality, findings, agreement, judgements)
    return summary.model_dump_json(indent=2) + "\n"


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
    frames = (
        failures, held_flashcards, edit_conflicts, rejects, duplicates, warnings, pairs_of(confusables, vocabulary),
    )  # fmt: skip
    tables = [table.filled(frame) for table, frame in zip(_TABLES, frames, strict=True)]
    values = {
        "summary": RunSummary.model_validate_json(run_summary),
        "quality": QualitySummary.model_validate_json(quality),
        "tables": tables,
        "cards": released_flashcards.head(_SHOWN_CARDS).to_dicts(),
        "duration": duration,
        "local_time": local_time,
        "failure_reason": reason,
    }
    return filled("report_template", template, values)


def write_confusable_pairs(confusables: pl.DataFrame, vocabulary: pl.DataFrame) -> bytes:
    """Return the pairs of easily confused words as TSV, most easily confused first. Each pair appears once."""
    return tsv(pairs_of(confusables, vocabulary))
