"""Delete the temporary files that killed processes left behind."""

import re
from contextlib import suppress
from pathlib import Path

# The name that ``atomic_path`` gives to the temporary file for korean.apkg: .korean.apkg.1a2b3c4d.apkg
_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}(\.[^.]+)?")


def clear_temporary(folder: Path) -> int:
    """Delete the temporary files of ``atomic_path`` in the folder and its subfolders. Return the number of files.

    The caller must make sure that no other process is writing files there.
    """
    cleared = 0
    for file in temporary_files(folder):
        with suppress(OSError):
            file.unlink()
            cleared += 1
    return cleared


def temporary_files(folder: Path) -> list[Path]:
    """Return the temporary files of ``atomic_path`` in the folder and its subfolders."""
    return [file for file in folder.rglob(".*") if _TEMPORARY.fullmatch(file.name) and file.is_file()]
