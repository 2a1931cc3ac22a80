"""Add the datasets to a new catalog that are not in its files."""

from typing import TYPE_CHECKING, Any

from kedro.io import MemoryDataset

from korean_flashcards.datasets.layer_check import know_layers
from korean_flashcards.datasets.new_entries import add_new_entries
from korean_flashcards.layers.known_layers import known_layers
from korean_flashcards.planning.consent import RunConsent
from korean_flashcards.planning.narrowed_run import WHOLE_DECK

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

CONSENT = "consent"
MAP_CHECKS = "map_checks"


def prepare_catalog(catalog: "CatalogProtocol[Any, Any]") -> None:
    """Add the consent dataset, which nodes need before they send requests, and the two datasets that checks need.

    A stage that is run on its own shows its own plan and asks for confirmation. Only a narrowed run needs to read
    the whole deck. A run's client may check texts in a separate process. From now on, the columns of each layer are
    checked when it is loaded.
    """
    know_layers(known_layers())
    add_new_entries(catalog)
    catalog[CONSENT] = MemoryDataset(RunConsent(catalog), copy_mode="assign")
    catalog[WHOLE_DECK] = MemoryDataset(None, copy_mode="assign")
    catalog[MAP_CHECKS] = MemoryDataset(None, copy_mode="assign")
