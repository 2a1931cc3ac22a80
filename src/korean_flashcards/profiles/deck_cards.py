"""Load the cards of the deck from the layers. No model is called, and nothing is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from korean_flashcards.datasets.export_stage import export_stage
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.layers.exported_cards import load_card_table
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.pipelines.export.note_history import date_exported_note_types, read_history

if TYPE_CHECKING:
    from kedro.io import DataCatalog

    from korean_flashcards.domain.exported_notes import ExportedNoteType
    from korean_flashcards.formats.anki_note import NoteType


@dataclass(frozen=True)
class DeckCards:
    """The cards of the deck.

    Attributes:
        cards: The card table (``CARD_COLUMNS``).
        notes: The layer ``anki_notes``, in the same order.
        note_types: The notes' types, and when they last changed.
        keys: The words with the cache keys of their replies (columns ``item_id``, ``key``).
        project_id: The project's ID, or None before the first export.
        later_reviews: The number of reviews and edits that the deck does not contain yet.
    """

    cards: pl.DataFrame
    notes: pl.DataFrame
    note_types: "Sequence[tuple[NoteType, ExportedNoteType]]"
    keys: pl.DataFrame
    project_id: str | None
    later_reviews: int


def load_deck(catalog: "DataCatalog", ledger: Ledger) -> DeckCards:
    """Return the cards of the deck as they were exported last. An export that was interrupted is finished first.

    Raises:
        DatasetError: A layer is missing or damaged. The message names the command that creates it.
        LayersOutOfStepError: The layers come from different runs.
    """
    stage = export_stage(catalog, run_id="", ledger=ledger.store.path)
    if stage is None:
        return _load_deck(catalog, ledger)
    stage.finish_interrupted(ledger.runs.alive, ledger.exports.record)
    with stage.unchanged():
        return _load_deck(catalog, ledger)


def _load_deck(catalog: "DataCatalog", ledger: Ledger) -> DeckCards:
    notes = catalog.load("anki_notes")
    parameters = catalog.load("parameters")
    export = Parameters.model_validate(parameters).export
    previous, selected = catalog.load("previous_export"), catalog.load("previous_selected_export")
    before = read_history(previous, selected, ledger, parameters)
    types = date_exported_note_types(notes, catalog.load("anki_templates"), before, export)
    keys = [catalog.load(name).select("item_id", "key") for name in ("linked_flashcards", "edited_nuance")]
    return DeckCards(
        load_card_table(catalog),
        notes,
        types,
        pl.concat(keys),
        catalog.load("project_id"),
        ledger.reviews.count_since(_released_at(catalog)),
    )


def _released_at(catalog: "DataCatalog") -> str:
    """Return the first second after the cards were released (UTC, ISO 8601), or "9" if that is unknown."""
    path = getattr(catalog["released_flashcards"], "path", None)
    if path is None or not path.exists():
        return "9"
    released = datetime.fromtimestamp(path.stat().st_mtime, UTC) + timedelta(seconds=1)
    return released.strftime("%Y-%m-%dT%H:%M:%SZ")
