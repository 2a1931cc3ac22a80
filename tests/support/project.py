"""A copy of the project in a separate folder, and the commands that a user runs there."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl
from pathspec import GitIgnoreSpec

from support import prepared_python

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "src/korean_flashcards"

Running = subprocess.Popen[str] | prepared_python.CopiedProcess


@cache
def project_files() -> list[str]:
    """Return the paths, relative to ROOT, of all files that .gitignore does not exclude.

    This works without git, so the tests can also run in an unpacked archive of the project.
    """
    rules = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    ignored = GitIgnoreSpec.from_lines(rules)
    # In the other ignored folders, a rule with "!" may include files again.
    skipped = GitIgnoreSpec.from_lines([".git", *(rule for rule in rules if rule.endswith("/") and rule[0] != "!")])
    found = []
    for folder, subfolders, files in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        subfolders[:] = [name for name in subfolders if not skipped.match_file(f"{(here / name).as_posix()}/")]
        names = [(here / name).as_posix() for name in files if name != ".git"]
        found += [name for name in names if not ignored.match_file(name)]
    return sorted(found)


def unwrapped(text: str) -> str:
    """Return the text as one line, so that a search also finds sentences that wrap across lines."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Result:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """A project folder with all files that git tracks or would add."""

    folder: Path

    @classmethod
    def copy_to(cls, folder: Path) -> "Project":
        """Copy the files that a clone of the working tree would contain, except the tests.

        The package is a symbolic link if the system allows it, which saves copying files and compiling bytecode.
        """
        linked = _link(ROOT / PACKAGE, folder / PACKAGE)
        for name in project_files():
            if not name.startswith(("tests/", f"{PACKAGE}/" if linked else "tests/")):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        return cls(folder)

    def copied_to(self, folder: Path) -> "Project":
        """Copy the project in its current state. The package remains a link."""
        return Project(shutil.copytree(self.folder, folder, symlinks=True))

    def kedro(self, *args: str, timeout: float = 300, **environment: str) -> Result:
        """Run ``kedro ARGS`` and wait for the result."""
        process = self.start(*args, **environment)
        out, err = process.communicate(timeout=timeout)
        return Result(process.returncode, out, err)

    def start(self, *args: str, **environment: str) -> Running:
        """Start ``kedro ARGS`` in the background."""
        variables = {**os.environ, "PYTHONUTF8": "1", **environment}
        if prepared_python.can_copy(self.folder, variables):
            return prepared_python.start(args, self.folder, variables)
        return subprocess.Popen(
            [sys.executable, "-m", "kedro", *args], cwd=self.folder, env=variables, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def frame(self, name: str) -> pl.DataFrame:
        """Read a layer."""
        (path,) = self.folder.glob(f"data/0*/{name}.parquet")
        return pl.read_parquet(path)

    def ledger(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Query the ledger directly in SQL."""
        with closing(sqlite3.connect(self.folder / "data" / "ledger.db")) as connection:
            return connection.execute(query, values).fetchall()

    def word_list(self, text: str, name: str = "list.csv") -> Path:
        """Write a word list in the project folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def only_list(self, text: str, name: str = "list.csv") -> Path:
        """Write a word list to data/01_raw, in place of the sample list."""
        (self.folder / "data/01_raw/sample_words.csv").unlink(missing_ok=True)
        return self.word_list(text, f"data/01_raw/{name}")

    def outputs(self) -> set[str]:
        """Return the files that runs have written, except the cache and the ledger."""
        made = (self.folder / "data").rglob("*")
        return {
            str(file.relative_to(self.folder / "data"))
            for file in made
            if file.is_file() and file.name != ".gitkeep" and "ledger.db" not in file.name
            and not {"cache", "01_raw", ".runs", "backups"} & set(file.parts)
        }  # fmt: skip


def _link(target: Path, link: Path) -> bool:
    """Create a symbolic link to a folder, and return whether the system allows it."""
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        link.symlink_to(target, target_is_directory=True)
    except OSError:
        return False
    return True


def kill(process: Running) -> None:
    """Kill a process without giving it time to clean up."""
    process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    process.communicate()
