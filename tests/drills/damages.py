"""Damage a file of a project in the ways that disks, editors, and people do."""

import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import polars as pl

DAMAGES = ("flip bytes", "truncate", "empty", "replace", "text", "remove", "unmount", "read-only")
FLIPPED = 50  # bytes
TEXT = "<html><body>404 페이지를 찾을 수 없습니다</body></html>\n" * 3


class NotPossibleError(Exception):
    """This damage cannot be done here. The message is the reason."""


def damage(file: Path, kind: str, seed: int = 0) -> Callable[[], None]:
    """Damage a file, and return a function that undoes what no command can undo: an unmounted or read-only disk.

    ``seed`` determines which bytes are flipped.
    """
    if file.suffix in (".md", ".j2") and kind in ("truncate", "text"):
        raise NotPossibleError("any text is valid here, like an edit")
    if kind == "unmount":
        return _unmount(file)
    if kind == "read-only":
        return _protect(file.parent)
    if kind == "remove":
        file.unlink()
    elif kind == "replace":
        _replace(file)
    else:
        data = file.read_bytes()
        changed = {"truncate": data[: len(data) // 2], "empty": b"", "text": TEXT.encode()}
        file.write_bytes(changed[kind] if kind in changed else _flipped(data, seed))
    return lambda: None


def _flipped(data: bytes, seed: int) -> bytes:
    """Return the data with inverted bytes at random places."""
    changed = bytearray(data)
    for place in random.Random(seed).sample(range(len(data)), min(FLIPPED, len(data))):
        changed[place] ^= 0xFF
    return bytes(changed)


def _replace(file: Path) -> None:
    """Replace the file with a valid file of the same format that contains something else."""
    if file.suffix == ".db":
        file.unlink()
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript("CREATE TABLE songs (title TEXT); INSERT INTO songs VALUES ('아리랑');")
    elif file.suffix == ".parquet":
        pl.DataFrame({"title": ["아리랑"], "year": [1926]}).write_parquet(file)
    elif file.suffix in (".yml", ".yaml"):
        file.write_text("songs:\n- 아리랑\n", encoding="utf-8")
    elif file.suffix == ".json":
        file.write_text('{"songs": ["아리랑"]}', encoding="utf-8")
    elif file.suffix == ".apkg":
        shutil.make_archive(str(file.with_suffix("")), "zip", file.parent, "manifest.json")
        file.with_suffix(".zip").replace(file)
    else:
        raise NotPossibleError("any text is a valid file of this format")


def _unmount(file: Path) -> Callable[[], None]:
    """Replace the file with a link to a disk that is not mounted. The returned function mounts the disk."""
    content = file.read_bytes()
    file.unlink()
    target = _disk_of(file) / file.name
    file.symlink_to(target)

    def mount() -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    return mount


def _disk_of(file: Path) -> Path:
    """Return a folder that does not exist, and that is outside the project."""
    project = next(parent for parent in file.parents if (parent / "pyproject.toml").exists())
    return project.with_name(f"{project.name}-disk")


def _protect(folder: Path) -> Callable[[], None]:
    """Make a folder read-only with a mount, because the root user ignores file modes."""
    for options in (["--bind"], ["-o", "remount,bind,ro"]):
        command = ["mount", *options, str(folder), str(folder)]
        try:
            ended = subprocess.run(command, capture_output=True, timeout=30)
        except OSError as error:
            raise NotPossibleError("there is no mount command") from error
        if ended.returncode:
            raise NotPossibleError("mounting needs the root user")

    def unprotect() -> None:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, timeout=30)

    return unprotect
