"""Write an export as a study sheet in Markdown, with the cards of each word below its meaning, and read it back.

Source: spec.commonmark.org. Escaped text never starts with "#" or "**", and it contains no empty line. The sheet's own
marks are therefore certain.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import polars as pl

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.plurals import counted
from korean_flashcards.exports.card_sides import answers, has_own_sides, level_name, with_note, word_cue
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.markdown_text import (
    LINE_BREAK_IN_LINE,
    as_markdown_line,
    escaped_markdown,
    text_from_markdown,
)

COLUMNS = ("deck", "word", "card_type", "front", "back")
_MARKS = {"## ": "deck", "### ": "word", "#### ": "card_type", "**Q** ": "front", "**A** ": "back"}
_MARKED = lazy_regex(r"^(#{2,4} |\*\*[QA]\*\* )(.*?)\n\n", re.MULTILINE | re.DOTALL)
_COUNT = lazy_regex(r"^# [^\n]*\n\n([\d,]+) cards?\n\n")


def write(content: ExportContent) -> bytes:
    """Return the sheet. Its cards are in the order of the content, with a heading for each deck and each word."""
    lines = pl.col("deck", "word", "card_type")
    texts = expected(content).select(
        escaped_markdown(lines, LINE_BREAK_IN_LINE), escaped_markdown(pl.col("front", "back"))
    )
    texts = texts.with_columns(content.cards["item_id"], details=_word_details(content))
    title, count = as_markdown_line(content.title), counted(texts.height, "card")
    return f"# {title}\n\n{count}\n\n{''.join(_parts(texts))}".encode()


def read(file: bytes) -> pl.DataFrame:
    """Return the cards in the sheet (``COLUMNS``).

    Raises:
        ValueError: The file is damaged.
    """
    text = file.decode()
    card = dict.fromkeys(COLUMNS, "")
    rows = []
    for mark, value in _MARKED.findall(text):
        card[_MARKS[mark]] = value
        if _MARKS[mark] == "back":
            rows.append(tuple(card.values()))
    count = _COUNT.match(text)
    if count is None or int(count[1].replace(",", "")) != len(rows):
        raise ValueError(f"it has {len(rows):,} cards, but its first lines give a different number")
    return pl.DataFrame(rows, dict.fromkeys(COLUMNS, pl.String), orient="row").select(text_from_markdown(pl.all()))


def expected(content: ExportContent) -> pl.DataFrame:
    """Return the cards that the sheet must contain (``COLUMNS``)."""
    deck, word, card_type = (pl.col(name).fill_null("") for name in ("deck", "word", "card_type"))
    headings = content.cards.select(
        deck.str.replace_all("::", " – ", literal=True), with_note(word, word_cue()), card_type
    )
    return headings.with_columns(front=content.front, back=answers(content))


def _parts(texts: pl.DataFrame) -> Iterator[str]:
    rows = texts.iter_rows(named=True)
    for deck, in_deck in groupby(rows, key=lambda row: row["deck"]):
        yield f"## {deck}\n\n"
        for _, cards in groupby(in_deck, key=lambda row: row["item_id"]):
            yield from _word(cards)


def _word(cards: Iterable[dict[str, Any]]) -> Iterator[str]:
    for number, card in enumerate(cards):
        if number == 0:
            yield f"### {card['word']}\n\n{card['details']}"
        yield f"#### {card['card_type']}\n\n**Q** {card['front']}\n\n**A** {card['back']}\n\n"


def _word_details(content: ExportContent) -> pl.Series:
    """Return the lines below the heading of each card's word: the meaning and the example.

    A profile with a template decides what is shown, so these lines are then left out.
    """
    if has_own_sides(content):
        return pl.Series([""] * content.cards.height, dtype=pl.String)
    shown = content.cards.with_columns(level_name())
    names = ("meaning", "part_of_speech", "sound", "level", "hanja", "example", "example_translation")
    filled = [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names]
    text = {name: escaped_markdown(pl.col(name), LINE_BREAK_IN_LINE) for name in names}
    about = (text["meaning"], pl.format("*{}*", text["part_of_speech"]), text["sound"], text["level"], text["hanja"])
    example = pl.concat_str(
        text["example"], text["example_translation"], separator=LINE_BREAK_IN_LINE, ignore_nulls=True
    )
    return (
        shown.select(filled)
        .select(
            pl.concat_str(
                _paragraph("{}", pl.concat_str(*about, separator=" · ", ignore_nulls=True)), _paragraph("> {}", example)
            )
        )
        .to_series()
    )


def _paragraph(pattern: str, text: pl.Expr) -> pl.Expr:
    return pl.when(text == "").then(pl.lit("")).otherwise(pl.format(f"{pattern}\n\n", text))
