"""The model client as a catalog entry, so that every node that can spend money shows it among its inputs."""

from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.llm.client import LLMClient


class LLMClientDataset(AbstractDataset[NoReturn, LLMClient]):
    """The client over the reply cache in ``path``; one client a catalog, so that its backends are reused."""

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None) -> None:
        self._path = Path(path)
        self._client = LLMClient(self._path)
        self.metadata = metadata

    @property
    def path(self) -> Path:
        """Return the folder of the reply cache."""
        return self._path

    def load(self) -> LLMClient:
        """Return the client; it opens the cache when it is first asked."""
        return self._client

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("The model client is not an output: replies are saved by the client itself.")

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._path)}
