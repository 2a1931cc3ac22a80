"""Take the glyphs of a PDF's characters from two open fonts.

Noto Sans has all signs of the IPA, and Noto Sans KR has Hangul and hanja. Both have 1,000 units per em. The outlines of
Noto Sans KR are cubic curves, which a TrueType font cannot contain, so they are approximated by quadratic curves.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import fontpkg_noto_sans
import pylopdf_fonts_ko
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

UNITS_PER_EM = 1000

_MARK_GAP = 40  # units between a mark and its letter, if the font does not say where the mark is
_LARGEST_ERROR = 1.0  # of a quadratic curve, in units; a thousandth of the font size cannot be seen


class _Source(NamedTuple):
    cmap: dict[int, str]
    glyphs: Any
    cubic: bool


class Drawn(NamedTuple):
    """A glyph: its outline as a TrueType glyph, and the distance to the next glyph in units."""

    outline: Any
    advance: int


def covers(character: str) -> bool:
    """Return whether one of the fonts has this character."""
    return _source(character) is not None


def advance(cluster: str) -> int:
    """Return the width of a character with its combining marks, in units."""
    source = _source(cluster[0])
    if source is None:
        raise KeyError(cluster)
    width = source.glyphs[source.cmap[ord(cluster[0])]].width
    return int(max([width, *(right for _, _, right in _placed_marks(cluster))]))


def drawn(cluster: str) -> Drawn:
    """Return the glyph of a character with its combining marks, which are placed as the font says."""
    pen = TTGlyphPen(None)
    _draw(cluster[0], pen)
    for mark, (x, y), _ in _placed_marks(cluster):
        _draw(mark, TransformPen(pen, (1, 0, 0, 1, x, y)))
    return Drawn(pen.glyph(), advance(cluster))


def _draw(character: str, pen: Any) -> None:
    source = _source(character)
    if source is None:
        raise KeyError(character)
    # Glyphs that consist of other glyphs become independent of them.
    recording = DecomposingRecordingPen(source.glyphs)
    source.glyphs[source.cmap[ord(character)]].draw(recording)
    recording.replay(Cu2QuPen(pen, _LARGEST_ERROR, reverse_direction=True) if source.cubic else pen)


def _placed_marks(cluster: str) -> Iterator[tuple[str, tuple[int, int], int]]:
    """Yield each combining mark of a cluster, how far it is moved, and where the cluster ends because of it."""
    base = _source(cluster[0])
    if base is None:
        return
    name, end = base.cmap[ord(cluster[0])], base.glyphs[base.cmap[ord(cluster[0])]].width
    for mark in cluster[1:]:
        source = _source(mark)
        if source is None:
            continue
        glyph = source.cmap[ord(mark)]
        anchor = _anchor(name, glyph)
        if anchor:
            yield mark, anchor, end
        elif width := source.glyphs[glyph].width:
            # The mark of an unreleased consonant stands after its letter.
            yield mark, (end, 0), end + width
            end += width
        else:
            yield mark, _centered(source, glyph, (base, name), end), end


def _centered(source: _Source, glyph: str, base: tuple[_Source, str], end: int) -> tuple[int, int]:
    """Return how far a mark is moved, so that it is in the middle above or below its letter."""
    left, bottom, right, top = _bounds(source, glyph)
    _, letter_bottom, _, letter_top = _bounds(*base)
    up = max(0, letter_top + _MARK_GAP - bottom) if bottom > 0 else 0
    down = max(0, top - letter_bottom + _MARK_GAP) if top <= 0 else 0
    return round((end - left - right) / 2), round(up - down)


def _bounds(source: _Source, glyph: str) -> tuple[float, float, float, float]:
    """Return the left, lower, right, and upper edge of a glyph in units. A glyph without an outline is at the origin."""
    pen = BoundsPen(source.glyphs)
    source.glyphs[glyph].draw(pen)
    return pen.bounds or (0, 0, 0, 0)


@cache
def _anchor(base: str, mark: str) -> tuple[int, int] | None:
    """Return how far the font moves this mark on this letter, if it says so (in its table GPOS)."""
    for table in _mark_tables():
        if mark in table.MarkCoverage.glyphs and base in table.BaseCoverage.glyphs:
            record = table.MarkArray.MarkRecord[table.MarkCoverage.glyphs.index(mark)]
            letter = table.BaseArray.BaseRecord[table.BaseCoverage.glyphs.index(base)].BaseAnchor[record.Class]
            if letter is not None:
                at = record.MarkAnchor
                return letter.XCoordinate - at.XCoordinate, letter.YCoordinate - at.YCoordinate
    return None


@cache
def _mark_tables() -> list[Any]:
    positions = _noto_sans()["GPOS"].table
    used = {
        number
        for record in positions.FeatureList.FeatureRecord
        if record.FeatureTag == "mark"
        for number in record.Feature.LookupListIndex
    }
    subtables = [
        getattr(subtable, "ExtSubTable", subtable)
        for number in sorted(used)
        for subtable in positions.LookupList.Lookup[number].SubTable
    ]
    return [table for table in subtables if hasattr(table, "BaseArray")]


@cache
def _source(character: str) -> _Source | None:
    return next((source for source in _sources() if ord(character) in source.cmap), None)


@cache
def _sources() -> tuple[_Source, _Source]:
    latin, korean = _noto_sans(), TTFont(pylopdf_fonts_ko.sans_path(), lazy=True)
    return (
        _Source(latin.getBestCmap(), latin.getGlyphSet(), cubic=False),
        _Source(korean.getBestCmap(), korean.getGlyphSet(), cubic=True),
    )


@cache
def _noto_sans() -> TTFont:
    """Return Noto Sans. Without a chosen weight, the variable font is the regular one."""
    return TTFont(fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf", lazy=True)
