"""Let the words of earlier exports keep their homograph numbers although the ledger was rebuilt or restored."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

    from korean_flashcards.ledger.facade import Ledger


def restore_exported_words(catalog: "CatalogProtocol[Any, Any]", ledger: "Ledger") -> None:
    """Record in the ledger the words of the previous export's manifest, before lists are imported.

    Otherwise, homographs could get each other's numbers, and learners would get each other's schedules.
    """
    if "previous_export" in catalog:
        ledger.exports.restore(catalog.load("previous_export").words)
