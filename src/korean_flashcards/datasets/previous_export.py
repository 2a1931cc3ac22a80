"""Read which notes the previous export had, in case that the ledger does not know them."""

import json
import logging
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.domain.exported_notes import ExportedNote, ExportedNoteType, ExportedWord, PreviousExport
from korean_flashcards.files.file_problems import shown_path

logger = logging.getLogger(__name__)


class PreviousExportDataset(AbstractDataset[NoReturn, PreviousExport]):
    """A read-only dataset for the manifest of the previous export and, for old manifests, ``cards.json`` beside it."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._manifest = Path(filepath)
        self._cards = self._manifest.with_name(self._manifest.name.replace("manifest", "cards"))
        self.metadata = metadata

    def load(self) -> PreviousExport:
        """Return the previous export, which is empty before the first one.

        A damaged manifest is not an error, because the ledger has the same records, and the export replaces the file.
        """
        nothing = PreviousExport([], [], [], [])
        if not self._manifest.exists():
            return nothing
        try:
            files = json.loads(self._manifest.read_bytes())
            notes = [ExportedNote(**note) for file in files for note in file.get("notes") or ()]
            types = [ExportedNoteType(**each) for file in files for each in file.get("note_types") or ()]
            words = [ExportedWord(**word) for file in files for word in file.get("words") or ()]
            return PreviousExport(notes, types, words, [] if notes or not files else self._old_cards())
        except (OSError, ValueError, TypeError, AttributeError, KeyError):
            logger.warning(
                "%s is damaged, so the export uses only the ledger's record of earlier exports. It writes the file again.",
                shown_path(self._manifest),
            )
            return nothing

    def _old_cards(self) -> list[tuple[str, str]]:
        cards = json.loads(self._cards.read_bytes()) if self._cards.exists() else []
        return [(card["item_id"], card["tab_name"]) for card in cards]

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("The previous export is read-only and cannot be saved by a node.")

    def _exists(self) -> bool:
        return self._manifest.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._manifest)}
