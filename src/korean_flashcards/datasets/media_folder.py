"""Read the user's own recordings and pictures of words. The files are never changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.files.file_problems import os_reason, shown_path


class MediaFolderDataset(AbstractDataset[NoReturn, dict[str, bytes | None]]):
    """A dataset that reads the files in the folder ``path`` and its subfolders. The folder does not have to exist.

    Hidden files and files whose names begin with README are not read. The folder itself may be a link.
    """

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None) -> None:
        self._path = Path(path)
        self.metadata = metadata

    def load(self) -> dict[str, bytes | None]:
        """Return the content of each file, by its path in the folder. None: a link to a file that is not in the folder.

        Raises:
            DatasetError: A file cannot be read.
        """
        try:
            return {path.relative_to(self._path).as_posix(): self._content(path) for path in sorted(self._files())}
        except OSError as error:
            path = shown_path(Path(error.filename))
            raise DatasetError(
                f"The media file {path} cannot be read: {os_reason(error)}. Nothing was exported. Make it readable, or "
                "move it to a different folder. Then run `kedro run --pipeline=export`."
            ) from error

    def _files(self) -> Iterator[Path]:
        for path in self._path.rglob("*"):
            is_hidden = any(part.startswith(".") for part in path.relative_to(self._path).parts)
            if not is_hidden and not path.name.startswith("README") and path.is_file():
                yield path

    def _content(self, path: Path) -> bytes | None:
        # A deck is shared, so it must not contain a file that is somewhere else on this computer.
        return path.read_bytes() if path.resolve().is_relative_to(self._path.resolve()) else None

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("The media files are read-only and cannot be saved by a node.")

    def _exists(self) -> bool:
        return self._path.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._path)}
