"""Explain in plain words why a file cannot be read or written, without the system's or a library's own words."""

import errno
from pathlib import Path

from korean_flashcards.files.dangling_links import dangling_link
from korean_flashcards.files.permissions import permitting_command

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

_ADVICE = {
    errno.ENOSPC: "Free disk space",
    errno.EDQUOT: "Free disk space",
    errno.EROFS: "Make the disk writable",
    errno.EIO: "Check the disk",
}


def shown_path(path: Path) -> str:
    """Return the path relative to the working directory, or unchanged if it is outside that directory."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def os_reason(error: OSError) -> str:
    """Return why the system refused an operation, as the end of a sentence."""
    return _REASONS.get(error.errno or 0) or (error.strerror or "the system gives no reason").lower()


def missing_target(path: Path) -> str | None:
    """Return what is wrong if the path, or a folder in it, is a link to something that does not exist."""
    link = dangling_link(path)
    return f"{shown_path(link)} is a link to {link.readlink()}, which does not exist" if link else None


def write_problem(path: Path, error: OSError) -> str:
    """Return which file or folder cannot be written, and why, as one sentence with its full stop."""
    reason = missing_target(path) or _blocked(path, error) or os_reason(error)
    return f"{shown_path(path)} cannot be written: {reason}."


def write_advice(path: Path, error: OSError) -> str:
    """Return what to do about a file or folder that cannot be written, without a full stop."""
    if missing_target(path):
        return "Mount the disk, or remove the link"
    if _blocked(path, error):
        return "Move it away"
    command = permitting_command(path.absolute()) if isinstance(error, PermissionError) else None
    default = (
        f"Allow access to it, for example with {command}" if command else "Allow access to the file and its folder"
    )
    return _ADVICE.get(error.errno or 0, default)


def _blocked(path: Path, error: OSError) -> str | None:
    """Return what is in the way if the file is a folder, or if a folder in its path is a file."""
    places = (path, *path.parents) if error.errno == errno.ENOTDIR else path.parents
    try:
        if path.is_dir() and path.suffix:
            return "it is a folder, not a file"
        file = next((place for place in places if place.is_file()), None)
    except PermissionError:
        return None  # A folder above it cannot be read, so nothing is known about what is in the way.
    return f"{shown_path(file)} is a file, not a folder" if file else None
