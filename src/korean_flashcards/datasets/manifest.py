"""Store an export's manifest: a JSON file next to the deck that lists the exported files and their checksums."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.export_stage import StagedFile
from korean_flashcards.datasets.layer_check import rebuilding, with_its_columns
from korean_flashcards.datasets.layer_file import read_bytes
from korean_flashcards.datasets.options import texts
from korean_flashcards.datasets.shared_frame import SharedFrame, file_version
from korean_flashcards.files.file_problems import shown_path

_COMMAND = "kedro run --pipeline=export"


class ManifestDataset(StagedFile, AbstractDataset[pl.DataFrame, pl.DataFrame]):
    """A dataset that stores a small frame as a JSON array of objects.

    Args:
        filepath: Path of the file.
        columns: Columns for the empty frame that is loaded before the first export.
        metadata: Notes for other tools, such as kedro-viz.
    """

    def __init__(self, *, filepath: str, columns: list[str], metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self._columns = texts("columns", columns)
        self.shared = SharedFrame()
        self.metadata = metadata

    def load(self) -> pl.DataFrame:
        """Return the frame, which has no rows before the first export.

        Raises:
            DatasetError: The file is damaged or is not a manifest.
        """
        if not self._current.exists():
            return pl.DataFrame(schema=self._columns)
        version, name = file_version(self._current.stat()), self._filepath.stem
        if (kept := self.shared.get(version)) is not None:
            return kept
        try:
            return with_its_columns(name, _frame(read_bytes(self._current, name)))
        except ValueError as error:
            raise DatasetError(
                f"{shown_path(self._filepath)} is not an export manifest: {error}. {rebuilding(name, _COMMAND)}"
            ) from error

    def save(self, data: pl.DataFrame) -> None:
        """Replace the file with the frame. If writing fails, the previous file stays intact.

        In a run, the manifest is the last file of the export, so all files of the export replace the previous ones.

        Raises:
            ExportError: The files cannot be replaced, or an empty deck would replace one with cards.
        """
        if self.stage is not None:
            self.stage.check_cards()
        with self._writing() as path:
            path.write_bytes(data.write_json().encode())
        if self.stage is not None:
            self.stage.release()
        with suppress(OSError):
            self.shared.put(file_version(self._current.stat()), data)

    def _exists(self) -> bool:
        return self._filepath.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}


def _frame(data: bytes) -> pl.DataFrame:
    """Return the rows of the file. Raises ValueError if the file is not a JSON array of objects."""
    try:
        rows = json.loads(data)
    except ValueError as error:
        raise ValueError("it is not JSON text" if data else "it is empty") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("it does not contain a list of exported files")
    try:
        return pl.DataFrame(rows, infer_schema_length=None)
    except (pl.exceptions.PolarsError, TypeError) as error:
        raise ValueError("a column has values of several types") from error
