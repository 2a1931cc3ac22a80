"""Store a UTF-8 text file, such as TSV, JSON, or HTML.

The file is replaced atomically, and line endings are not converted.
"""

from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.export_stage import StagedFile
from korean_flashcards.datasets.layer_check import rebuilding
from korean_flashcards.datasets.layer_file import read_bytes
from korean_flashcards.files.file_problems import shown_path


class TextDataset(StagedFile, AbstractDataset[str | bytes, str]):
    """A dataset that stores text in one file."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> str:
        """Return the text unchanged, including trailing tabs and newlines.

        Raises:
            DatasetError: The file is missing, cannot be read, or is not UTF-8 text.
        """
        try:
            return read_bytes(self._current, self._filepath.stem).decode()
        except UnicodeDecodeError as error:
            raise DatasetError(
                f"{shown_path(self._filepath)} is damaged: it is not UTF-8 text. {rebuilding(self._filepath.stem)}"
            ) from error

    def save(self, data: str | bytes) -> None:
        """Replace the file's content with text or UTF-8 bytes. If writing fails, the previous file stays intact."""
        with self._writing() as path:
            path.write_bytes(data.encode() if isinstance(data, str) else data)

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
