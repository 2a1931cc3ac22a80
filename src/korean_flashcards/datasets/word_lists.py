"""Read the user's word lists: one file, or a folder of lists with its subfolders. The files are never changed."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError
from kedro.utils import find_kedro_project

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.domain.safe_text import one_line
from korean_flashcards.files.permissions import permission_problem
from korean_flashcards.formats.media_files import PICTURES, SOUNDS
from korean_flashcards.formats.word_list import ListFile

logger = logging.getLogger(__name__)

SUFFIXES = {".csv", ".tsv", ".txt", ".xlsx"}
_MEDIA = "media"  # the subfolder that the export reads
_NAMED = 100  # files in one message


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


def list_path(path: Path, project: Path | None) -> Path:
    """Return the path of a word list that a person named: relative to the working directory or the project."""
    if project is not None and not path.is_absolute() and not path.exists() and (project / path).exists():
        return project / path
    return path


def read_lists(path: Path) -> list[ListFile]:
    """Return the word list at ``path``, or all word lists in the folder at ``path``, sorted by name.

    Raises:
        WordListError: The path does not exist, or the user may not read it.
    """
    _check_permission(path)
    if path.is_file():
        return [_list_file(path, path.name)]
    if not path.is_dir():
        raise WordListError(f"There is no word list at {path}. Nothing was imported. Check the path.")
    files = sorted(_visible_files(path))
    others = [file.relative_to(path) for file in files if file.suffix.lower() not in SUFFIXES]
    if unread := [file.as_posix() for file in others if not _is_medium(file)]:
        more = f", and {len(unread) - _NAMED:,} more files" if len(unread) > _NAMED else ""
        logger.warning(
            "Not read: %s%s. Only .csv, .tsv, .txt, and .xlsx files are read. To import another kind of file, save it as "
            "“CSV UTF-8”.",
            ", ".join(map(one_line, unread[:_NAMED])),
            more,
        )
    return [_list_file(file, file.relative_to(path).as_posix()) for file in files if file.suffix.lower() in SUFFIXES]


def _list_file(path: Path, name: str) -> ListFile:
    """Read one list. In a subfolder, the name includes the subfolder.

    A list inside the project is identified by its path relative to the project, so the project can be moved. Any other
    list is identified by its full path.
    """
    whole = path.resolve()
    project = find_kedro_project(whole.parent)
    root = project.resolve() if project else whole.parent
    source = whole.relative_to(root) if project else whole
    return ListFile(name, source.as_posix(), path.read_bytes(), root)


def _is_medium(file: Path) -> bool:
    """Return whether a file in the folder of the lists is a recording or a picture for the cards."""
    return file.parts[0] == _MEDIA and file.suffix.lower() in {*SOUNDS, *PICTURES}


def _check_permission(path: Path) -> None:
    if problem := permission_problem(path.absolute()):
        raise WordListError(f"The word lists cannot be read. {problem} Nothing was imported.")


def _visible_files(folder: Path) -> Iterator[Path]:
    """Yield the files in the folder and its subfolders that may be word lists.

    Hidden files are ignored, because macOS adds binary files such as "._words.csv" on some disks, and Excel adds
    "~$words.xlsx" while a workbook is open.
    """
    for path in folder.rglob("*"):
        # Python skips folders that cannot be read.
        if path.is_dir():
            _check_permission(path)
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith((".", "~$")) for part in parts) or path.name.startswith("README")
        if not hidden and path.is_file():
            yield path
