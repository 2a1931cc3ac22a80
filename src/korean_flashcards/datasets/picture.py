"""Store pictures as PNG files, and preview them in kedro-viz."""

from base64 import b64encode
from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError
from kedro_datasets._typing import ImagePreview

from korean_flashcards.datasets.writing import explaining_write
from korean_flashcards.files.atomic import atomic_path
from korean_flashcards.files.file_problems import os_reason, shown_path


class PictureDataset(AbstractDataset[bytes, bytes]):
    """A dataset that stores the bytes of a PNG picture in ``filepath``."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> bytes:
        """Return the picture.

        Raises:
            DatasetError: The file is missing or cannot be read.
        """
        try:
            return self._filepath.read_bytes()
        except OSError as error:
            raise DatasetError(
                f"{shown_path(self._filepath)} cannot be read: {os_reason(error)}. `kedro run --pipeline=charts` draws it."
            ) from error

    def save(self, data: bytes) -> None:
        """Replace the file. If writing fails, the previous file stays intact."""
        with explaining_write(self._filepath), atomic_path(self._filepath) as path:
            path.write_bytes(data)

    def preview(self) -> ImagePreview:
        """Return the picture as text that kedro-viz shows."""
        return ImagePreview(b64encode(self.load()).decode())

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
