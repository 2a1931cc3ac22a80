"""Convert the texts and tags of Anki notes back to plain text, for cards that are made without a model call."""

import polars as pl

from korean_flashcards.formats.card_tags import PREFIXES

# The entities that ``formats.anki_note`` and ``formats.extra_notes`` write.
_CHARACTERS = {
    "<br>": "\n", "<span></span>": "", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&#123;": "{",
    "&#125;": "}", "&#91;": "[", "&#58;": ":", "&amp;": "&",
}  # fmt: skip
_GAP_WITH_HINT = r"\{\{c1::(?:[^:}]|:[^:}])*::([^}]*)\}\}"
_GAP = r"\{\{c1::[^}]*\}\}"
_LEVEL = rf"^((?:{'|'.join(sorted(PREFIXES))}))::"


def plain_text(column: str) -> pl.Expr:
    """Return a note's field as plain text."""
    return _unescaped(pl.col(column))


def plain_front(column: str) -> pl.Expr:
    """Return the front of a note as plain text, with the gaps of a cloze card as ``[…]``, or with their hints."""
    return _unescaped(pl.col(column).str.replace_all(_GAP_WITH_HINT, "[$1]").str.replace_all(_GAP, "[…]"))


def plain_tags(column: str) -> pl.Expr:
    """Return Anki's tags in the form of the layers: ``level:TOPIK 1`` for ``level::TOPIK 1``."""
    return pl.col(column).list.eval(pl.element().str.replace(_LEVEL, "$1:"))


def _unescaped(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(_CHARACTERS)
