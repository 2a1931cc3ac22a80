"""Compute the notes that the main deck would have if it were exported now, including edits and reviews."""

from collections.abc import Collection
from typing import TYPE_CHECKING

import polars as pl

from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.exports.card_changes import snapshot_of_notes
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.pipelines.export import card_texts, nodes, note_history, note_media_nodes
from korean_flashcards.pipelines.quality.review_nodes import apply_edits, release_cards

if TYPE_CHECKING:
    from kedro.io import DataCatalog

_LAYERS = ("nuance", "flashcards", "quality", "confusables", "words", "anki_templates", "media")


def current_deck(catalog: "DataCatalog", ledger: Ledger) -> pl.DataFrame:
    """Return what `kedro run --pipelines=quality,export` would write (see ``exports.card_changes``). Nothing is written.

    The findings of the last run also apply to edited text.

    Raises:
        DatasetError: A layer is missing or damaged.
        LayersOutOfStepError: The layers come from different runs.
    """
    complete = current_notes(catalog, ledger)
    parameters = catalog.load("parameters")
    previous, selected = catalog.load("previous_export"), catalog.load("previous_selected_export")
    history = note_history.read_history(previous, selected, ledger, parameters)
    project_id = note_history.choose_project_id(catalog.load("project_id"))
    return snapshot_of_notes(note_history.identify_notes(complete, history, project_id))


def current_notes(catalog: "DataCatalog", ledger: Ledger, item_ids: Collection[str] | None = None) -> pl.DataFrame:
    """Return the notes of the current cards, without the columns that identify them in Anki. Nothing is written.

    Args:
        catalog: The catalog with the layers.
        ledger: The ledger with the edits and reviews.
        item_ids: The words whose notes are needed, or None for all words.

    Raises:
        DatasetError: A layer is missing or damaged.
        LayersOutOfStepError: The layers come from different runs.
    """
    nuance, flashcards, quality, confusables, words, templates, media = map(catalog.load, _LAYERS)
    settings = Parameters.model_validate(catalog.load("parameters"))
    nuance, flashcards, _ = apply_edits(nuance, flashcards, ledger)
    released, held = release_cards(flashcards, nuance, quality, ledger, settings.review)
    linked = nodes.link_cards(released, held, flashcards, confusables, words, settings.confusables, settings.ingress)
    # An extra card depends on all words with the same meaning, and the cue of a card on the words with the same spelling.
    if item_ids is not None and not settings.export.extra_cards:
        spellings = words.filter(pl.col("item_id").is_in(item_ids))["term"]
        alike = words.filter(pl.col("term").is_in(spellings.implode()))["item_id"]
        linked, nuance = (frame.filter(pl.col("item_id").is_in(alike.implode())) for frame in (linked, nuance))
    notes = card_texts.shorten_backs(nodes.lay_out_notes(linked, nuance, words, settings.export), templates)
    complete = note_media_nodes.add_media(card_texts.add_extra_cards(notes, words, settings.export), words, media)
    return complete if item_ids is None else complete.filter(pl.col("item_id").is_in(item_ids))
