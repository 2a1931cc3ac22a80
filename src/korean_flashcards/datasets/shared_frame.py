"""Keep a layer in memory between the nodes of a run, so that the run reads each file only once."""

from collections.abc import Hashable
from os import stat_result

import polars as pl


class SharedFrame:
    """The frame of a layer, kept until the nodes of a run have loaded it as often as they need it.

    Each frame is kept with its version. It is used only if the version is still the same, so a file that another process
    has replaced is read again.
    """

    def __init__(self) -> None:
        self._loads = 0
        self._kept: tuple[Hashable, pl.DataFrame] | None = None

    def expect(self, loads: int) -> None:
        """Keep the frame for this many loads from now on."""
        self._loads = loads

    def get(self, version: Hashable) -> pl.DataFrame | None:
        """Return the kept frame if it has this version. Call it once for each load."""
        self._loads = max(self._loads - 1, 0)
        kept = self._kept
        if not self._loads:
            self._kept = None
        return kept[1].clone() if kept is not None and version is not None and kept[0] == version else None

    def put(self, version: Hashable, frame: pl.DataFrame) -> None:
        """Keep the frame if more loads are expected. Otherwise, keep nothing."""
        self._kept = (version, frame) if self._loads and version is not None else None


def file_version(found: stat_result) -> Hashable:
    """Return a value that changes when the file is replaced or written."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
