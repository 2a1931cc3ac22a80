"""Select cards in notebooks, with the same filters as `kedro export` and export profiles."""

from typing import Any

import polars as pl
from kedro.io import DataCatalog

from korean_flashcards.exports.card_selection import selected
from korean_flashcards.exports.profile_settings import card_filter
from korean_flashcards.layers.exported_cards import load_card_table


def select_cards(catalog: DataCatalog, **filters: Any) -> pl.DataFrame:
    """Return the cards in the deck that meet all filters, one row per card, in the order of the deck.

    docs/reference/export-columns.md lists the filters and the columns.

    Args:
        catalog: The notebook's ``catalog``.
        filters: The filters, such as ``level="1-2", card_type_not="Hanja", where="score < 80"``.

    Raises:
        SettingsError: A filter is unknown or invalid, or no card has a deck, tag, list, or word that it names.
        DatasetError: There is no deck yet. Run ``kedro run`` first.
    """
    wanted = card_filter(filters)
    return selected(load_card_table(catalog), wanted)
