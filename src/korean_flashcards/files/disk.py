"""Explain why a file cannot be written: the disk is full, the folder is read-only, or the file is in use."""

from collections.abc import Iterator
from contextlib import contextmanager

ADVICE = (
    "Free disk space, make the folder writable, or close any program using the file. Then run the same command again."
)


def disk_message(failed: str, cause: object, safe: str) -> str:
    """Return a message that says what failed and why, what is safe (in full sentences), and what to do next."""
    return f"{failed}: {cause}. {safe} {ADVICE}"


@contextmanager
def explaining_disk(error_class: type[Exception], failed: str, safe: str) -> Iterator[None]:
    """Raise ``error_class`` with a ``disk_message`` when an OSError occurs in the block."""
    try:
        yield
    except OSError as error:
        raise error_class(disk_message(failed, error, safe)) from error
