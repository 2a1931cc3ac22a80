"""Let the words of earlier exports keep their homograph numbers although the ledger was rebuilt or restored."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

    from korean_flashcards.ledger.facade import Ledger


def restore_exported_words(catalog: "CatalogProtocol[Any, Any]", ledger: "Ledger") -> None:
    """Record in the ledger the words in the manifests of the previous exports, before lists are imported.

    Otherwise, homographs could get each other's numbers, and learners would get each other's schedules. The notes in the
    whole deck are recorded, too, so that the next export knows which of them it leaves out.
    """
    if "previous_export" in catalog:
        previous = catalog.load("previous_export")
        ledger.exports.restore(previous.words, previous.notes)
    if "previous_selected_export" in catalog:
        ledger.exports.restore(catalog.load("previous_selected_export").words)
