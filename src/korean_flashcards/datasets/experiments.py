"""Read the records of the prompt lab's experiments, each with everything that is needed to repeat it."""

import logging
from pathlib import Path
from typing import Any, NoReturn

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.files.file_problems import shown_path

_LOG = logging.getLogger(__name__)
RECORD = "experiment.parquet"


class ExperimentsDataset(AbstractDataset[NoReturn, pl.DataFrame]):
    """A dataset of all experiments in ``path``, read-only. It has one row for each variant of an experiment."""

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None) -> None:
        self._path = Path(path)
        self.metadata = metadata

    def load(self) -> pl.DataFrame:
        """Return the records, the newest first, or an empty frame if there are no experiments.

        A record that cannot be read is left out. A warning names its folder.
        """
        found = [_read(path) for path in sorted(self._path.glob(f"*/{RECORD}"))]
        records = [record for record in found if record is not None]
        if not records:
            return pl.DataFrame()
        order = ("at", "experiment", "variant")
        return pl.concat(records, how="diagonal_relaxed").sort(*order, descending=[True, False, False])

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("Experiments are written by the prompt lab, not by a node.")

    def _exists(self) -> bool:
        return any(True for _ in self._path.glob(f"*/{RECORD}"))

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._path)}


def _read(path: Path) -> pl.DataFrame | None:
    """Return a record, or None with a warning if it cannot be read or is not the record of an experiment."""
    try:
        record = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        problem = str(error).splitlines()[0] if str(error) else type(error).__name__
    else:
        if {"at", "experiment", "variant"} <= set(record.columns):
            return record
        problem = "it is not the record of an experiment"
    _LOG.warning(
        "The experiment in %s is left out: %s cannot be read (%s). Delete the folder, and compare the same prompts and "
        "words again. Replies that you paid for are in the cache.", shown_path(path.parent), path.name, problem,
    )  # fmt: skip
    return None
