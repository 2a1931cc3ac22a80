"""Compute the notes that the main deck would have if it were exported now, including edits and reviews."""

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
    nuance, flashcards, quality, confusables, words, templates, media = map(catalog.load, _LAYERS)
    parameters = catalog.load("parameters")
    settings = Parameters.model_validate(parameters)
    nuance, flashcards, _ = apply_edits(nuance, flashcards, ledger)
    released, held = release_cards(flashcards, nuance, quality, ledger, settings.review)
    linked = nodes.link_cards(released, held, flashcards, confusables, words, settings.confusables, settings.ingress)
    notes = card_texts.shorten_backs(nodes.lay_out_notes(linked, nuance, words, settings.export), templates)
    complete = note_media_nodes.add_media(card_texts.add_extra_cards(notes, words, settings.export), words, media)
    previous, selected = catalog.load("previous_export"), catalog.load("previous_selected_export")
    history = note_history.read_history(previous, selected, ledger, parameters)
    project_id = note_history.choose_project_id(catalog.load("project_id"))
    return snapshot_of_notes(note_history.identify_notes(complete, history, project_id))
