"""Nodes of reporting: pure functions from the layers to the summary and the page."""

import time

import polars as pl

from korean_flashcards.confusables import pairs_of
from korean_flashcards.formats.tsv import tsv
from korean_flashcards.quality import quality_summary
from korean_flashcards.quality.quality_summary import QualitySummary
from korean_flashcards.stages.ports import TaskLedger
from korean_flashcards.stages.selection import select
from korean_flashcards.summary.run_summary import RunSummary, summarise
from korean_flashcards.summary.summary_text import duration

# The page is for reading; the whole datasets stay in the layers.
_SHOWN_ROWS, _SHOWN_CARDS = 200, 6


def summarise_run(
    vocabulary: pl.DataFrame,
    import_counts: pl.DataFrame,
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
    limit: int | None,
    batch: str | None,
    priority_min: int | None,
    words: list[str] | None,
    run_started: float,
    validation_results: pl.DataFrame,
    checked: pl.DataFrame | None = None,
) -> str:
    """Return the run's ``RunSummary`` as JSON. ``run_started``: seconds since the epoch; ``checked`` is not looked at."""
    frames = {
        "vocabulary": vocabulary, "import_counts": import_counts, "nuance_replies": nuance_replies, "nuance": nuance,
        "nuance_failures": nuance_failures, "flashcard_replies": flashcard_replies, "flashcards": flashcards,
        "flashcard_failures": flashcard_failures, "released_flashcards": released_flashcards,
        "held_flashcards": held_flashcards, "edit_conflicts": edit_conflicts,
        "judge_replies": judge_replies,
        "validation_results": validation_results,
    }  # fmt: skip
    selection = select(vocabulary, ledger, limit, batch, priority_min, words)
    summary = summarise(frames, "quality", selection, run_started, time.time())
    return summary.model_dump_json(indent=2) + "\n"


def summarise_quality(quality: pl.DataFrame, findings: pl.DataFrame, agreement: pl.DataFrame) -> str:
    """Return what the page shows of scores, findings and raters, a ``QualitySummary``, as JSON."""
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
    """Return the run as one self-contained HTML page; all text from lists and models is escaped by the template."""
    # Saves 50 ms in every command that knows the pipelines.
    from jinja2 import Environment

    failures = pl.concat([nuance_failures, flashcard_failures])
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(template)
    return page.render(
        summary=RunSummary.model_validate_json(run_summary),
        quality=QualitySummary.model_validate_json(quality),
        tables=[
            _table("Failures", "words without cards", failures, ["term", "code", "message", "attempts", "model"]),
            _table("Held back", "cards that do not go into the deck", held_flashcards,
                   ["term", "tab_name", "held_because", "front"]),
            _table("Edits in conflict", "edited texts that the model now writes otherwise; the edit holds", edit_conflicts,
                   ["term", "tab_name", "field", "edited", "generated"]),
            _table("Rejected rows", "rows that are no words", rejects, ["file", "row", "code", "reason", "text"]),
            _table("Duplicates", "the same word with the same meaning", duplicates,
                   ["file", "row", "term", "definition", "first_file", "first_row"]),
            _table("Warnings", "imported without this value", warnings, ["file", "row", "reason", "text"]),
            _table("Easily confused", "pairs of your words, the likeliest confusion first",
                   pairs_of(confusables, vocabulary), ["term", "meaning", "other_term", "other_meaning", "why"]),
        ],
        cards=released_flashcards.head(_SHOWN_CARDS).to_dicts(),
        duration=duration,
    ) + "\n"  # fmt: skip


def write_confusable_pairs(confusables: pl.DataFrame, vocabulary: pl.DataFrame) -> bytes:
    """Return every pair of easily confused words once, likeliest first, as TSV: it opens in a spreadsheet."""
    return tsv(pairs_of(confusables, vocabulary))


def _table(title: str, note: str, frame: pl.DataFrame, columns: list[str]) -> dict[str, object]:
    shown = frame.select(columns).head(_SHOWN_ROWS)
    return {"title": title, "note": note, "total": frame.height, "columns": columns, "rows": shown.rows()}
