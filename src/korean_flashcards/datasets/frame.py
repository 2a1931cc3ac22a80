"""Store a layer as a polars frame in a Parquet file.

The polars dataset in kedro-datasets writes in place, so a crash could leave an incomplete file behind. This dataset
replaces the file atomically.
"""

import io
from pathlib import Path
from typing import Any

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError
from kedro_datasets._typing import TablePreview

from korean_flashcards.datasets.export_stage import StagedFile
from korean_flashcards.datasets.layer_check import rebuilding, with_its_columns
from korean_flashcards.datasets.layer_file import read_bytes
from korean_flashcards.datasets.narrowing import Narrowing
from korean_flashcards.files.file_problems import shown_path

# Some damaged files make polars panic, which Python does not count as an Exception.
_UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException)
_SIGNATURE = b"PAR1"  # the first and the last bytes of a Parquet file


class FrameDataset(StagedFile, AbstractDataset[pl.DataFrame, pl.DataFrame]):
    """A dataset that stores a frame in a Parquet file on the local disk.

    Args:
        filepath: Path of the file.
        optional: Whether to load an empty frame without columns if the file is missing,
            damaged, or has different columns.
        metadata: Notes for other tools, such as kedro-viz.
    """

    def __init__(self, *, filepath: str, optional: bool = False, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self._optional = optional
        self._narrowing: tuple[str, Narrowing] | None = None
        self.metadata = metadata

    def narrow(self, name: str, narrowing: Narrowing) -> None:
        """From now on, load and replace only the rows of the run's own words in this layer, whose name is ``name``."""
        self._narrowing = name, narrowing

    def load(self) -> pl.DataFrame:
        """Return the frame. In a narrowed run, return only the rows of the run's own words.

        Raises:
            DatasetError: The file is missing, is damaged, or has different columns. The message names the command that
                creates the file.
        """
        if self._narrowing is None:
            return self.read()
        name, narrowing = self._narrowing
        return narrowing.own(name, self.read())

    def read(self) -> pl.DataFrame:
        """Return the whole frame, whose columns are those of the layer (see ``layer_check``).

        Raises:
            DatasetError: The file is missing, is damaged, or has different columns. The message names the command that
                creates the file.
        """
        try:
            return self._frame()
        except DatasetError:
            if self._optional:
                return pl.DataFrame()
            raise

    def _frame(self) -> pl.DataFrame:
        name, file = self._filepath.stem, shown_path(self._filepath)
        data = read_bytes(self._current, name)
        try:
            # Pass bytes: polars opens a path more than once, and another run may replace the file in between.
            frame = pl.read_parquet(data)
        except _UNREADABLE as error:
            raise DatasetError(f"The layer {name} ({file}) is damaged: {_damage(data)}. {rebuilding(name)}") from error
        try:
            return with_its_columns(name, frame)
        except ValueError as error:
            raise DatasetError(
                f"The layer {name} ({file}) has the wrong columns: {error}. {rebuilding(name)}"
            ) from error

    def save(self, data: pl.DataFrame) -> None:
        """Replace the file with the frame. If writing fails, the previous file stays intact.

        In a narrowed run, the file keeps the rows of all other words.

        Raises:
            DatasetError: The file cannot be written, or the rows of the other words cannot be read.
        """
        if self._narrowing is not None:
            name, narrowing = self._narrowing
            data = narrowing.merged(name, self.read() if self._filepath.exists() else None, data)
        # A library's own words for a full disk are of no use, so it writes to memory.
        buffer = io.BytesIO()
        data.write_parquet(buffer)
        with self._writing() as path:
            path.write_bytes(buffer.getbuffer())

    def preview(self, nrows: int = 5) -> TablePreview:
        """Return the first ``nrows`` rows as text, for kedro-viz."""
        head = self.load().head(nrows)
        rows = [[str(value) for value in row] for row in head.rows()]
        return TablePreview({"index": list(range(head.height)), "columns": head.columns, "data": rows})

    def _exists(self) -> bool:
        return self._filepath.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}


def _damage(data: bytes) -> str:
    if not data:
        return "it is empty"
    if not data.startswith(_SIGNATURE):
        return "it is not a Parquet file"
    return "parts of it cannot be read" if data.endswith(_SIGNATURE) else "its end is missing"
