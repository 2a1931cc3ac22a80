"""Write files atomically: write a temporary file next to the target, then replace the target in one step."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yield a temporary path in the target's folder.

    On success, the temporary file replaces the target. On an error, the temporary file is deleted.
    The content is flushed to disk before the replacement, so a power failure leaves either the old file or the new one.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = _created_beside(target)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _created_beside(target: Path) -> Path:
    """Create an empty hidden file with an unused name. As usual, the umask determines the file's mode."""
    while True:
        path = target.with_name(f".{target.name}.{secrets.token_hex(4)}{target.suffix}")
        try:
            # os.open applies the umask. Files from the tempfile module are private, and widening their mode requires
            # knowing the umask, which a process can read only by changing it for all of its threads.
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError:
            continue
        return path
