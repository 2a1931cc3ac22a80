"""Convert texts into codes of the document's font, so that each character is visible."""

import re

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.exports.formats.pdf_parts.document_font import DocumentFont
from korean_flashcards.exports.formats.pdf_parts.glyph_sources import covers
from korean_flashcards.exports.formats.pdf_parts.hangul_words import visible

# The font uses private codes for letters with marks, so the same codes in a text must not reach the page.
_PRIVATE_OR_MARKED = lazy_regex(
    "[\ue000-\uf8ff]|(.)([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+)", re.DOTALL
)
_REPLACEMENT = "[U+"


class ShownText:
    """Converts texts into the codes of a font. A character that no font has is shown as its code point, such as [U+1F600].

    Attributes:
        replaced: How many characters were replaced by their code points.
    """

    def __init__(self, font: DocumentFont) -> None:
        self._codes = _Codes(font)
        self._font = font
        self.replaced = 0
        # Replacements consist of these characters.
        for printable in range(ord(" "), ord("~") + 1):
            font.code_of(chr(printable))

    def paragraphs(self, text: str) -> list[str]:
        """Return the lines of a text that are not empty. Each has single spaces between its words."""
        return [self.line(line) for line in text.splitlines() if line.strip()]

    def line(self, text: str) -> str:
        """Return a text as codes, on one line and with single spaces between its words."""
        text = visible(" ".join(text.split()))
        codes = text if text.isascii() else _PRIVATE_OR_MARKED.sub(self._private_or_marked, text)
        codes = codes.translate(self._codes)
        if self._codes.replaces:
            self.replaced += codes.count(_REPLACEMENT) - text.count(_REPLACEMENT)
        return codes

    def _private_or_marked(self, found: re.Match[str]) -> str:
        if not found[1]:
            return self._codes.replacement(found[0])
        known = covers(found[1]) and all(map(covers, found[2]))
        code = self._font.code_of(found[0]) if known else None
        return found[0] if code is None else code


class _Codes(dict[int, str]):
    """A table for ``str.translate`` that learns each character when it is first shown.

    Attributes:
        replaces: Whether a character was replaced.
    """

    def __init__(self, font: DocumentFont) -> None:
        super().__init__()
        self._font = font
        self.replaces = False

    def __missing__(self, number: int) -> str:
        self[number] = code = self._code(chr(number))
        return code

    def replacement(self, character: str) -> str:
        """Return what is shown instead of a character that no font has."""
        self.replaces = True
        return f"{_REPLACEMENT}{ord(character):04X}]"

    def _code(self, character: str) -> str:
        if character in self._font.widths:
            return character  # it is a code already, such as the code of a letter with marks
        code = self._font.code_of(character) if covers(character) else None
        return self.replacement(character) if code is None else code
