"""Build frames from rows in chunks, because one dictionary per row would take ten times as much memory as the frame."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

_CHUNK = 1000

Schema = Mapping[str, Any]


class FrameBuilder:
    """A builder that collects rows into one frame with the columns in ``schema``. Missing keys become null."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._columns = schema.keys()
        self._rows: list[Mapping[str, Any]] = []
        self._parts = [pl.DataFrame(schema=schema)]
        self.height = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Append one row.

        Raises:
            KeyError: The row has a key that is not in the schema. Polars would silently drop the value.
        """
        if not row.keys() <= self._columns:
            unknown = sorted(row.keys() - self._columns)
            raise KeyError(f"the frame has no columns named {', '.join(unknown)}")
        self._rows.append(row)
        self.height += 1
        if len(self._rows) == _CHUNK:
            self._flush()

    def frame(self) -> pl.DataFrame:
        """Return a frame of all rows added so far, in the order in which they were added."""
        self._flush()
        return pl.concat(self._parts, rechunk=True)

    def _flush(self) -> None:
        self._parts.append(pl.DataFrame(self._rows, schema=self._schema))
        self._rows = []


def frame_of(rows: Iterable[Mapping[str, Any]], schema: Schema) -> pl.DataFrame:
    """Return the rows as one frame with the columns in ``schema``."""
    builder = FrameBuilder(schema)
    for row in rows:
        builder.add(row)
    return builder.frame()
