"""Render the Data Docs index. ``validation.engine`` renders the page for each result."""

from datetime import UTC, datetime

import polars as pl

from korean_flashcards.domain.local_time import local_time
from korean_flashcards.pipelines.reporting.templates import filled


def render_data_docs(validation_results: pl.DataFrame, template: str, checked: pl.DataFrame | None = None) -> str:
    """Return the Data Docs index as HTML. The page lists the runs, newest first, and links to each suite's result.

    The unused input ``checked`` makes Kedro run this node after the last dataset with a suite has been checked.
    """
    results = validation_results.group_by("run", "suite", "page", maintain_order=True).agg(
        at=pl.col("at").min(),
        rules=pl.len(),
        errors=(~pl.col("success") & (pl.col("severity") == "error")).sum(),
        warnings=(~pl.col("success") & (pl.col("severity") == "warning")).sum(),
    )
    started = results.group_by("run").agg(pl.col("at").min())
    runs: dict[str, dict[str, dict[str, object]]] = {}
    for row in results.sort("run", descending=True).iter_rows(named=True):
        runs.setdefault(row["run"], {})[row["suite"]] = row
    times = {run: local_time(datetime.fromtimestamp(at, UTC)) for run, at in started.iter_rows()}
    suites = results["suite"].unique().sort().to_list()
    return filled("data_docs_template", template, {"runs": runs, "times": times, "suites": suites})
