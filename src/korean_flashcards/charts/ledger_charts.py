"""Draw charts of the ledger's tables: costs, tasks, lists, reviews, runs, and exports."""

import altair as alt
import polars as pl

from korean_flashcards.charts.bars import bars, stacked_bars

_DAY = 10  # characters of a day in a time (UTC, ISO 8601) and, without hyphens, in the ID of a run
_RESULTS = {0: "complete", 1: "error", 2: "incomplete"}


def costs_by_day(calls: pl.DataFrame) -> alt.Chart:
    """Draw what all calls cost on each day (UTC), by model."""
    days = calls.group_by("model", day=pl.col("at").str.slice(0, _DAY)).agg(usd=pl.col("usd").sum())
    return stacked_bars(days.sort("day", "model"), "day", "usd", "model")


def tasks_by_state(tasks: pl.DataFrame) -> alt.Chart:
    """Draw the states of the tasks of each stage."""
    counts = tasks.group_by("stage", "state").agg(tasks=pl.len())
    return stacked_bars(counts.sort("stage", "state"), "stage", "tasks", "state")


def rows_by_list(lists: pl.DataFrame) -> alt.Chart:
    """Draw the imported, duplicate, and rejected rows of each list."""
    outcomes = ["imported", "duplicates", "rejected"]
    counts = lists.select("batch_id", *outcomes)
    rows = counts.unpivot(outcomes, index="batch_id", variable_name="outcome", value_name="rows")
    return stacked_bars(rows.filter(pl.col("rows") > 0), "batch_id", "rows", "outcome", title="list")


def reviews_by_kind(reviews: pl.DataFrame) -> alt.Chart:
    """Draw the number of reviews of each kind, by reviewer."""
    reviewer = pl.col("reviewer").fill_null("no name")
    counts = reviews.group_by("action", reviewer=reviewer).agg(reviews=pl.len())
    return stacked_bars(counts.sort("action", "reviewer"), "action", "reviews", "reviewer")


def runs_by_day(runs: pl.DataFrame) -> alt.Chart:
    """Draw the number of runs and imports on each day (UTC), by result."""
    result = pl.col("exit_code").replace_strict(_RESULTS, default="active or killed", return_dtype=pl.String)
    day = pl.col("run_id").str.extract(r"^(\d{4}-?\d{2}-?\d{2})")
    counts = runs.group_by(day=day, result=result).agg(runs=pl.len())
    return stacked_bars(counts.sort("day", "result"), "day", "runs", "result")


def cards_by_export(exports: pl.DataFrame) -> alt.TopLevelMixin:
    """Draw the number of cards in each complete export."""
    name = pl.format("{} {} {}", "number", "profile", "format")
    complete = exports.filter(pl.col("cards").is_not_null()).select("cards", export=name)
    return bars(complete, "export", "cards")
