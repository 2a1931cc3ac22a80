"""Replace several files together: either all of them get their new content, or all of them keep the previous one."""

import errno
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def replace_together(new_files: Mapping[Path, Path]) -> None:
    """Replace each target (a key) with its new file (the value). If one cannot be replaced, put the previous ones back.

    The new files stay where they are, so that a replacement that was interrupted by a power failure can be repeated.

    Raises:
        OSError: A file cannot be replaced. ``filename`` is that file.
    """
    replaced: list[tuple[Path, Path | None]] = []
    try:
        for target, new in new_files.items():
            if target.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
            _replace(target, new, replaced)
    except BaseException:
        for target, previous in reversed(replaced):
            with suppress(OSError):
                _put_back(target, previous)
        raise


def _replace(target: Path, new: Path, replaced: list[tuple[Path, Path | None]]) -> None:
    try:
        previous = _copy(target, new.with_name(f"{new.name}.previous")) if target.exists() else None
        following = _copy(new, new.with_name(f"{new.name}.next"))
        replaced.append((target, previous))
        following.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error


def _put_back(target: Path, previous: Path | None) -> None:
    if previous is not None:
        previous.replace(target)
    elif not target.is_dir():
        target.unlink(missing_ok=True)


def _copy(file: Path, copy: Path) -> Path:
    """Return ``copy``, a hard link to the file or, on disks without hard links, a copy of it."""
    copy.unlink(missing_ok=True)
    try:
        copy.hardlink_to(file)
    except OSError:
        shutil.copy2(file, copy)
    return copy
