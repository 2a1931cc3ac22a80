"""Save the content of an export as a file of one format, and read the file back to verify it."""

from pathlib import Path
from typing import Any

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.export_stage import StagedFile
from korean_flashcards.datasets.layer_file import read_bytes
from korean_flashcards.exports.content import ExportContent, FileFormat, FormatOptions
from korean_flashcards.files.file_problems import shown_path


class FormatDataset(StagedFile, AbstractDataset[ExportContent, pl.DataFrame]):
    """A dataset that stores the content of an export in the format ``file_format``, which has the options ``options``.

    Args:
        filepath: Path of the file.
        metadata: Notes for other tools, such as kedro-viz.
    """

    file_format: FileFormat
    options: type[FormatOptions] = FormatOptions

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> pl.DataFrame:
        """Return what the file contains, as text columns.

        Raises:
            DatasetError: The file is missing or damaged.
        """
        try:
            return self.file_format.read(read_bytes(self._current, self._filepath.name))
        except ValueError as error:
            raise DatasetError(f"{shown_path(self._filepath)} is damaged: {error}. Export it again.") from error

    def save(self, data: ExportContent) -> None:
        """Replace the file. If writing fails, the previous file stays intact."""
        with self._writing() as path:
            path.write_bytes(self.file_format.write(data))

    def expected(self, data: ExportContent) -> pl.DataFrame:
        """Return what ``load`` must return after ``data`` was saved."""
        return self.file_format.expected(data)

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
