"""The user's word lists: a folder of CSV/TSV/TXT files, or one file; read, never changed."""

import logging
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError
from kedro.utils import find_kedro_project

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.formats.word_list import ListFile

logger = logging.getLogger(__name__)

SUFFIXES = {".csv", ".tsv", ".txt"}


class WordListsDataset(AbstractDataset[NoReturn, list[ListFile]]):
    """Every list in ``path``."""

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None) -> None:
        self._path = Path(path)
        self.metadata = metadata

    def load(self) -> list[ListFile]:
        """Return the lists, in the order of their names; none in an empty folder. Raises WordListError."""
        return read_lists(self._path)

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("Word lists are written by people, not by nodes.")

    def _exists(self) -> bool:
        return self._path.exists()

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._path)}


def read_lists(path: Path) -> list[ListFile]:
    """Return the file as a list, or every list in the folder. Raises WordListError when there is no such path."""
    if path.is_file():
        return [_list_file(path)]
    if not path.is_dir():
        raise WordListError(f"There is no word list {path}. Check the path. Nothing was imported.")
    others = [file.name for file in path.iterdir() if _is_other(file)]
    if others:
        logger.warning("Not read: %s. Only .csv, .tsv and .txt are: save as “CSV UTF-8”.", ", ".join(sorted(others)))
    return [_list_file(file) for file in sorted(path.iterdir()) if _is_list(file)]


def _list_file(path: Path) -> ListFile:
    """A list of the project is known by its path in it, wherever the project lies; another one by its whole path."""
    whole = path.resolve()
    project = find_kedro_project(whole.parent)
    source = whole.relative_to(project.resolve()) if project else whole
    return ListFile(path.name, source.as_posix(), path.read_bytes())


def _is_list(file: Path) -> bool:
    """Hidden files are no lists: macOS writes a binary "._words.csv" beside each file on foreign disks."""
    return file.suffix.lower() in SUFFIXES and not file.name.startswith(".") and file.is_file()


def _is_other(file: Path) -> bool:
    """A visible file that somebody may have meant as a list, such as a spreadsheet."""
    return file.is_file() and not file.name.startswith((".", "README")) and not _is_list(file)
