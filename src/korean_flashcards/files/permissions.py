"""Find the folder or file that a user may not use, and explain how to allow it."""

import os
from pathlib import Path

from korean_flashcards.files.disk import permitted


def permission_problem(path: Path, needed: int = os.R_OK) -> str | None:
    """Return which folder or file in the path this user may not use, and the command that allows it, or None.

    Args:
        path: The file or folder.
        needed: What the user wants to do: ``os.R_OK``, ``os.W_OK``, or both.
    """
    found = _closed_place(path, needed)
    return _sentences(*found) if found else None


def permitting_command(path: Path) -> str | None:
    """Return the command that allows this user to write to the path, if a folder or file in the path is closed."""
    found = _closed_place(path, os.R_OK | os.W_OK)
    return f"`chmod {found[2]} {found[1]}`" if found else None


def forbidden(path: Path) -> str:
    """Explain which part of the path a user must be allowed to use, after the system denied access to the path."""
    both = os.R_OK | os.W_OK
    found = permission_problem(path, both) or permission_problem(path.parent, both)
    return (
        found
        or f"You do not have permission to use {path}. Ask its owner, or copy the project to a folder of your own."
    )


def _closed_place(path: Path, needed: int) -> tuple[str, Path, str] | None:
    """Return the first folder or file in the path that this user may not use: its kind, its path, and the needed mode."""
    for place in (*reversed(path.parents), path):
        if not _exists(place):
            return None
        # A folder above must only let the user pass.
        modes = needed if place == path else 0
        if place.is_dir() and not permitted(place, modes | os.X_OK):
            return "folder", place, "u+rwx"
        if place.is_file() and not permitted(place, modes):
            return "file", place, "u+rw"
    return None


def _exists(place: Path) -> bool:
    try:
        return place.exists()
    except PermissionError:
        return False


def _sentences(kind: str, place: Path, mode: str) -> str:
    return (
        f"You do not have permission to use the {kind} {place}. Allow yourself to use it, for example with "
        f"`chmod {mode} {place}`. Then run the same command again."
    )
