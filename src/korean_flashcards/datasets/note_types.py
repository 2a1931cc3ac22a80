"""Store the note types of the exported deck, for runs of some of the export's nodes."""

import pickle
from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.export_stage import StagedFile
from korean_flashcards.datasets.layer_check import rebuilding
from korean_flashcards.datasets.layer_file import read_bytes
from korean_flashcards.domain.exported_notes import ExportedNoteType
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.formats.anki_note import NoteType

# What pickle raises for bytes that are not a pickle, or that were written by a different release.
_UNREADABLE = (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, TypeError, ValueError)

DatedNoteTypes = list[tuple[NoteType, ExportedNoteType]]


class NoteTypesDataset(StagedFile, AbstractDataset[DatedNoteTypes, DatedNoteTypes]):
    """A dataset that stores the note types, each with the time of its last change."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> DatedNoteTypes:
        """Return the note types. Raises DatasetError if the file is missing or damaged."""
        name = self._filepath.stem
        try:
            types: DatedNoteTypes = pickle.loads(read_bytes(self._current, name))
        except _UNREADABLE as error:
            raise DatasetError(f"{shown_path(self._filepath)} is damaged. {rebuilding(name)}") from error
        return types

    def save(self, data: DatedNoteTypes) -> None:
        """Replace the file with these note types. If writing fails, the previous file stays intact."""
        with self._writing() as path:
            path.write_bytes(pickle.dumps(data))

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
