"""Connect the charts pipeline's nodes."""

from functools import partial

from kedro.pipeline import Node, Pipeline

from korean_flashcards.charts.chart_list import CHARTS
from korean_flashcards.pipelines.charts.nodes import draw_picture


def create_pipeline(**_: object) -> Pipeline:
    """Draw every chart of a project, for kedro-viz, reports, and slides."""
    return Pipeline(
        [
            Node(partial(draw_picture, name), list(kind.layers), f"{name}_chart", name=f"draw_{name}")
            for name, kind in CHARTS.items()
        ]
    )
