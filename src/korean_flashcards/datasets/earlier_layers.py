"""Store the key of layers beside them. The key tells whether the layers must be computed again."""

from pathlib import Path
from typing import Any

import polars as pl
from kedro.io import AbstractDataset

from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.datasets.options import texts
from korean_flashcards.datasets.rules import code_version, package_version
from korean_flashcards.datasets.writing import explaining_write
from korean_flashcards.domain.earlier_result import EarlierResult
from korean_flashcards.files.atomic import atomic_path


class EarlierResultDataset(AbstractDataset[str, EarlierResult]):
    """A dataset that loads the earlier result of a node, and saves the key of a new one.

    Args:
        filepath: Path of the key.
        layers: The names of the layers, whose files are in the same folder.
        folders: The folders of the package with the code and data that decide the result. None: the whole package.
        metadata: Metadata for other tools, such as kedro-viz.
    """

    def __init__(
        self, *, filepath: str, layers: list[str], folders: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self._key = Path(filepath)
        self.layers = texts("layers", layers)
        self._folders = None if folders is None else texts("folders", folders)
        self._in_use = True
        self.metadata = metadata

    def leave_unused(self) -> None:
        """From now on, load no earlier result, and keep the stored key. For runs that compute only a part of the layers."""
        self._in_use = False

    def load(self) -> EarlierResult:
        """Return the earlier result. Without a readable key, the layers are computed again."""
        if not self._in_use:
            return EarlierResult()
        try:
            key = self._key.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            key = ""
        rules = package_version() if self._folders is None else code_version(self._folders, pl.__name__)
        return EarlierResult(self._load_layers, key, rules)

    def _load_layers(self) -> list[pl.DataFrame]:
        paths = (self._key.with_name(f"{name}.parquet") for name in self.layers)
        return [FrameDataset(filepath=str(path), optional=True).load() for path in paths]

    def save(self, data: str) -> None:
        """Replace the key.

        Raises:
            DatasetError: The file cannot be written.
        """
        if self._in_use:
            with explaining_write(self._key), atomic_path(self._key) as path:
                path.write_text(data, encoding="utf-8")

    def _exists(self) -> bool:
        return self._key.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._key), "layers": self.layers}
