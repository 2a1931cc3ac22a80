"""Read the records of the prompt lab's experiments, each with everything that is needed to repeat it."""

from pathlib import Path
from typing import Any, NoReturn

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

RECORD = "experiment.parquet"


class ExperimentsDataset(AbstractDataset[NoReturn, pl.DataFrame]):
    """A dataset of all experiments in ``path``, read-only. It has one row for each variant of an experiment."""

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None) -> None:
        self._path = Path(path)
        self.metadata = metadata

    def load(self) -> pl.DataFrame:
        """Return the records, the newest first, or an empty frame if there are no experiments.

        Raises:
            DatasetError: A record cannot be read.
        """
        records = [_read(path) for path in sorted(self._path.glob(f"*/{RECORD}"))]
        if not records:
            return pl.DataFrame()
        order = ("at", "experiment", "variant")
        return pl.concat(records, how="diagonal").sort(*order, descending=[True, False, False])

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("Experiments are written by the prompt lab, not by a node.")

    def _exists(self) -> bool:
        return any(True for _ in self._path.glob(f"*/{RECORD}"))

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._path)}


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DatasetError(
            f"{path.parent.name}/{path.name} cannot be read: {error}. Delete the folder, and compare the same prompts and "
            "words again. Replies that you paid for are in the cache."
        ) from error
