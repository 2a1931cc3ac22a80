"""Store a UTF-8 text file, such as TSV, JSON, or HTML.

The file is replaced atomically, and line endings are not converted.
"""

from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.export_stage import ExportedFile


class TextDataset(ExportedFile, AbstractDataset[str | bytes, str]):
    """A dataset that stores text in one file."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> str:
        """Return the text unchanged, including trailing tabs and newlines.

        Raises:
            DatasetError: The file is missing or is not UTF-8 text.
        """
        if not self._current.exists():
            raise DatasetError(f"{self._filepath.name} does not exist yet. Run `kedro run` first.")
        try:
            return self._current.read_bytes().decode()
        except UnicodeDecodeError as error:
            raise DatasetError(
                f"{self._filepath} is corrupted and cannot be read as UTF-8 text: {error}. "
                "Run `kedro run` to recreate it. Replies that you have already paid for are reused from the cache."
            ) from error

    def save(self, data: str | bytes) -> None:
        """Replace the file's content with text or UTF-8 bytes. If writing fails, the previous file stays intact."""
        with self._writing() as path:
            path.write_bytes(data.encode() if isinstance(data, str) else data)

    def _exists(self) -> bool:
        return self._filepath.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
