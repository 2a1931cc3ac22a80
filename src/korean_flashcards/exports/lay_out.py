"""Lay out the selected cards as the contents of one file, or of one file per value of a column."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING

import polars as pl

from korean_flashcards.domain.errors import ExportError
from korean_flashcards.domain.plurals import counted
from korean_flashcards.exports.card_selection import emptying_filter, named_lists, selected
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.export_fields import table_of
from korean_flashcards.exports.file_stems import file_stems
from korean_flashcards.exports.profile_settings import ProfileSettings
from korean_flashcards.exports.row_template import as_text, filled_texts
from korean_flashcards.exports.tag_rules import with_rules
from korean_flashcards.formats.anki_names import with_names_of_anki
from korean_flashcards.formats.card_tags import LEVELS, levels_of

if TYPE_CHECKING:
    from korean_flashcards.domain.exported_notes import ExportedNoteType
    from korean_flashcards.formats.anki_note import NoteType

_NO_VALUE = "none"
# The default deck of a card whose pattern results in an empty name.
_UNNAMED = "Korean"


def contents(
    cards: pl.DataFrame,
    notes: pl.DataFrame,
    note_types: "Sequence[tuple[NoteType, ExportedNoteType]]",
    settings: ProfileSettings,
    name: str,
    today: date | None = None,
) -> list[tuple[str, ExportContent]]:
    """Return the content of each file of a profile, with the file's name without its extension.

    Args:
        cards: The card table.
        notes: The layer ``anki_notes``.
        note_types: The notes' types, and when they last changed.
        settings: The profile's settings.
        name: The profile's name.
        today: The day from which ages such as ``7d`` count back, by default the current day.

    Raises:
        ExportError: No card meets the filters.
        SettingsError: No card has a deck, tag, list, or word that a filter names, or an SQL expression fails.
    """
    rows = chosen_rows(cards, settings, today)
    if rows.is_empty():
        raise ExportError(_nothing(name, settings, cards, today))
    title = settings.title or name
    files = _files(rows, settings, name)
    return [
        (stem, _content(part, notes, note_types, settings, f"{title}: {value}" if settings.split else title, name))
        for stem, value, part in files
    ]


def chosen_rows(cards: pl.DataFrame, settings: ProfileSettings, today: date | None = None) -> pl.DataFrame:
    """Return the rows to export, in the order of the file, with the decks and tags of the profile (CARD_COLUMNS)."""
    found = with_rules(selected(cards, settings.filters, today), settings.tags)
    if settings.rows == "word":
        found = found.unique("item_id", keep="first", maintain_order=True)
    if settings.deck is not None:
        found = found.with_columns(deck=_decks(found, settings.deck))
    if settings.sort:
        columns = [column.removeprefix("-") for column in settings.sort]
        descending = [column.startswith("-") for column in settings.sort]
        found = found.sort(columns, descending=descending, nulls_last=True, maintain_order=True)
    return found.head(settings.limit) if settings.limit else found


def remark_about_scores(cards: pl.DataFrame, settings: ProfileSettings, today: date | None = None) -> str | None:
    """Return a sentence if the profile takes the first cards by score, but all of the cards have the same score."""
    if not settings.limit or not settings.sort or settings.sort[0].removeprefix("-") != "score":
        return None
    rows = chosen_rows(cards, settings.model_copy(update={"limit": None}), today)
    scores = rows["score"].drop_nulls()
    if len(scores) <= settings.limit or scores.n_unique() > 1:
        return None
    unit, score = settings.rows, scores[0]
    return f"All {len(scores):,} {unit}s have the score {score}, so the export has the first {settings.limit:,}."


def _content(
    rows: pl.DataFrame,
    notes: pl.DataFrame,
    note_types: "Sequence[tuple[NoteType, ExportedNoteType]]",
    settings: ProfileSettings,
    title: str,
    name: str,
) -> ExportContent:
    own = notes.drop("deck").join(rows.select("guid", "deck"), on="guid", how="right", maintain_order="right")
    own = own.select(notes.columns)
    # The layer already has names as Anki stores them. For a large deck, changing them takes 0.3 s.
    if settings.deck is not None or not settings.tags.change_nothing():
        own = with_names_of_anki(with_rules(own, settings.tags, as_in_anki=True))
    used = set(own["note_type"])
    return ExportContent(
        cards=rows,
        table=table_of(rows, settings.fields),
        title=title,
        front=filled_texts(rows, settings.front),
        back=filled_texts(rows, settings.back),
        notes=own,
        note_types=[pair for pair in note_types if pair[0].name in used],
        details={"profile": name, "filters": settings.filters.given()},
    )


def _decks(rows: pl.DataFrame, pattern: str) -> pl.Series:
    """Return the deck of each row, without empty levels and characters that Anki removes."""
    names = filled_texts(rows, pattern)
    clean = {name: LEVELS.join(levels_of(" ".join(name.split()))) or _UNNAMED for name in names.unique()}
    return names.replace_strict(list(clean), list(clean.values()), return_dtype=pl.String)


def _files(rows: pl.DataFrame, settings: ProfileSettings, name: str) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Yield the name, the value, and the rows of each file, sorted by value."""
    if settings.split is None:
        yield file_stems([name])[name], "", rows
        return
    values = _values(rows, settings.split)
    ordered = sorted(values.explode().unique())
    if settings.split == "list" and settings.filters.list:
        # A word of a selected list may also be in lists that are not selected.
        ordered = sorted(named_lists(settings.filters.list, pl.Series(ordered)))
    names = {value: PurePath(value).stem if settings.split == "list" else value for value in ordered}
    if len(set(names.values())) < len(names):
        names = {value: value for value in ordered}
    stems = file_stems(names.values())
    for value in ordered:
        yield stems[names[value]], value, rows.filter(values.list.contains(value))


def _values(rows: pl.DataFrame, split: str) -> pl.Series:
    """Return the values of each row: the files in which it must be. A word can be in several lists."""
    values = pl.concat_list(as_text(split))
    if split == "list":
        values = pl.when(pl.col("lists").list.len() > 0).then("lists").otherwise(values)
    return rows.select(values.list.eval(pl.element().replace("", _NO_VALUE)).alias(split)).to_series()


def _nothing(name: str, settings: ProfileSettings, cards: pl.DataFrame, today: date | None) -> str:
    if cards.is_empty():
        return f"The deck has no cards, so {name} was not exported. Run `kedro run` first."
    given = ", ".join(f"{filter_name} {value}" for filter_name, value in settings.filters.given().items())
    last, left = emptying_filter(cards, settings.filters, today)
    which = f" The filter {last} removes the last {counted(left, 'card')}." if left < cards.height else ""
    return (
        f"None of the deck's {cards.height:,} cards meets the filters of {name} ({given}).{which} Nothing was exported, and "
        "earlier files are unchanged. Change or remove a filter."
    )
