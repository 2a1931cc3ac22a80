"""A UTF-8 text file with LF line ends (TSV, JSON, HTML, template), written atomically."""

from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.files.atomic import atomic_path


class TextDataset(AbstractDataset[str | bytes, str]):
    """One text in one file."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    @property
    def path(self) -> Path:
        """Return the path of the file."""
        return self._filepath

    def load(self) -> str:
        """Return the text, with every trailing tab and newline. Raises DatasetError when it is missing or damaged."""
        if not self._filepath.exists():
            raise DatasetError(f"{self._filepath.name} has not been made yet. Run `kedro run` first.")
        try:
            return self._filepath.read_bytes().decode()
        except UnicodeDecodeError as error:
            raise DatasetError(
                f"{self._filepath} is damaged: no UTF-8 text ({error}). Run `kedro run` to make it anew from the cache."
            ) from error

    def save(self, data: str | bytes) -> None:
        """Write the text, or its UTF-8 bytes where it is long; a crash leaves the previous file whole."""
        with atomic_path(self._filepath) as path:
            path.write_bytes(data.encode() if isinstance(data, str) else data)

    def _exists(self) -> bool:
        return self._filepath.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
