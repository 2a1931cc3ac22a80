"""A Parquet layer: one polars frame, written atomically and clear about a layer that is not there yet.

Not kedro-datasets' own polars dataset: that one writes in place, so that a crash would leave half a layer.
"""

from pathlib import Path
from typing import Any

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError
from kedro_datasets._typing import TablePreview

from korean_flashcards.files.atomic import atomic_path


class FrameDataset(AbstractDataset[pl.DataFrame, pl.DataFrame]):
    """One frame in one Parquet file on the local disk. ``optional``: where it is missing or damaged, an empty one serves."""

    def __init__(self, *, filepath: str, optional: bool = False, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self._optional = optional
        self.metadata = metadata

    @property
    def path(self) -> Path:
        """Return the path of the file."""
        return self._filepath

    def load(self) -> pl.DataFrame:
        """Return the frame. Raises DatasetError naming the command that makes it when it is missing or damaged."""
        if self._optional and not self._filepath.exists():
            return pl.DataFrame()
        if not self._filepath.exists():
            raise DatasetError(
                f"{self._filepath.name} has not been made yet. Run `kedro run` first; paid replies come from the cache."
            )
        try:
            # As bytes: polars opens a path more than once, and another run may move a new file there in between.
            return pl.read_parquet(self._filepath.read_bytes())
        except (pl.exceptions.PolarsError, OSError) as error:
            if self._optional:
                return pl.DataFrame()
            raise DatasetError(
                f"{self._filepath} cannot be read ({error}). Nothing paid is lost: `kedro run` makes it anew from "
                "the cache."
            ) from error

    def save(self, data: pl.DataFrame) -> None:
        """Write the frame; a crash leaves the previous file whole."""
        with atomic_path(self._filepath) as path:
            data.write_parquet(path)

    def preview(self, nrows: int = 5) -> TablePreview:
        """Return the first rows for kedro-viz."""
        head = self.load().head(nrows)
        rows = [[str(value) for value in row] for row in head.rows()]
        return TablePreview({"index": list(range(head.height)), "columns": head.columns, "data": rows})

    def _exists(self) -> bool:
        return self._filepath.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
