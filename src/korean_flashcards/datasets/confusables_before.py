"""Store the key of the layer ``confusables`` beside it. The key tells whether the words must be searched again."""

from pathlib import Path
from typing import Any

import polars as pl
from kedro.io import AbstractDataset

from korean_flashcards.confusables import EarlierConfusables
from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.datasets.rules import code_version
from korean_flashcards.datasets.writing import explaining_write
from korean_flashcards.files.atomic import atomic_path

# The folders with the modules and data files that decide which words are confusable.
FOLDERS = ("confusables", "domain", "korean")


class ConfusablesBeforeDataset(AbstractDataset[str, EarlierConfusables]):
    """A dataset that loads the earlier result of the search for confusable words, and saves the key of a new one.

    Args:
        filepath: Path of the key. The layer is the Parquet file with this name in the same folder.
        metadata: Metadata for other tools, such as kedro-viz.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._key = Path(filepath)
        self.metadata = metadata

    def load(self) -> EarlierConfusables:
        """Return the earlier result. Without a readable key, the words are searched again."""
        try:
            key = self._key.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            key = ""
        return EarlierConfusables(self._layer, key, code_version(FOLDERS, pl.__name__))

    def _layer(self) -> pl.DataFrame:
        return FrameDataset(filepath=str(self._key.with_suffix(".parquet")), optional=True).load()

    def save(self, data: str) -> None:
        """Replace the key.

        Raises:
            DatasetError: The file cannot be written.
        """
        with explaining_write(self._key), atomic_path(self._key) as path:
            path.write_text(data, encoding="utf-8")

    def _exists(self) -> bool:
        return self._key.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._key)}
