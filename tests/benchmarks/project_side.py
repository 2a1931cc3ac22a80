"""A version of the project, with folders in which its commands are measured."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measured_command import Measured, measured, measured_on_terminal
from support.project import ROOT, Project

# `kedro run` exits with this code if words stay without cards, which is usual in a list of 10,000 words.
_INCOMPLETE = 2
_DATA_FOLDERS = sorted(folder.name for folder in (ROOT / "data").glob("0*"))


@dataclass(frozen=True)
class Side:
    """A version of the project. ``folder`` is a complete project, and ``name`` is a table heading."""

    name: str
    folder: Path

    def kedro(self, *arguments: str) -> Measured:
        """Measure ``kedro ARGUMENTS``. An error ends the benchmark."""
        return _checked(measured(_command(arguments), self.folder, self._environment()))

    def kedro_on_terminal(self, *arguments: str) -> Measured:
        """Measure ``kedro ARGUMENTS`` in a terminal. An error ends the benchmark."""
        return _checked(measured_on_terminal(_command(arguments), self.folder, self._environment()))

    def clear(self, words: bytes) -> None:
        """Delete all data, and write a word list."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        for folder in _DATA_FOLDERS:
            (self.folder / "data" / folder).mkdir(parents=True)
        (self.folder / "data" / "01_raw" / "words.csv").write_bytes(words)

    @contextmanager
    def other_data(self, words: bytes) -> Iterator[None]:
        """Start without data and with this word list for a ``with`` block."""
        data, kept = self.folder / "data", self.folder / "kept_data"
        data.rename(kept)
        try:
            self.clear(words)
            yield
        finally:
            shutil.rmtree(data)
            kept.rename(data)

    @contextmanager
    def changed_prompt(self, sentence: str) -> Iterator[None]:
        """Add a sentence to the prompt for analyses for a ``with`` block."""
        prompt = self.folder / "conf" / "base" / "prompts" / "nuance.md"
        before = prompt.read_bytes()
        prompt.write_bytes(before.rstrip() + f"\n{sentence}\n".encode())
        try:
            yield
        finally:
            prompt.write_bytes(before)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(self.folder / "src"),
            "PYTHONUTF8": "1",
            "KEDRO_DISABLE_TELEMETRY": "1",
        }


@contextmanager
def older_version(commit: str, folder: Path) -> Iterator[Path]:
    """Check out a commit as a git worktree for a ``with`` block."""
    subprocess.run(["git", "worktree", "add", "-q", "--detach", folder, commit], cwd=ROOT, check=True)
    try:
        yield folder
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", folder], cwd=ROOT, check=True)


def this_version(folder: Path) -> Path:
    """Copy the project to a folder, with all changes that are not committed yet."""
    return Project.copy_to(folder).folder


def _command(arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "kedro", *arguments]


def _checked(result: Measured) -> Measured:
    if result.code not in (0, _INCOMPLETE):
        raise SystemExit(f"A command ended with exit code {result.code}:\n{result.output}")
    return result
