"""A Parquet layer: kedro-datasets' polars dataset, written atomically and clear about a layer that is not there yet."""

from pathlib import Path
from typing import Any

import polars as pl
from kedro.io.core import DatasetError
from kedro_datasets.polars import EagerPolarsDataset

from korean_flashcards.datasets.atomic import atomic_path


class FrameDataset(EagerPolarsDataset):  # type: ignore[misc]
    """One polars frame in one Parquet file on the local disk."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        super().__init__(filepath=filepath, file_format="parquet", metadata=metadata)

    def load(self) -> pl.DataFrame:
        """Return the frame. Raises DatasetError naming the command that makes it when it is missing or damaged."""
        path = Path(str(self._filepath))
        if not path.exists():
            raise DatasetError(f"{path.name} has not been made yet. Run `kedro run` first; paid replies come from the cache.")
        try:
            return pl.read_parquet(path)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise DatasetError(
                f"{path} cannot be read ({error}). Nothing paid is lost: run `kedro run` to make it anew from the cache."
            ) from error

    def save(self, data: pl.DataFrame) -> None:
        """Write the frame; a crash leaves the previous file whole."""
        with atomic_path(Path(str(self._filepath))) as path:
            data.write_parquet(path)
