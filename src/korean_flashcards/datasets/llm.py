"""Provide the model client as a catalog entry. Every node that can spend money lists the client as an input."""

from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.rules import package_version
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.llm.providers.offline.known_failures import KnownFailures


class LLMClientDataset(AbstractDataset[NoReturn, LLMClient]):
    """A dataset for the model client with the reply cache in ``path``.

    Each catalog has one instance, so connections are reused.
    """

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None) -> None:
        self._path = Path(path)
        self._client = LLMClient(self._path, KnownFailures(self._path / "offline_failures.json", package_version))
        self.metadata = metadata

    @property
    def path(self) -> Path:
        """Return the reply cache's folder."""
        return self._path

    def load(self) -> LLMClient:
        """Return the client, which opens the cache on first use."""
        return self._client

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("The model client cannot be a node's output. The client saves replies itself.")

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._path)}
