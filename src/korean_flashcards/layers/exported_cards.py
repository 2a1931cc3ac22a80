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
    imported_at: dict[str, str] = {}
    lists = pl.DataFrame(schema={"item_id": pl.String, "file": pl.String})
    # Loading a missing ledger would create one.
    if catalog.exists("ledger"):
        vocabulary = catalog.load("ledger").vocabulary
        imported_at, lists = vocabulary.import_times(), vocabulary.lists()
    return card_table(
        catalog.load("linked_flashcards"),
        catalog.load("anki_notes"),
        catalog.load("words"),
        catalog.load("edited_nuance"),
        catalog.load("quality"),
        imported_at,
        lists,
    )
