"""Draw bar charts of counts, the way all charts of a project look."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

WIDTH = 420  # pixels
_STEP = 22  # pixels for one bar


def chart_of(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    """Return a chart of rows. They are given as values, because converting a frame would need pyarrow."""
    return alt.Chart(alt.Data(values=list(rows)))  # type: ignore[no-untyped-call]


def bars(counts: pl.DataFrame, name: str, number: str) -> alt.TopLevelMixin:
    """Draw a bar with its number for each name, longest first."""
    axis = alt.Y(f"{name}:N", sort="-x", title=None)
    base = chart_of(counts.to_dicts()).encode(x=alt.X(f"{number}:Q", title=number), y=axis)
    text = base.mark_text(align="left", dx=4).encode(text=alt.Text(f"{number}:Q", format=","))
    chart: alt.TopLevelMixin = alt.layer(base.mark_bar(), text).properties(width=WIDTH, height=alt.Step(_STEP))
    return chart


def stacked_bars(
    counts: pl.DataFrame, name: str, number: str, color: str, *, title: str | None = None, longest_first: bool = False,
    colors: Mapping[str, str] | None = None,
) -> alt.Chart:  # fmt: skip
    """Draw a bar for each name, with a part for each value of ``color``.

    Args:
        counts: One row per name and value, with the columns ``name``, ``number``, and ``color``.
        name: The column with the names of the bars.
        number: The column with the lengths.
        color: The column with the values that have different colors.
        title: The title of the names.
        longest_first: Whether to sort the bars by length instead of by name.
        colors: The values of ``color`` in their order, with their colors.
    """
    axis = alt.Y(f"{name}:N", sort="-x" if longest_first else "ascending", title=title)
    shade = alt.Color(f"{color}:N")
    if colors is not None:
        shade = shade.scale(domain=list(colors), range=list(colors.values()))
    encoded = chart_of(counts.to_dicts()).encode(x=alt.X(f"{number}:Q", title=number), y=axis, color=shade)
    chart: alt.Chart = encoded.mark_bar().properties(width=WIDTH, height=alt.Step(_STEP))
    return chart
