"""Show what an export of a profile would write, without writing anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl
from polars import selectors

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.profiles.profile_export import ProfileExporter, exported_cards
from korean_flashcards.profiles.profile_files import Profile


@dataclass(frozen=True)
class PreviewedCard:
    """A card of a preview: its word and card type, and its fields in the file, by name."""

    title: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Preview:
    """The result that an export would have.

    Attributes:
        profile: The name of the profile.
        cards: The number of cards, or of words if ``unit`` is "word".
        unit: What a row is for: "card" or "word".
        deck: The number of cards in the deck.
        rows: The first cards.
        files: The names of the files.
    """

    profile: str
    cards: int
    unit: str
    deck: int
    rows: Sequence[PreviewedCard]
    files: Sequence[str]


def preview_of(exporter: ProfileExporter, profile: Profile, limit: int) -> Preview:
    """Return what an export of the profile would write, with its first ``limit`` cards.

    Raises:
        ExportError: No card meets the filters.
        SettingsError: A format, an option, or a value of a filter does not exist.
    """
    files = exporter.files(profile)
    cards = exported_cards(files).height
    settings = profile.settings
    shorter = settings.model_copy(update={"limit": min(limit, settings.limit or limit), "split": None})
    first, *others = exporter.files(replace(profile, settings=shorter))
    for other in others:
        exporter.in_file(other)  # raises an error if an option of the format is not valid
    rows = _rows(first.content, exporter.in_file(first))
    return Preview(profile.name, cards, settings.rows, exporter.deck_size, rows, [file.name for file in files])


def _rows(content: ExportContent, in_file: pl.DataFrame) -> list[PreviewedCard]:
    """Return each card with the columns that a table has or, for other files, with its front and back."""
    is_table = in_file.columns == content.table.columns and in_file.height == content.table.height
    if is_table:
        # A workbook is read back with times; a reader sees only the dates.
        days = content.table.select(selectors.date().cast(pl.String).fill_null(""))
        shown = in_file.with_columns(days)
    else:
        shown = pl.DataFrame([content.front.alias("front"), content.back.alias("back")])
    pairs = zip(content.cards.iter_rows(named=True), shown.iter_rows(named=True), strict=True)
    return [PreviewedCard(f"{card['word']} ({card['card_type']})", dict(fields)) for card, fields in pairs]
