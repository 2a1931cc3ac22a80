"""Embed one TrueType font in a PDF that has exactly the glyphs of the document's characters.

In the PDF, the code of a character is its code point. Characters beyond U+FFFF and letters with combining marks have
codes in the private use area, and the map ToUnicode gives their text to readers that search or copy it.
"""

import io
from typing import Any

from fontTools.fontBuilder import FontBuilder
from reportlab.pdfbase import pdfdoc, pdfmetrics

from korean_flashcards.exports.formats.pdf_parts.glyph_sources import UNITS_PER_EM, advance, drawn

FONT_NAME = "KoreanDocument"

_POSTSCRIPT_NAME = "KOREAN+NotoSansKR"  # six letters and "+" mark the font as a subset
_ASCENT, _DESCENT, _CAP_HEIGHT, _STEM = 1069, -293, 714, 84
_PRIVATE_USE = range(0xE000, 0xF900)
_LAST_PLAIN = 0xFFFF
_MOST_PAIRS = 100  # in one part of the map ToUnicode; readers need not accept more
# The byte 0, which is half of a text in English, needs no escape. Shorter pages take less memory.
_ESCAPES = {code: f"\\{code:03o}" for code in (*range(1, 32), *range(127, 256))} | {
    ord(character): f"\\{character}" for character in "()\\"
}
_NEXT_LINE = ") Tj T* ("


class DocumentFont(pdfmetrics.Font):  # type: ignore[misc]
    """A font for reportlab with the glyphs that ``code_of`` was called for."""

    _multiByte = 1  # reportlab then calls ``formatForPdf``

    def __init__(self) -> None:
        self.fontName = FONT_NAME
        self.face = pdfmetrics.TypeFace(FONT_NAME)
        self.substitutionFonts: list[Any] = []
        self._codes: dict[str, str] = {}  # by cluster
        self.widths: dict[str, int] = {}
        self._unused = iter(_PRIVATE_USE)

    def code_of(self, cluster: str) -> str | None:
        """Return the code that shows a character with its combining marks. None: there are no more codes.

        The fonts must have all of its characters.
        """
        if (code := self._codes.get(cluster)) is None:
            plain = len(cluster) == 1 and ord(cluster) <= _LAST_PLAIN
            number = ord(cluster) if plain else next(self._unused, None)
            if number is None:
                return None
            code = self._codes[cluster] = chr(number)
            self.widths[code] = advance(cluster)
        return code

    def stringWidth(self, text: str, size: float, encoding: str = "utf8") -> float:
        """Return the width of a text in points."""
        return float(sum(map(self.widths.__getitem__, text)) * size / UNITS_PER_EM)

    def formatForPdf(self, text: str) -> str:
        """Return the text as the inside of a PDF string. Each line of it is printed below the line before."""
        return _NEXT_LINE.join(map(_escaped, text.split("\n")))

    def addObjects(self, doc: Any) -> None:
        """Add the font to the document. Its contents follow when the document is saved, and all characters are known."""
        name = f"F{len(doc.fontMapping) + 1}"
        descendant = pdfdoc.PDFDictionary(
            {
                "Type": "/Font", "Subtype": "/CIDFontType2", "BaseFont": f"/{_POSTSCRIPT_NAME}",
                "CIDSystemInfo": pdfdoc.PDFDictionary(
                    {"Registry": pdfdoc.PDFString("Adobe"), "Ordering": pdfdoc.PDFString("Identity"), "Supplement": 0}
                ),
                "DW": UNITS_PER_EM,
                "W": doc.Reference(_Late(self._width_array), f"{name}.widths"),
                "CIDToGIDMap": doc.Reference(_LateStream(self._glyph_numbers), f"{name}.glyphs"),
                "FontDescriptor": self._descriptor(doc, name),
            }
        )  # fmt: skip
        font = {
            "Type": "/Font", "Subtype": "/Type0", "BaseFont": f"/{_POSTSCRIPT_NAME}", "Encoding": "/Identity-H",
            "DescendantFonts": pdfdoc.PDFArray([doc.Reference(descendant, f"{name}.descendant")]),
            "ToUnicode": doc.Reference(_LateStream(self._to_unicode), f"{name}.unicode"),
        }  # fmt: skip
        doc.idToObject["BasicFonts"].dict[name] = doc.Reference(pdfdoc.PDFDictionary(font), name)
        doc.fontMapping[self.fontName] = f"/{name}"

    def _descriptor(self, doc: Any, name: str) -> Any:
        descriptor = {
            "Type": "/FontDescriptor", "FontName": f"/{_POSTSCRIPT_NAME}", "Flags": 4, "ItalicAngle": 0,
            "FontBBox": pdfdoc.PDFArray([-1000, _DESCENT, 3000, _ASCENT]), "Ascent": _ASCENT, "Descent": _DESCENT,
            "CapHeight": _CAP_HEIGHT, "StemV": _STEM,
            "FontFile2": doc.Reference(_LateStream(self._font_file), f"{name}.file"),
        }  # fmt: skip
        return doc.Reference(pdfdoc.PDFDictionary(descriptor), f"{name}.descriptor")

    @property
    def _clusters(self) -> dict[str, str]:
        """Return the clusters by their codes, in the order of the codes."""
        return dict(sorted((code, cluster) for cluster, code in self._codes.items()))

    def _width_array(self) -> str:
        return "[" + "\n".join(f"{ord(code)} [{self.widths[code]}]" for code in self._clusters) + "]"

    def _glyph_numbers(self) -> bytes:
        numbers = bytearray(2 * 0x10000)
        for number, code in enumerate(self._clusters, 1):
            numbers[2 * ord(code) : 2 * ord(code) + 2] = number.to_bytes(2, "big")
        return bytes(numbers)

    def _to_unicode(self) -> bytes:
        pairs = [f"<{ord(code):04X}> <{cluster.encode('utf-16-be').hex()}>" for code, cluster in self._clusters.items()]
        parts = [pairs[start : start + _MOST_PAIRS] for start in range(0, len(pairs), _MOST_PAIRS)]
        maps = "\n".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in parts)
        return _TO_UNICODE.format(maps=maps).encode("ascii")

    def _font_file(self) -> bytes:
        glyphs = {".notdef": drawn(" ")} | {f"g{ord(code)}": drawn(text) for code, text in self._clusters.items()}
        builder = FontBuilder(UNITS_PER_EM, isTTF=True)
        # The date is fixed, so that equal documents are equal files.
        builder.setupHead(unitsPerEm=UNITS_PER_EM, created=0, modified=0)
        builder.font.recalcTimestamp = False
        builder.setupGlyphOrder(list(glyphs))
        builder.setupCharacterMap({ord(code): f"g{ord(code)}" for code in self._clusters})
        builder.setupGlyf({name: glyph.outline for name, glyph in glyphs.items()})
        outlines = builder.font["glyf"]
        builder.setupHorizontalMetrics(
            {name: (glyph.advance, getattr(outlines[name], "xMin", 0)) for name, glyph in glyphs.items()}
        )
        builder.setupHorizontalHeader(ascent=_ASCENT, descent=_DESCENT)
        builder.setupOS2(sTypoAscender=_ASCENT, sTypoDescender=_DESCENT)
        builder.setupNameTable({"familyName": "Noto Sans KR", "styleName": "Regular", "psName": _POSTSCRIPT_NAME})
        builder.setupPost(keepGlyphNames=False)
        file = io.BytesIO()
        builder.save(file)
        return file.getvalue()


def _escaped(line: str) -> str:
    codes = line.encode("utf-16-be")
    if line.isascii():  # as most lines are; this is faster
        return codes.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").decode("ascii")
    return codes.decode("latin-1").translate(_ESCAPES)


class _Late(pdfdoc.PDFObject):  # type: ignore[misc]
    """A PDF object whose text is made when the document is saved."""

    __RefOnly__ = 1

    def __init__(self, text: Any) -> None:
        self._text = text

    def format(self, document: Any) -> bytes:
        """Return the object as it is in the file."""
        return str(self._text()).encode("ascii")


class _LateStream(pdfdoc.PDFStream):  # type: ignore[misc]
    """A PDF stream whose content is made when the document is saved."""

    def __init__(self, make_content: Any) -> None:
        super().__init__(filters=[pdfdoc.PDFZCompress])
        self._make_content = make_content

    def format(self, document: Any) -> bytes:
        """Return the stream as it is in the file."""
        self.content = self._make_content()
        self.dictionary["Length1"] = len(self.content)
        return bytes(super().format(document))


_TO_UNICODE = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{maps}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
