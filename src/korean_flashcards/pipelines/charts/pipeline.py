"""Connect the charts pipeline's nodes."""

from collections.abc import Callable
from functools import wraps

import polars as pl
from kedro.pipeline import Node, Pipeline

from korean_flashcards.charts.chart_list import CHARTS
from korean_flashcards.pipelines.charts.nodes import draw_picture


def create_pipeline(**_: object) -> Pipeline:
    """Draw every chart of a project, for kedro-viz, reports, and slides."""
    return Pipeline(
        [
            Node(_drawing(name), list(kind.layers), f"{name}_chart", name=f"draw_{name}")
            for name, kind in CHARTS.items()
        ],
        namespace="charts",
        prefix_datasets_with_namespace=False,
    )


def _drawing(name: str) -> Callable[..., bytes]:
    """Return a function that draws this chart. Kedro-Viz shows the code of functions, but not of partial ones."""

    @wraps(draw_picture)
    def draw(*frames: pl.DataFrame) -> bytes:
        return draw_picture(name, *frames)

    return draw
