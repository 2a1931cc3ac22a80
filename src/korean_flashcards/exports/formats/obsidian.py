"""Write an export as a note for Obsidian's plugin Spaced Repetition, and read it back.

Source: stephenmwangi.com/obsidian-spaced-repetition ("Question & Answer Cards", "Decks", "Data Storage"). A line with "?"
separates the question from the answer, and an empty line ends the card. A tag assigns the cards below it to a deck. The
plugin writes the schedule of each card into the note, in a comment below the answer. ``with_schedules`` keeps it.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Annotated

import polars as pl
from pydantic import AfterValidator

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.exports.card_sides import card_sides
from korean_flashcards.exports.content import ExportContent, FormatOptions
from korean_flashcards.exports.markdown_text import (
    LINE_BREAK_IN_LINE,
    as_markdown_line,
    escaped_markdown,
    text_from_markdown,
)
from korean_flashcards.exports.tag_names import tag_path

COLUMNS = ("guid", "deck", "front", "back")
# Obsidian identifies a block of a note by the name at its end. The plugin keeps it when it writes the schedule.
_CARD = lazy_regex(
    r"(?m)^(?P<front>[^\n]+)\n\?\n(?P<back>[^\n]+?)(?P<same_line> <!--SR:[^\n]*-->)? \^(?P<guid>[0-9a-zA-Z-]+)\n"
    r"(?P<rest>(?:[^\n]+\n)*)"
)
_SCHEDULE = lazy_regex(r"<!--SR:[^\n]*?-->")


def _tag(name: str) -> str:
    if not re.fullmatch(r"[\w/-]+", name):
        raise ValueError(f"must have only letters, digits, _, -, and /, not {name!r}")
    return name


class ObsidianOptions(FormatOptions):
    """The options of a note for Obsidian.

    ``tag`` is the plugin's tag for flashcards, without "#". ``vault_note`` is the path of the note in your vault: the export
    reads the schedules from it and keeps them. It never changes this note.
    """

    tag: Annotated[str, AfterValidator(_tag)] = "flashcards"
    vault_note: str | None = None


def write(content: ExportContent) -> bytes:
    """Return the note. Each card has its GUID as the name of its block."""
    sides = expected(content).with_columns(
        escaped_markdown(pl.col(side), LINE_BREAK_IN_LINE) for side in ("front", "back")
    )
    return f"# {as_markdown_line(content.title)}\n\n{''.join(_parts(sides))}".encode()


def read(file: bytes) -> pl.DataFrame:
    """Return the cards in the note (``COLUMNS``). Schedules are ignored.

    Raises:
        ValueError: The file is damaged.
    """
    _, *parts = file.decode().split("\n\n")
    if not parts or parts.pop():
        raise ValueError("its last card is incomplete")
    deck, rows = None, []
    for part in parts:
        if part.startswith("#"):
            deck = part.removeprefix("#")
        elif (card := _CARD.fullmatch(part.rstrip("\n") + "\n")) and deck:
            rows.append((card["guid"], deck, card["front"], card["back"]))
        else:
            raise ValueError(f"card {len(rows) + 1:,} is incomplete")
    frame = pl.DataFrame(rows, dict.fromkeys(COLUMNS, pl.String), orient="row")
    return frame.with_columns(text_from_markdown(pl.col("front", "back")))


def expected(content: ExportContent) -> pl.DataFrame:
    """Return the cards that the note must contain (``COLUMNS``)."""
    tag = tag_path(pl.col("deck").fill_null(""), "::")
    root = ObsidianOptions.model_validate(dict(content.options)).tag
    deck = pl.concat_str(pl.lit(root), pl.when(tag != "").then(tag), separator="/", ignore_nulls=True)
    return content.cards.select("guid", deck.alias("deck")).with_columns(card_sides(content).select("front", "back"))


def with_schedules(file: bytes, notes: Iterable[bytes]) -> bytes:
    """Return the note with the schedules in these notes. A card keeps its schedule if its text changes.

    Args:
        file: The new note.
        notes: Notes with the same cards. The last schedule of a card counts.
    """
    kept = {guid: line for note in notes for guid, line in _schedules(note.decode("utf-8", errors="replace"))}
    if not kept:
        return file
    return _CARD.sub(lambda card: card[0] + kept.get(card["guid"], ""), file.decode()).encode()


def _parts(sides: pl.DataFrame) -> Iterator[str]:
    for deck, cards in groupby(sides.iter_rows(), key=lambda row: row[1]):
        yield f"#{deck}\n\n"
        yield from (f"{front}\n?\n{back} ^{guid}\n\n" for guid, _, front, back in cards)


def _schedules(note: str) -> Iterator[tuple[str, str]]:
    """Yield the GUID and the schedule of each card that was reviewed, as a line below the card."""
    for card in _CARD.finditer(note.replace("\r\n", "\n") + "\n"):
        if found := _SCHEDULE.search((card["same_line"] or "") + card["rest"]):
            yield card["guid"], f"{found[0]}\n"
