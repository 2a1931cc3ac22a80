"""Escape plain text so that Markdown programs show it unchanged, and read the text back."""

from typing import Final

import polars as pl

# CommonMark shows a character after a backslash unchanged. These characters have a meaning within a line in CommonMark,
# GitHub, Obsidian (comments, highlights, tags, math), or Mochi (gaps, tags, links).
_BACKSLASHED: Final = "\\`*_[]{}#~$=^%|"
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Characters that reverse the text, control a terminal, end a line in some programs, or are removed at a line's end.
_HIDDEN: Final = (
    *range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA1), 0x1680, *range(0x2000, 0x200B), 0x200E, 0x200F,
    *range(0x2028, 0x2030), 0x205F, *range(0x2066, 0x206A), 0x3000, 0xFEFF,
)  # fmt: skip
_ESCAPES: Final = {
    **{each: f"\\{each}" for each in _BACKSLASHED}, **_ENTITIES, **{chr(code): f"&#{code};" for code in _HIDDEN},
}  # fmt: skip
_SPACE, _EMPTY = "&#32;", "&nbsp;"
# At the start of a line, these characters begin a list or, in Obsidian's flashcards, the answer.
_AT_START = r"(?m)^([-+?])"
_NUMBERED = r"(?m)^(\d{1,9})([.)])"
# Two spaces at the end of a line are a line break in all Markdown programs.
LINE_BREAK: Final = "  \n"
LINE_BREAK_IN_LINE: Final = "<br>"
_UNESCAPES: Final = {
    **{escape: character for character, escape in _ESCAPES.items()}, **{f"\\{each}": each for each in "-+?.):"},
    _SPACE: " ", _EMPTY: "", LINE_BREAK: "\n", LINE_BREAK_IN_LINE: "\n",
}  # fmt: skip


def escaped_markdown(text: pl.Expr, line_break: str = LINE_BREAK) -> pl.Expr:
    """Return an expression that converts text to Markdown. Empty text becomes a no-break space, so a line is never empty."""
    inline = text.str.replace_many(_ESCAPES, leftmost=True)
    # GitHub and other programs turn bare web addresses into links.
    inline = inline.str.replace_all("://", r"\://", literal=True).str.replace_all(r"(?i)(www)\.", r"$1\.")
    # A first pass leaves at most two colons together.
    inline = inline.str.replace_all("::", r":\:", literal=True).str.replace_all("::", r":\:", literal=True)
    lines = inline.str.replace_all(_AT_START, r"\$1").str.replace_all(_NUMBERED, r"$1\$2")
    # Spaces at the start of a line begin a block of code, and spaces at its end are lost or break the line.
    spaced = lines.str.replace_all("(?m)^ ", _SPACE).str.replace_all("(?m) $", _SPACE)
    # A line feed at the end of the text must not look like an empty line.
    ended = spaced.str.replace(r"\n\z", LINE_BREAK_IN_LINE)
    return ended.str.replace_all("\n", line_break, literal=True).replace("", _EMPTY)


def text_from_markdown(markdown: pl.Expr) -> pl.Expr:
    """Return an expression that converts the Markdown of ``escaped_markdown`` back to text."""
    return markdown.str.replace_many(_UNESCAPES, leftmost=True)


def as_markdown_line(text: str) -> str:
    """Return a text as one line of Markdown, such as a heading."""
    return str(pl.select(escaped_markdown(pl.lit(text), LINE_BREAK_IN_LINE)).item())
