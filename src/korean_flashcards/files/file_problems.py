"""Explain in plain words why a file cannot be read or written, without the system's or a library's own words."""

import errno
from pathlib import Path

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your disk quota is used up",
    errno.EACCES: "you do not have permission",
    errno.EPERM: "you do not have permission",
    errno.EROFS: "the disk is read-only",
    errno.EISDIR: "it is a folder, not a file",
    errno.ENOTDIR: "a folder in its path is a file",
    errno.EIO: "the disk reports an error",
    errno.ENOENT: "it does not exist",
}


def shown_path(path: Path) -> str:
    """Return the path relative to the working directory, or unchanged if it is outside that directory."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def os_reason(error: OSError) -> str:
    """Return why the system refused an operation, as the end of a sentence."""
    return _REASONS.get(error.errno or 0) or (error.strerror or "the system gives no reason").lower()


def missing_target(path: Path) -> str | None:
    """Return what is wrong if the path, or a folder in it, is a link to something that does not exist."""
    for place in (path, *path.parents):
        if place.is_symlink() and not place.exists():
            return f"{shown_path(place)} is a link to {place.readlink()}, which does not exist"
    return None
