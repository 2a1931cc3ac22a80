"""The ledger as a catalog entry, so that every node that changes or reads it shows it among its inputs."""

from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.ledger.facade import Ledger


class LedgerDataset(AbstractDataset[NoReturn, Ledger]):
    """The ledger in ``filepath``; one a catalog. See catalog_ledger.yml for the options."""

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
        self._ledger = Ledger(self._filepath, pool_size, busy_timeout, keep_backups)
        self.metadata = metadata

    def load(self) -> Ledger:
        """Return the ledger; it opens its file when it is first used."""
        return self._ledger

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("The ledger is not an output: what changes in it is written by its own methods.")

    def _exists(self) -> bool:
        return self._filepath.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
