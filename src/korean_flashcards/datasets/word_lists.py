"""The user's word lists: a folder of CSV/TSV/TXT files, or one file, as bytes; read, never changed."""

import logging
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.errors import WordListError

logger = logging.getLogger(__name__)

SUFFIXES = {".csv", ".tsv", ".txt"}


class WordListsDataset(AbstractDataset[NoReturn, dict[str, bytes]]):
    """File name → content of every list in ``path``."""

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None) -> None:
        self._path = Path(path)
        self.metadata = metadata

    def load(self) -> dict[str, bytes]:
        """Return the lists. Raises WordListError when there is no such file, or no list in the folder."""
        if self._path.is_file():
            return {self._path.name: self._path.read_bytes()}
        if not self._path.is_dir():
            raise WordListError(f"There is no word list {self._path}. Check the path. Nothing was imported.")
        files = [file for file in sorted(self._path.iterdir()) if _is_list(file)]
        if not files:
            raise WordListError(
                f"There is no word list (.csv, .tsv, .txt) in {self._path}. Put one there, or name one: "
                "kedro run --params word_lists=FILE. Nothing was imported."
            )
        others = [file.name for file in self._path.iterdir() if _is_other(file)]
        if others:
            logger.warning(
                "Not read: %s. Only .csv, .tsv and .txt are: save as “CSV UTF-8”.", ", ".join(sorted(others))
            )
        return {file.name: file.read_bytes() for file in files}

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("Word lists are written by people, not by nodes.")

    def _exists(self) -> bool:
        return self._path.exists()

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._path)}


def _is_list(file: Path) -> bool:
    """Hidden files are no lists: macOS writes a binary "._words.csv" beside each file on foreign disks."""
    return file.suffix.lower() in SUFFIXES and not file.name.startswith(".") and file.is_file()


def _is_other(file: Path) -> bool:
    """A visible file that somebody may have meant as a list, such as a spreadsheet."""
    return file.is_file() and not file.name.startswith((".", "README")) and not _is_list(file)
