"""Find the prompt files: ``conf/<env>/prompts/STAGE.md``, and drafts of them, such as ``nuance.short.md``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from korean_flashcards.files.file_problems import shown_path

FOLDER = "prompts"
BASE = "base"  # the folder whose prompts every environment uses, unless it has its own
_WITHOUT_DRAFTS = ("preference",)  # the prompt lab uses it, and no stage of a run
_SUFFIXES = (".md", ".markdown", ".txt", ".yml", ".yaml")  # other files in the folder are not meant as prompts


@dataclass(frozen=True)
class PromptFiles:
    """The prompt files of an environment.

    Args:
        base: The folder conf/base.
        own: The environment's folder, whose files take precedence; None if the environment is base.
        names: The names of the files that the catalog uses, such as nuance.md.
    """

    base: Path
    own: Path | None
    names: frozenset[str] = frozenset()

    @property
    def folders(self) -> list[Path]:
        """Return the folders with prompts, the one that takes precedence first."""
        return [each / FOLDER for each in (self.own, self.base) if each is not None]

    def used_by(self, catalog: Mapping[str, Any]) -> "PromptFiles":
        """Return these files with the names that the catalog's entries use."""
        return PromptFiles(self.base, self.own, frozenset(Path(path).name for _, path in self._entries(catalog)))

    def in_environment(self, catalog: Mapping[str, Any]) -> dict[str, Any]:
        """Return the catalog, in which entries for files in conf/base/prompts name the environment's files if they exist."""
        changed = {
            name: {**catalog[name], "filepath": own.as_posix()}
            for name, path in self._entries(catalog)
            if (own := self._own(Path(path).name)) is not None
        }
        return {**catalog, **changed}

    def find(self, name: str) -> Path | None:
        """Return the file with this name, such as nuance.short.md, from the environment, otherwise from conf/base."""
        return next((path for folder in self.folders if (path := folder / name).is_file()), None)

    def drafts(self) -> dict[str, Path]:
        """Return the drafts by reference, such as ``nuance.short``, in order of their references."""
        found: dict[str, Path] = {}
        for folder in reversed(self.folders):
            found |= {path.stem: path for path in _files(folder) if self._is_draft(path)}
        return dict(sorted(found.items()))

    def unused(self) -> str | None:
        """Return what is wrong with the first file in the environment's folder that nothing uses, or None."""
        for path in _files(self.own / FOLDER) if self.own else ():
            if path.name not in self.names and not self._is_draft(path):
                near = get_close_matches(path.name, self.names, n=1)
                meant = f"Did you mean {near[0]}?" if near else f"The prompts are {', '.join(sorted(self.names))}."
                return (
                    f"{shown_path(path)} is not used, because no prompt has this name. {meant} Rename the file, or move it "
                    "away. A draft has the name of its prompt first, as in nuance.short.md"
                )
        return None

    def _own(self, name: str) -> Path | None:
        """Return the environment's file with this name. A dangling link counts, so that it is reported when it is read."""
        path = self.own / FOLDER / name if self.own else None
        return path if path is not None and (path.exists() or path.is_symlink()) else None

    def _entries(self, catalog: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield the entries for files in conf/base/prompts, with their paths."""
        for name, entry in catalog.items():
            path = entry.get("filepath") if isinstance(entry, dict) else None
            if isinstance(path, str) and Path(path).parent.parts[-2:] == (self.base.name, FOLDER):
                yield name, path

    def _is_draft(self, path: Path) -> bool:
        stage, dot, name = path.stem.partition(".")
        return (
            path.suffix == ".md" and bool(dot and name) and f"{stage}.md" in self.names and stage not in _WITHOUT_DRAFTS
        )


def _files(folder: Path) -> Iterable[Path]:
    """Return the visible files in the folder that may be meant as prompts, or nothing if there is no such folder."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in _SUFFIXES and not path.name.startswith(".") and not path.is_dir()
    )


def own_prompt(file: Path | None) -> str | None:
    """Return the file's path for a message, or None if it is not a prompt file of an environment.

    The prompts in conf/base are the usual ones, so nobody has to be told about them.
    """
    if file is None or file.parent.name != FOLDER or file.parent.parent.name == BASE:
        return None
    return shown_path(file)
