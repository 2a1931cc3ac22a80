"""Store an export's manifest: a JSON file next to the deck that lists the exported files and their checksums."""

from pathlib import Path
from typing import Any

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.export_stage import ExportedFile


class ManifestDataset(ExportedFile, AbstractDataset[pl.DataFrame, pl.DataFrame]):
    """A dataset that stores a small frame as a JSON array of objects.

    Args:
        filepath: Path of the file.
        columns: Columns for the empty frame that is loaded before the first export.
        metadata: Notes for other tools, such as kedro-viz.
    """

    def __init__(self, *, filepath: str, columns: list[str], metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self._columns = columns
        self.metadata = metadata

    def load(self) -> pl.DataFrame:
        """Return the frame, which has no rows before the first export.

        Raises:
            DatasetError: The file is corrupted.
        """
        if not self._current.exists():
            return pl.DataFrame(schema=self._columns)
        try:
            return pl.read_json(self._current)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise DatasetError(
                f"{self._filepath} is corrupted and cannot be read: {error}. "
                "Run `kedro run --pipeline=export` to recreate it."
            ) from error

    def save(self, data: pl.DataFrame) -> None:
        """Replace the file with the frame. If writing fails, the previous file stays intact.

        In a run, the manifest is the last file of the export, so all files of the export replace the previous ones.
        """
        with self._writing() as path:
            data.write_json(path)
        if self.stage is not None:
            self.stage.release()

    def _exists(self) -> bool:
        return self._filepath.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
