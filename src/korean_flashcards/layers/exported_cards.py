"""Load the card table, from which every export is made, from the layers and the ledger."""

import polars as pl
from kedro.io import DataCatalog

from korean_flashcards.exports.card_table import card_table


def load_card_table(catalog: DataCatalog) -> pl.DataFrame:
    """Return one row per note in the deck, in the order of the deck (CARD_COLUMNS).

    Raises:
        DatasetError: A layer is missing or damaged.
        LayersOutOfStepError: The layers come from different runs.
    """
    # Loading a missing ledger would create one.
    imported_at = catalog.load("ledger").vocabulary.import_times() if catalog.exists("ledger") else {}
    return card_table(
        catalog.load("linked_flashcards"),
        catalog.load("anki_notes"),
        catalog.load("words"),
        catalog.load("edited_nuance"),
        catalog.load("quality"),
        imported_at,
    )
