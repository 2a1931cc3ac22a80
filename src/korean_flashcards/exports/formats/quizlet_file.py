"""Write the fronts and backs as text to paste into Quizlet's import dialog.

The dialog splits the text at two separators, which the user chooses, and has no escapes. A separator inside a card is
therefore replaced.
"""

from typing import Literal

import polars as pl

from korean_flashcards.exports.content import ExportContent, FormatOptions

_SIDES = ("front", "back")
_SEPARATOR = ";;;"  # between cards whose line breaks are kept
_BETWEEN = f" {_SEPARATOR} "  # Quizlet removes spaces at both ends of a side.
_TEXT = pl.col(pl.String)


class QuizletOptions(FormatOptions):
    """The options of a text for Quizlet.

    ``line_breaks`` says how a line break inside a card is written. With ``replace``, it becomes " / ", and each card is on
    one line. With ``keep``, it is kept, and three semicolons separate the cards.
    """

    line_breaks: Literal["replace", "keep"] = "replace"


def write(content: ExportContent) -> bytes:
    """Return the cards as UTF-8 text: front, tab, back."""
    kept = _keeps_line_breaks(content)
    cards = _text(content, kept).select(pl.concat_str(_SIDES, separator="\t"))
    return ((_BETWEEN if kept else "\n").join(cards.to_series()) + "\n").encode()


def read(file: bytes) -> pl.DataFrame:
    """Return the front and back of each card. Raises ValueError if the file is damaged."""
    try:
        text = file.decode()
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text") from error
    if not text.endswith("\n"):
        raise ValueError("its end is missing" if text else "it is empty")
    cards = [card.split("\t") for card in _cards(text.removesuffix("\n"))]
    if any(len(card) != len(_SIDES) for card in cards):
        raise ValueError("a card does not have a front and a back")
    return pl.DataFrame(cards, schema=dict.fromkeys(_SIDES, pl.String), orient="row")


def expected(content: ExportContent) -> pl.DataFrame:
    """Return what ``read`` must return."""
    return _text(content, _keeps_line_breaks(content))


def _cards(text: str) -> list[str]:
    """Return the cards, which have one tab each."""
    lines = text.split("\n")
    if _BETWEEN not in text and all(line.count("\t") == 1 for line in lines):
        return lines
    return text.split(_BETWEEN) if text else []


def _keeps_line_breaks(content: ExportContent) -> bool:
    return QuizletOptions.model_validate(dict(content.options)).line_breaks == "keep"


def _text(content: ExportContent, kept: bool) -> pl.DataFrame:
    """Return the text of both sides without separators and without control characters, which a browser would drop."""
    sides = pl.DataFrame({"front": content.front, "back": content.back}, schema=dict.fromkeys(_SIDES, pl.String))
    text = _TEXT.fill_null("").str.replace_all(r"\r\n?|[\x0b\x0c\x{85}\x{2028}\x{2029}]", "\n")
    text = text.str.replace_all("\t", " ").str.replace_all(r"[\p{Cc}--\n]", "").str.replace_all(f"{_SEPARATOR}+", ";")
    text = text.str.strip_chars()
    return sides.select(text if kept else text.str.replace_all(r"\s*\n\s*", " / "))
