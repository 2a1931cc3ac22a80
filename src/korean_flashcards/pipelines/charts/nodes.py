"""Define the node that draws a chart."""

import polars as pl


def draw_picture(name: str, *frames: pl.DataFrame) -> bytes:
    """Return the chart ``name`` (see ``charts.chart_list``) of these layers as a PNG picture."""
    # Imported here because importing Altair would take each command 0.5 s.
    from korean_flashcards.charts.drawing import draw
    from korean_flashcards.charts.pictures import png_picture

    return png_picture(draw(name, *frames))
