"""Select what the file of an export shows of each card, so that exports are compared by what their readers see.

Columns of different kinds never have the same name: Anki's field ``Front`` is not a table's field ``Front``.
"""

from collections.abc import Mapping

import polars as pl

from korean_flashcards.exports.card_changes import FIELD, SIDE, note_columns, snapshot_of
from korean_flashcards.exports.card_sides import answers, has_own_sides
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.export_fields import DEFAULT_FIELDS
from korean_flashcards.exports.table_text import has_own_fields
from korean_flashcards.formats.card_rows import COLUMNS

_NOTES = ("apkg", "anki_text")  # formats with Anki's notes
_ALL_COLUMNS = ("json", "json_lines", "parquet")  # formats that have all columns if the profile names none
_TABLES = ("tsv", "csv", "xlsx", *_ALL_COLUMNS)
_ONLY_SIDES = ("quizlet",)
_WITH_TAGS = ("html", "mochi")
# What the other formats add to both sides of a card, unless the profile has its own template.
_ADDED = ("word", "cue", "sound", "meaning", "part_of_speech", "example", "example_translation")
# These have the same form in all formats, so they are compared between formats.
_COMMON = ("deck", "tags")


def shown_cards(file_format: str, content: ExportContent, fields: Mapping[str, str]) -> pl.DataFrame:
    """Return what a file in this format shows of each card (see ``card_changes.snapshot_of``).

    Args:
        file_format: The name of the format.
        content: The content of the file.
        fields: The source of each field of the profile.
    """
    if file_format in _NOTES:
        return snapshot_of(content.cards, note_columns(content.notes))
    if file_format in _TABLES:
        return snapshot_of(content.cards, _of_table(file_format, content, fields))
    return snapshot_of(content.cards, _of_sides(file_format, content))


def _of_table(file_format: str, content: ExportContent, fields: Mapping[str, str]) -> pl.DataFrame:
    table = content.table
    if not has_own_fields(content):
        names = tuple(content.cards.columns) if file_format in _ALL_COLUMNS else DEFAULT_FIELDS
        if file_format == "tsv":
            # The position changes with each card that is added, so it is not compared.
            names = tuple("card_type" if name == "tab_name" else name for name in COLUMNS if name != "position")
        table, fields = content.cards.select(names), {name: name for name in names}
    own = table.select(pl.col(name).alias(f"{FIELD}{name}") for name in table.columns if fields[name] not in _COMMON)
    return own.with_columns(content.cards.select(name for name in _COMMON if name in fields.values()))


def _of_sides(file_format: str, content: ExportContent) -> pl.DataFrame:
    sides = pl.DataFrame({f"{SIDE}front": content.front, f"{SIDE}back": answers(content)})
    if file_format in _ONLY_SIDES:
        return sides.with_columns(content.back.alias(f"{SIDE}back"))
    if not has_own_sides(content):
        sides = sides.with_columns(content.cards.select(pl.col(name).alias(f"{SIDE}{name}") for name in _ADDED))
    return sides.with_columns(content.cards.select("deck", *(["tags"] if file_format in _WITH_TAGS else [])))
