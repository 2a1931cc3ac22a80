"""Read a prompt: a Markdown file that is sent as the system message. The prompt's version is a hash of its text."""

import re
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.settings_file import read_settings
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.files.file_problems import shown_path

_FORMAT = re.compile(r"<!--\s*request format (\d+)\s*-->\s*")
_FORMATS = ("1", "2")


class PromptDataset(AbstractDataset[NoReturn, Prompt]):
    """A dataset that reads one prompt file.

    Line endings and a BOM are normalized, so saving the file on Windows does not create a new prompt version. The mark of
    the request format in the first line is not part of the text.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self.path = Path(filepath)
        self.metadata = metadata

    def load(self) -> Prompt:
        """Return the prompt.

        Raises:
            DatasetError: The file is missing, empty, or not UTF-8 text.
        """
        text = read_settings(self.path, encoding="utf-8-sig").strip() if self.path.exists() else ""
        if not text:
            raise DatasetError(
                f"The prompt {shown_path(self.path)} is missing or empty. Nothing was sent. "
                "Restore the file and run the command again."
            )
        return prompt_of(text, self.path)

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("Prompts are read-only and cannot be saved by a node.")

    def _exists(self) -> bool:
        return self.path.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self.path)}


def prompt_of(source: str, file: Path) -> Prompt:
    """Return the prompt with this source, which is the stripped text of the file.

    Raises:
        DatasetError: The prompt is for a request format that this version does not know.
    """
    mark = _FORMAT.match(source)
    if mark is None:
        return Prompt(file.stem, source, file=file, source=source)
    if mark[1] not in _FORMATS:
        raise DatasetError(
            f"The prompt {shown_path(file)} is for request format {mark[1]}, which this version does not "
            "know. Nothing was sent. Update the project, or restore the prompt of this version."
        )
    return Prompt(file.stem, source[mark.end() :], int(mark[1]), file=file, source=source)
