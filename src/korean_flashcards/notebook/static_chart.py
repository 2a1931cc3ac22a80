"""Show charts in notebooks as pictures, without scripts and without a network."""

from functools import cached_property
from typing import TYPE_CHECKING

from korean_flashcards.charts.pictures import svg_picture

if TYPE_CHECKING:
    import altair


class StaticChart:
    """An Altair chart that a notebook shows as a picture, in the colors of the page.

    Attributes:
        chart: The chart, for changes such as ``chart.properties(width=800)``.
    """

    def __init__(self, chart: "altair.TopLevelMixin") -> None:
        self.chart = chart

    @cached_property
    def svg(self) -> str:
        """Return the picture as SVG."""
        return svg_picture(self.chart)

    def _repr_html_(self) -> str:
        # JupyterLab would shrink a wide chart until its texts are too small to read.
        svg = self.svg.replace("<svg ", '<svg style="max-width: none" ', 1)
        return f'<div style="max-width: 100%; overflow-x: auto">{svg}</div>'
