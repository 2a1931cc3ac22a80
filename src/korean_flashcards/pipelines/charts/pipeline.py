"""Connect the charts pipeline's nodes."""

from collections.abc import Callable
from functools import partial, update_wrapper

from kedro.pipeline import Node, Pipeline

from korean_flashcards.charts.chart_list import CHARTS
from korean_flashcards.pipelines.charts.nodes import draw_picture


def create_pipeline(**_: object) -> Pipeline:
    """Draw every chart of a project, for kedro-viz, reports, and slides."""
    return Pipeline(
        [Node(_drawing(name), list(kind.layers), f"{name}_chart", name=f"draw_{name}") for name, kind in CHARTS.items()]
    )


def _drawing(name: str) -> Callable[..., bytes]:
    """Return a function that draws this chart. Kedro warns about partial functions without a name."""
    return update_wrapper(partial(draw_picture, name), draw_picture)
