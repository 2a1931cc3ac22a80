"""Draw the charts in ``chart_list``. Importing this module takes 0.5 s, because it imports Altair."""

from collections.abc import Callable

import altair as alt
import polars as pl

from korean_flashcards.charts import ledger_charts, word_charts
from korean_flashcards.charts.word_graph import confusable_words

_DRAW: dict[str, Callable[..., alt.TopLevelMixin]] = {
    "words_by_level": word_charts.words_by_level,
    "cards_by_type": word_charts.cards_by_type,
    "scores": word_charts.scores,
    "findings": word_charts.findings_by_code,
    "failures": word_charts.failures_by_code,
    "confusables": confusable_words,
    "costs": ledger_charts.costs_by_day,
    "tasks": ledger_charts.tasks_by_state,
    "lists": ledger_charts.rows_by_list,
    "reviews": ledger_charts.reviews_by_kind,
    "runs": ledger_charts.runs_by_day,
    "exports": ledger_charts.cards_by_export,
}


def draw(name: str, *frames: pl.DataFrame) -> alt.TopLevelMixin:
    """Return the chart ``name`` of the frames of its layers, in the order of ``chart_list``."""
    return _DRAW[name](*frames)
