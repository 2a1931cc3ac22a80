"""The version of the rules that cards are checked by: what was found by the same rules need not be looked for again."""

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

_PACKAGE = Path(__file__).parents[1]
_ANALYSER = "kiwipiepy"


class CheckRulesDataset(AbstractDataset[NoReturn, str]):
    """A hash of all that a finding depends on beside the word: the modules in ``folders``, their data, the analyser."""

    def __init__(self, *, folders: list[str], metadata: dict[str, Any] | None = None) -> None:
        self._folders = folders
        self.metadata = metadata

    def load(self) -> str:
        """Return the hash."""
        digest = hashlib.blake2b(_analyser_version().encode(), digest_size=16)
        for folder in self._folders:
            for file in sorted((_PACKAGE / folder).rglob("*")):
                if file.is_file() and file.suffix != ".pyc":
                    digest.update(file.name.encode() + file.read_bytes())
        return digest.hexdigest()

    def save(self, data: NoReturn) -> NoReturn:
        """Nothing to save. Raises DatasetError."""
        raise DatasetError("The rules of the checks are the project's code; they cannot be saved.")

    def _describe(self) -> dict[str, Any]:
        return {"folders": self._folders}


def _analyser_version() -> str:
    """Its name and version without importing it; "" where it is not installed, and some checks are skipped."""
    try:
        return f"{_ANALYSER} {version(_ANALYSER)}"
    except PackageNotFoundError:
        return ""
