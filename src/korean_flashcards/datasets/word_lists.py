"""Read the user's word lists: one file, or a folder of .csv, .tsv, and .txt files. The files are never changed."""

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
    """A dataset that reads every word list in ``path``, a file or a folder."""

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None) -> None:
        self._path = Path(path)
        self.metadata = metadata

    def load(self) -> list[ListFile]:
        """Return the word lists, sorted by name. For an empty folder, the result is empty.

        Raises:
            WordListError: The path does not exist.
        """
        return read_lists(self._path)

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("Word lists are read-only and cannot be saved by a node.")

    def _exists(self) -> bool:
        return self._path.exists()

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._path)}


def read_lists(path: Path) -> list[ListFile]:
    """Return the word list at ``path``, or all word lists in the folder at ``path``, sorted by name.

    Raises:
        WordListError: The path does not exist.
    """
    if path.is_file():
        return [_list_file(path)]
    if not path.is_dir():
        raise WordListError(f"There is no word list at {path}. Nothing was imported. Check the path.")
    others = [file.name for file in path.iterdir() if _is_other(file)]
    if others:
        logger.warning(
            "Not read: %s. Only .csv, .tsv, and .txt files are read. To import a spreadsheet, save it as “CSV UTF-8”.",
            ", ".join(sorted(others)),
        )
    return [_list_file(file) for file in sorted(path.iterdir()) if _is_list(file)]


def _list_file(path: Path) -> ListFile:
    """Read one list.

    A list inside the project is identified by its path relative to the project, so the project can be moved. Any other
    list is identified by its full path.
    """
    whole = path.resolve()
    project = find_kedro_project(whole.parent)
    root = project.resolve() if project else whole.parent
    source = whole.relative_to(root) if project else whole
    return ListFile(path.name, source.as_posix(), path.read_bytes(), root)


def _is_list(file: Path) -> bool:
    """Return whether the file is a word list.

    Hidden files are ignored, because macOS adds binary files such as "._words.csv" on some disks.
    """
    return file.suffix.lower() in SUFFIXES and not file.name.startswith(".") and file.is_file()


def _is_other(file: Path) -> bool:
    """Return whether a visible file may be a word list in an unsupported format, such as a spreadsheet."""
    return file.is_file() and not file.name.startswith((".", "README")) and not _is_list(file)
