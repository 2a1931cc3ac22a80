"""Explain why a file cannot be written (for example, because the disk is full), and flush folders to disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ADVICE = (
    "Free disk space, make the folder writable, or close any program using the file. Then run the same command again."
)


def disk_message(failed: str, cause: object, safe: str) -> str:
    """Return a message that explains what failed and why, what is safe, and what to do next.

    ``safe`` consists of full sentences.
    """
    return f"{failed}: {cause}. {safe} {ADVICE}"


@contextmanager
def explaining_disk(error_class: type[Exception], failed: str, safe: str) -> Iterator[None]:
    """Raise ``error_class`` with a ``disk_message`` if an OSError occurs in the block."""
    try:
        yield
    except OSError as error:
        raise error_class(disk_message(failed, error, safe)) from error


def permitted(path: Path, mode: int) -> bool:
    """Return whether this process's user may use the file or folder in this way: ``os.R_OK`` or ``os.W_OK``."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def sync_folder(folder: Path) -> None:
    """Flush the folder to disk so that a rename survives a power outage.

    Does nothing on Windows, which neither supports nor needs this call.
    """
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
