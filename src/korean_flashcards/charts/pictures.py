"""Render Altair charts as pictures, without scripts and without a network."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair

# Colors that an SVG picture replaces by those of the page around it. No chart uses them otherwise.
_INK, _LINE = "#010203", "#030201"
_PAGE_INK, _PAGE_LINE = "currentColor", "#8884"
# They are readable on white and on dark gray.
_COLORS = [
    "#4a9579", "#c98a2b", "#d2604f", "#4f86c6", "#9a77cc", "#2f97a3", "#c55f94", "#8a8f2a", "#8d7b68", "#5c6fb8", "#b0577a",
    "#6f8f9c",
]  # fmt: skip
_SVG_FONTS = "system-ui, 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif"
_PNG_FONT = "Noto Sans KR"
_PNG_SCALE = 2  # pixels of the picture per pixel of the chart


def svg_picture(chart: "altair.TopLevelMixin") -> str:
    """Return an Altair chart as SVG. Text and lines take the color of the text around the picture.

    Texts in the chart's data stay text.
    """
    # Imported here because loading the renderer takes 0.2 s and 60 MB.
    import vl_convert

    config = _config(_SVG_FONTS, _INK, _LINE, "transparent")
    picture: str = vl_convert.vegalite_to_svg(chart.to_dict(), config=config, allowed_base_urls=[])
    return picture.replace(_INK, _PAGE_INK).replace(_LINE, _PAGE_LINE)


def png_picture(chart: "altair.TopLevelMixin") -> bytes:
    """Return an Altair chart as a PNG picture with a white background."""
    # Imported here for the same reason.
    import pylopdf_fonts_ko
    import vl_convert

    # A picture cannot use the reader's fonts, and many computers have no Korean font.
    vl_convert.register_font_directory(str(pylopdf_fonts_ko.sans_path().parent))
    config = _config(_PNG_FONT, "#222222", "#dddddd", "white")
    picture: bytes = vl_convert.vegalite_to_png(chart.to_dict(), config=config, scale=_PNG_SCALE, allowed_base_urls=[])
    return picture


def _config(font: str, ink: str, line: str, background: str) -> dict[str, Any]:
    """Return the style of all charts, as described in the documentation of Vega-Lite, "Config"."""
    label = {
        "labelColor": ink,
        "titleColor": ink,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    return {
        "background": background, "font": font, "view": {"stroke": None},
        "axis": {**label, "gridColor": line, "domainColor": line, "tickColor": line}, "legend": label, "header": label,
        "title": {"color": ink, "subtitleColor": ink, "anchor": "start", "fontSize": 14},
        "mark": {"color": _COLORS[0]}, "text": {"color": ink, "fontSize": 12}, "rule": {"color": ink},
        "range": {"category": _COLORS},
    }  # fmt: skip
