"""Keep the cards of earlier exports, so that they can be compared with later ones."""

import io
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.domain.export_record import RecordedExport
from korean_flashcards.exports.card_changes import snapshot_of_notes
from korean_flashcards.files.atomic import atomic_path

SNAPSHOTS = "export_snapshots"  # the dataset's name in the catalog


class ExportSnapshots:
    """A folder with one file for each kept export: its cards.

    Args:
        folder: The folder.
        notes: The layer with the Anki notes of the main deck.
    """

    def __init__(self, folder: Path, notes: Path) -> None:
        self.folder, self._notes = folder, notes

    def save(self, export: RecordedExport, cards: pl.DataFrame) -> None:
        """Keep the cards of an export of a profile (see ``exports.card_changes``). Raises OSError."""
        buffer = io.BytesIO()
        cards.write_parquet(buffer, compression="zstd")
        with atomic_path(self.folder / export.snapshot) as path:
            path.write_bytes(buffer.getbuffer())

    def save_deck(self, export: RecordedExport) -> None:
        """Keep the notes of the main deck that was just exported. Raises OSError.

        A hard link takes neither time nor space: the layer's file is replaced, never changed.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = self.folder / export.snapshot
        kept.unlink(missing_ok=True)
        try:
            kept.hardlink_to(self._notes)
        except OSError:
            shutil.copyfile(self._notes, kept)

    def load(self, export: RecordedExport) -> pl.DataFrame | None:
        """Return the cards of an export, or None if they were not kept, or if the file is damaged."""
        try:
            return _cards(pl.read_parquet((self.folder / export.snapshot).read_bytes()))
        except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
            return None

    def has(self, export: RecordedExport) -> bool:
        """Return whether the cards of an export were kept."""
        return (self.folder / export.snapshot).is_file()

    def prune(self, exports: Sequence[RecordedExport], keep: int) -> None:
        """Delete the cards of these exports, except those of the first ``keep`` complete ones and of running ones."""
        complete = [export for export in exports if export.state == "complete"]
        for export in exports:
            if export.state != "running" and export not in complete[:keep]:
                (self.folder / export.snapshot).unlink(missing_ok=True)


class ExportSnapshotsDataset(AbstractDataset[NoReturn, ExportSnapshots]):
    """A dataset that provides the kept cards of earlier exports. Nodes that export list it as an input.

    Args:
        filepath: The folder.
        notes: The file with the Anki notes of the main deck, in the folder above the exports.
        metadata: Notes for other tools, such as kedro-viz.
    """

    def __init__(self, *, filepath: str, notes: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath, self._notes = Path(filepath), notes
        self.metadata = metadata

    @property
    def path(self) -> Path:
        """Return the folder's path."""
        return self._filepath

    def load(self) -> ExportSnapshots:
        """Return the kept cards, which are read on demand."""
        return ExportSnapshots(self._filepath, self._filepath.parent.parent / self._notes)

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("The cards of earlier exports cannot be a node's output.")

    def _exists(self) -> bool:
        return self._filepath.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}


def _cards(frame: pl.DataFrame) -> pl.DataFrame:
    return snapshot_of_notes(frame) if "CardType" in frame.columns else frame
