"""Compute the version of code whose results are reused, such as the version of the checks.

Unchanged cards are checked again only when the version of the checks changes.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from korean_flashcards.datasets.options import texts

_PACKAGE = Path(__file__).parents[1]
_ANALYZER = "kiwipiepy"


class CheckRulesDataset(AbstractDataset[NoReturn, str]):
    """A dataset that provides a hash of everything that findings depend on, except the words.

    The hash covers the morphological analyzer's version and all modules and data files in the package's ``folders``.
    """

    def __init__(self, *, folders: list[str], metadata: dict[str, Any] | None = None) -> None:
        self._folders = texts("folders", folders)
        self.metadata = metadata

    def load(self) -> str:
        """Return the hash."""
        return code_version(self._folders, _ANALYZER)

    def save(self, data: NoReturn) -> NoReturn:
        """Raise DatasetError because the version is computed and never saved."""
        raise DatasetError("The version of the checks cannot be saved because it is computed from the project's code.")

    def _describe(self) -> dict[str, Any]:
        return {"folders": self._folders}


@cache
def package_version() -> str:
    """Return the version of all code of the package, and of the libraries that parse replies and build layers."""
    return code_version(("",), "polars", "pydantic", _ANALYZER, f"{_ANALYZER}_model")


def code_version(folders: Iterable[str], *libraries: str) -> str:
    """Return a hash of all modules and data files in these folders of the package, and of the libraries' versions."""
    digest = hashlib.blake2b("\n".join(map(_library_version, libraries)).encode(), digest_size=16)
    for folder in folders:
        for file in sorted((_PACKAGE / folder).rglob("*")):
            if file.is_file() and file.suffix != ".pyc" and file.parent.name != "__pycache__":
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _library_version(name: str) -> str:
    """Return the library's name and version without importing it.

    Returns "" if the library is not installed. Without the analyzer, some checks are skipped.
    """
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return ""
