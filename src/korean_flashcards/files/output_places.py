"""Check in advance that files can be written, so that a run does not pay for results that it could not save."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from korean_flashcards.files.file_problems import write_advice, write_problem

# The layers of a long list need more. With less, the first layers could not be saved.
LEAST_BYTES = 4 * 2**20


def unwritable(files: Iterable[Path]) -> str | None:
    """Return why the first of these files could not be written and what to do, or None. Takes about 1 ms per folder."""
    folders = set[Path]()
    for file in files:
        try:
            if file.is_dir():
                return _problem(file, IsADirectoryError(errno.EISDIR, ""))
        except PermissionError as error:  # of a folder above it
            return _problem(file.parent, error)
        folders.add(file.parent)
    for folder in sorted(folders):
        try:
            _try(_existing(folder))
        except OSError as error:
            return _problem(folder, error)
    return None


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest folder above it, in which a run would create it."""
    return next(place for place in (folder, *folder.parents) if place.exists() or place.is_symlink())


def _try(folder: Path) -> None:
    """Create and delete a file. Raises OSError if that is not possible, or if the disk is almost full."""
    probe = folder / f".probe.{secrets.token_hex(4)}"
    os.close(os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    probe.unlink()
    if shutil.disk_usage(folder).free < LEAST_BYTES:
        raise OSError(errno.ENOSPC, "")


def _problem(path: Path, error: OSError) -> str:
    return f"{write_problem(path, error)} {write_advice(path, error)}"
