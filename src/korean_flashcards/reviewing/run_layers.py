"""Load the layers of the last run that a review needs, and load them again after a run has replaced them."""

from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from korean_flashcards.datasets.shared_frame import file_version

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol


class RunLayers:
    """The layers of the last run. Each one is loaded when it is first needed."""

    def __init__(self, catalog: "CatalogProtocol") -> None:  # type: ignore[type-arg]
        self._catalog = catalog
        self._frames: dict[str, pl.DataFrame] = {}
        self._versions: dict[str, Hashable] = {}

    def load(self, name: str) -> pl.DataFrame:
        """Return a layer.

        Raises:
            DatasetError: No run has created the layer yet, or its file is damaged.
        """
        if name not in self._frames:
            # The version comes first: a file that is replaced while it is read is read again later.
            self._versions[name] = self._version(name)
            self._frames[name] = self._catalog.load(name)
        return self._frames[name]

    def found(self, name: str) -> pl.DataFrame:
        """Return a layer, or an empty frame without columns if no run has created it."""
        return self.load(name) if self._catalog.exists(name) else pl.DataFrame()

    def refresh(self) -> bool:
        """Forget all layers if a run has replaced one of them, and return whether that is so."""
        changed = any(self._version(name) != version for name, version in self._versions.items())
        if changed:
            self._frames.clear()
            self._versions.clear()
        return changed

    def _version(self, name: str) -> Hashable:
        path = getattr(self._catalog.get(name), "path", None)
        try:
            return file_version(path.stat()) if isinstance(path, Path) else None
        except OSError:
            return None
