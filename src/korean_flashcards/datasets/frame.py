"""Store a layer as a polars frame in a Parquet file.

The polars dataset in kedro-datasets writes in place, so a crash could leave an incomplete file behind. This dataset
replaces the file atomically.
"""

import io
from collections.abc import Hashable
from contextlib import suppress
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
from korean_flashcards.datasets.shared_frame import SharedFrame, file_version
from korean_flashcards.datasets.writing import explaining_write
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
        self.shared = SharedFrame()
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
        version = self._version()
        if (kept := self.shared.get(version)) is not None:
            return kept
        frame = self._own(self.read())
        self.shared.put(version, frame)
        return frame.clone()

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

        A file with the same rows is not written again. In a narrowed run, the file keeps the rows of all other words.

        Raises:
            DatasetError: The file cannot be written, or the rows of the other words cannot be read.
        """
        stored = self._stored()
        if self._narrowing is not None:
            name, narrowing = self._narrowing
            data = narrowing.merged(name, stored, data)
        if stored is None or self.stage is not None or stored.schema != data.schema or not stored.equals(data):
            version = self._written(data)
        else:  # Reading and comparing the file takes a third of the time of writing it.
            with explaining_write(self._filepath):
                self._filepath.touch()
                version = file_version(self._filepath.stat())
        # A frame with wrong columns is not kept, so that loading it reports them.
        with suppress(ValueError):
            frame = with_its_columns(self._filepath.stem, data)
            self.shared.put((version, self._selection()), self._own(frame))

    def _stored(self) -> pl.DataFrame | None:
        """Return the layer in the file, or None if there is none. A narrowed run needs it, so errors are raised."""
        if not self._filepath.exists():
            return None
        if self._narrowing is not None:
            return self.read()
        with suppress(DatasetError):
            return self._frame() if self.stage is None else None
        return None

    def _written(self, data: pl.DataFrame) -> Hashable:
        """Replace the file, and return the new file's version."""
        # A library's own words for a full disk are of no use, so it writes to memory.
        buffer = io.BytesIO()
        data.write_parquet(buffer)
        with self._writing() as path:
            path.write_bytes(buffer.getbuffer())
            return file_version(path.stat())

    def _own(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of the run's own words in a narrowed run, and otherwise the frame."""
        if self._narrowing is None:
            return frame
        name, narrowing = self._narrowing
        return narrowing.own(name, frame)

    def _version(self) -> Hashable:
        """Return a value that changes with the rows that ``load`` returns. None: the file cannot be read."""
        try:
            return file_version(self._current.stat()), self._selection()
        except OSError:
            return None

    def _selection(self) -> Hashable:
        return None if self._narrowing is None else self._narrowing[1].words

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
