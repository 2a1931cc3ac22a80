"""Recognize links whose target does not exist, for example because a disk is not mounted."""

from pathlib import Path


def dangling_link(path: Path) -> Path | None:
    """Return the link in the path that leads nowhere, or None if there is no such link."""
    whole = path.absolute()
    return next((part for part in (whole, *whole.parents) if _dangles(part)), None)


def real_path(path: Path) -> Path:
    """Return the path without links, or, if a link in it leads nowhere, the unchanged path.

    A file must not be created at the target of such a link: the file would be hidden when the disk is mounted.
    """
    return path.absolute() if dangling_link(path) else path.resolve()


def link_target(link: Path) -> Path:
    """Return the path that a dangling link leads to."""
    return link.resolve()


def _dangles(path: Path) -> bool:
    try:
        return path.is_symlink() and not path.exists()
    except OSError:
        return False  # The folder cannot be read, so nothing is known about the link.
