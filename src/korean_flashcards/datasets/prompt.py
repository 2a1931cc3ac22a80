"""A prompt of the project: a Markdown file that becomes the system message, versioned by its content."""

from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.domain.requests import Prompt


class PromptDataset(AbstractDataset[NoReturn, Prompt]):
    """One prompt file, read as it is but for line ends and BOM: an edit on Windows must not be another version."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> Prompt:
        """Return the prompt. Raises DatasetError when the file is missing or empty."""
        text = self._filepath.read_text(encoding="utf-8-sig").strip() if self._filepath.exists() else ""
        if not text:
            raise DatasetError(
                f"The prompt {self._filepath} is missing or empty. Nothing was sent. Restore it and run again."
            )
        return Prompt(name=self._filepath.stem, text=text)

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("Prompts are written by people, not by nodes.")

    def _exists(self) -> bool:
        return self._filepath.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
