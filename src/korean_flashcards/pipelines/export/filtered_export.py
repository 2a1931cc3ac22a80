"""Define the nodes that leave out the cards that the parameter ``export.filters`` does not select."""

from typing import Protocol

import polars as pl

from korean_flashcards.domain.errors import ExportError
from korean_flashcards.domain.parameters import ExportParameters
from korean_flashcards.exports.card_selection import selected
from korean_flashcards.exports.card_table import card_table
from korean_flashcards.exports.profile_settings import card_filter
from korean_flashcards.pipelines.export import nodes


class WordLists(Protocol):
    """The part of ``ledger.vocabulary`` that these nodes use."""

    def import_times(self) -> dict[str, str]: ...

    def lists(self) -> pl.DataFrame: ...


class VocabularyLedger(Protocol):
    """The part of the ``ledger`` dataset that these nodes use (see ``ledger.facade.Ledger``)."""

    @property
    def vocabulary(self) -> WordLists: ...


def select_notes(
    identified_notes: pl.DataFrame, flashcards: pl.DataFrame, words: pl.DataFrame, nuance: pl.DataFrame,
    quality: pl.DataFrame, ledger: VocabularyLedger, export: ExportParameters,
) -> pl.DataFrame:  # fmt: skip
    """Return the notes of the cards that meet ``export.filters``. Without filters, return all notes.

    Raises:
        ExportError: No card meets the filters.
        SettingsError: No card has a deck, tag, list, or word that a filter names, or an SQL expression fails.
    """
    if not export.filters:
        return identified_notes
    filters = card_filter(export.filters)
    imported_at, lists = ledger.vocabulary.import_times(), ledger.vocabulary.lists()
    cards = selected(card_table(flashcards, identified_notes, words, nuance, quality, imported_at, lists), filters)
    if cards.is_empty():
        given = ", ".join(f"{name} {value}" for name, value in filters.given().items())
        raise ExportError(
            f"No card meets the filters in export.filters ({given}). Nothing was exported, and earlier files are unchanged. "
            "Change the filters, and run the same command again."
        )
    return identified_notes.join(cards.select("guid"), on="guid", how="semi", maintain_order="left")


def write_selected_tsv(flashcards: pl.DataFrame, notes: pl.DataFrame, export: ExportParameters) -> bytes:
    """Return the cards of the notes as TSV. See ``nodes.write_cards_tsv``."""
    return nodes.write_cards_tsv(cards_of_notes(flashcards, notes, export))


def write_selected_json(flashcards: pl.DataFrame, notes: pl.DataFrame, export: ExportParameters) -> bytes:
    """Return the cards of the notes as JSON. See ``nodes.write_cards_json``."""
    return nodes.write_cards_json(cards_of_notes(flashcards, notes, export))


def cards_of_notes(flashcards: pl.DataFrame, notes: pl.DataFrame, export: ExportParameters) -> pl.DataFrame:
    """Return the cards that have a note, numbered from 1. Without filters, every card has one."""
    if not export.filters:
        return flashcards
    kept = notes.select("item_id", tab_name="CardType")
    cards = flashcards.join(kept, on=["item_id", "tab_name"], how="semi", maintain_order="left")
    return cards.with_columns(position=pl.int_range(1, pl.len() + 1))
