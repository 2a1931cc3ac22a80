"""Explain why a file of a run cannot be written: what, where, why, which data is safe, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kedro.io.core import DatasetError

from korean_flashcards.files.file_problems import write_advice, write_problem

_SAFE = "The previous file is unchanged, and replies that you paid for are in the cache."


@contextmanager
def explaining_write(path: Path) -> Iterator[None]:
    """Raise DatasetError with one explanation if an OSError occurs while ``path`` is written."""
    try:
        yield
    except OSError as error:
        raise DatasetError(
            f"{write_problem(path, error)} {_SAFE} {write_advice(path, error)}. Then run the same command again."
        ) from error
