"""Find the ledger's backup files, and tell when they were made."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

STAMP = "%Y%m%dT%H%M%S%fZ"


def listing(path: Path) -> list[Path]:
    """Return the ledger's finished backup files, newest first.

    A backup dated in the future was made while the clock was wrong, so it counts as older than all others.
    """
    # The folder may also contain backups of a different ledger, such as ledger-old.db next to ledger.db.
    named = re.compile(re.escape(path.stem) + r"-\d{8}T\d{12}Z\.db\.gz")
    folder = folder_of(path)
    found = [file for file in folder.iterdir() if named.fullmatch(file.name)] if folder.is_dir() else []
    return sorted(found, key=lambda file: (not in_future(file), file.name), reverse=True)


def made_at(backup: Path) -> str:
    """Return the time when the backup was made (UTC, ISO 8601).

    The time comes from the file name, or from the file's modification time if the name does not contain a time.
    """
    stamp = backup.name.removesuffix(".db.gz").rpartition("-")[2]
    try:
        made = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        made = datetime.fromtimestamp(backup.stat().st_mtime, UTC)
    return made.strftime("%Y-%m-%dT%H:%M:%SZ")


def in_future(backup: Path) -> bool:
    """Return whether the backup is dated more than a day in the future, a sign that the clock was wrong."""
    return made_at(backup) > (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def folder_of(path: Path) -> Path:
    """Return the folder that contains the ledger's backups."""
    return path.parent / "backups"
