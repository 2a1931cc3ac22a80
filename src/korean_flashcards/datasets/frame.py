"""Store a layer as a polars frame in a Parquet file.

The polars dataset in kedro-datasets writes in place, so a crash could leave an incomplete file behind. This dataset
replaces the file atomically.
"""

from pathlib import Path
from typing import Any

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError
from kedro_datasets._typing import TablePreview

from korean_flashcards.files.atomic import atomic_path


class FrameDataset(AbstractDataset[pl.DataFrame, pl.DataFrame]):
    """A dataset that stores a frame in a Parquet file on the local disk.

    Args:
        filepath: Path of the file.
        optional: Whether to load an empty frame without columns if the file is missing or corrupted.
        metadata: Notes for other tools, such as kedro-viz.
    """

    def __init__(self, *, filepath: str, optional: bool = False, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self._optional = optional
        self.metadata = metadata

    @property
    def path(self) -> Path:
        """Return the file's path."""
        return self._filepath

    def load(self) -> pl.DataFrame:
        """Return the frame.

        Raises:
            DatasetError: The file is missing or corrupted. The message names the command that creates the file.
        """
        if self._optional and not self._filepath.exists():
            return pl.DataFrame()
        if not self._filepath.exists():
            raise DatasetError(
                f"{self._filepath.name} does not exist yet. Run `kedro run` first. "
                "Replies that you have already paid for are reused from the cache."
            )
        try:
            # Pass bytes: polars opens a path more than once, and another run may replace the file in between.
            return pl.read_parquet(self._filepath.read_bytes())
        except (pl.exceptions.PolarsError, OSError) as error:
            if self._optional:
                return pl.DataFrame()
            raise DatasetError(
                f"{self._filepath} is corrupted and cannot be read: {error}. Run `kedro run` to recreate it. "
                "Replies that you have already paid for are reused from the cache."
            ) from error

    def save(self, data: pl.DataFrame) -> None:
        """Replace the file with the frame. If writing fails, the previous file stays intact."""
        with atomic_path(self._filepath) as path:
            data.write_parquet(path)

    def preview(self, nrows: int = 5) -> TablePreview:
        """Return the first ``nrows`` rows as text, for kedro-viz."""
        head = self.load().head(nrows)
        rows = [[str(value) for value in row] for row in head.rows()]
        return TablePreview({"index": list(range(head.height)), "columns": head.columns, "data": rows})

    def _exists(self) -> bool:
        return self._filepath.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
