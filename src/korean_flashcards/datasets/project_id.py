"""Store the project's ID in the conf folder, where the user's own repository keeps it."""

from pathlib import Path
from typing import Any

import yaml
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.settings_file import read_settings
from korean_flashcards.datasets.writing import explaining_write
from korean_flashcards.domain.project_ids import is_project_id
from korean_flashcards.files.atomic import atomic_path
from korean_flashcards.files.file_problems import shown_path

_TEXT = """\
# The first export wrote this file. The ID is part of the GUID of each note in Anki, so that the decks of two projects do
# not overwrite each other's notes. Keep the file with your project. `kedro export project-id` shows and changes the ID.
project_id: {}
"""


class ProjectIdDataset(AbstractDataset[str, str | None]):
    """A dataset that stores the project's ID in a small YAML file."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    @property
    def path(self) -> Path:
        """Return the file's path."""
        return self._filepath

    def load(self) -> str | None:
        """Return the ID, or None before the first export.

        Raises:
            DatasetError: The file cannot be read or does not contain an ID.
        """
        if not self._filepath.exists():
            return None
        try:
            content = yaml.safe_load(read_settings(self._filepath))
        except yaml.YAMLError:
            content = None
        found = content.get("project_id") if isinstance(content, dict) else None
        project_id = str(found) if isinstance(found, int) else found
        if not is_project_id(project_id):
            raise DatasetError(
                f"{shown_path(self._filepath)} has no valid project ID. It must contain one line such as "
                "`project_id: 3f9a1c2b7d10` (4 to 40 lowercase letters a to z, digits, or hyphens). Restore the file from "
                "your repository: with a different ID, learners would get new words a second time."
            )
        return str(project_id)

    def save(self, data: str) -> None:
        """Write the ID, unless the file already has it."""
        if self._filepath.exists() and self.load() == data:
            return
        with explaining_write(self._filepath), atomic_path(self._filepath) as path:
            # Without quotation marks, YAML would read an ID such as 12e4 as a number.
            path.write_text(_TEXT.format(f"'{data}'"), encoding="utf-8")

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
