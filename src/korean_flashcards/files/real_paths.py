"""Find out whether a path is really inside a folder, and not reached through a link."""

import os
import stat
from collections.abc import Callable
from pathlib import Path


def is_real_file(path: Path, root: Path) -> bool:
    """Return whether the path is a file in the folder ``root``. Below ``root``, no part of the path may be a link."""
    return _is_unlinked(path, root) and _mode(path, stat.S_ISREG)


def is_real_folder(path: Path, root: Path) -> bool:
    """Return whether the path is a folder in the folder ``root``. Below ``root``, no part of the path may be a link."""
    return _is_unlinked(path, root) and _mode(path, stat.S_ISDIR)


def _is_unlinked(path: Path, root: Path) -> bool:
    # The folder ``root`` itself can be a link, because people keep their data on other disks.
    return path.is_relative_to(root) and os.path.realpath(path) == str(
        Path(os.path.realpath(root), path.relative_to(root))
    )


def _mode(path: Path, is_kind: Callable[[int], bool]) -> bool:
    try:
        return is_kind(path.lstat().st_mode)
    except OSError:
        return False
