"""Read a text file from the conf folder, such as a prompt or a template."""

from pathlib import Path

from kedro.io.core import DatasetError

from korean_flashcards.files.file_problems import missing_target, os_reason, shown_path


def read_settings(path: Path, encoding: str = "utf-8") -> str:
    """Return the file's text.

    Raises:
        DatasetError: The file cannot be read or is not UTF-8 text.
    """
    try:
        return path.read_text(encoding=encoding)
    except UnicodeDecodeError as error:
        raise DatasetError(f"{shown_path(path)} is not UTF-8 text. Save it as UTF-8. {_AGAIN}") from error
    except OSError as error:
        reason = missing_target(path) or os_reason(error)
        raise DatasetError(f"{shown_path(path)} cannot be read: {reason}. Restore the file. {_AGAIN}") from error


_AGAIN = "Then run the same command again."
