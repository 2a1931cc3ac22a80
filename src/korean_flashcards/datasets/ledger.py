"""Provide the ledger as a catalog entry. Every node that reads or changes the ledger lists it as an input."""

from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.options import positive_number, whole_number
from korean_flashcards.ledger.facade import Ledger


class LedgerDataset(AbstractDataset[NoReturn, Ledger]):
    """A dataset for the ledger in ``filepath``, with one instance per catalog. See catalog_ledger.yml for the options."""

    def __init__(
        self,
        *,
        filepath: str,
        pool_size: int,
        busy_timeout: float,
        keep_backups: int,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._filepath = Path(filepath)
        self._ledger = Ledger(
            self._filepath,
            whole_number("pool_size", pool_size, 1),
            positive_number("busy_timeout", busy_timeout),
            whole_number("keep_backups", keep_backups, 0),
        )
        self.metadata = metadata

    @property
    def path(self) -> Path:
        """Return the path of the ledger file."""
        return self._filepath

    def load(self) -> Ledger:
        """Return the ledger, which opens its file on first use."""
        return self._ledger

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("The ledger cannot be a node's output. Nodes change the ledger through its methods.")

    def _exists(self) -> bool:
        return self._filepath.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
