"""Read the bytes of a file that a run writes, and name the command that creates it if it cannot be read."""

from pathlib import Path

from kedro.io.core import DatasetError

from korean_flashcards.datasets.layer_check import rebuilding
from korean_flashcards.files.file_problems import missing_target, os_reason, shown_path


def read_bytes(path: Path, name: str) -> bytes:
    """Return the file's contents. ``name`` is the layer's name.

    Raises:
        DatasetError: The file does not exist or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        if link := missing_target(path):
            raise DatasetError(f"{link}. Mount the disk, or remove the link. {rebuilding(name)}") from error
        raise DatasetError(
            f"{path.name} does not exist yet. Run `kedro run` first. "
            "Replies that you have already paid for are reused from the cache."
        ) from error
    except IsADirectoryError as error:
        raise DatasetError(
            f"{shown_path(path)} is a folder, not a file. Move the folder away. {rebuilding(name)}"
        ) from error
    except OSError as error:
        raise DatasetError(f"{shown_path(path)} cannot be read: {os_reason(error)}. {_SAFE}") from error


_SAFE = "Replies that you paid for are safe in the cache. Correct the cause, then run the same command again."
