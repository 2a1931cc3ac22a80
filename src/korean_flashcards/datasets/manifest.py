"""The manifest of the exports: a JSON file beside the deck, so that whoever gets the one can check it by the other."""

from pathlib import Path
from typing import Any

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.files.atomic import atomic_path


class ManifestDataset(AbstractDataset[pl.DataFrame, pl.DataFrame]):
    """A short frame as a JSON array of objects. ``columns``: what it has where nothing has been exported yet."""

    def __init__(self, *, filepath: str, columns: list[str], metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self._columns = columns
        self.metadata = metadata

    def load(self) -> pl.DataFrame:
        """Return the frame; no rows where nothing has been exported yet. Raises DatasetError for a damaged file."""
        if not self._filepath.exists():
            return pl.DataFrame(schema=self._columns)
        try:
            return pl.read_json(self._filepath)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise DatasetError(
                f"{self._filepath} cannot be read ({error}). Run `kedro run --pipeline=export` to make it anew."
            ) from error

    def save(self, data: pl.DataFrame) -> None:
        """Write the frame; a crash leaves the previous file whole."""
        with atomic_path(self._filepath) as path:
            data.write_json(path)

    def _exists(self) -> bool:
        return self._filepath.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
