"""Measure the disk space that each kind of a project's files takes."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_HISTORY = ".history"
_PREVIOUS = "previous"


@dataclass(frozen=True)
class DiskPlace:
    """The files of one kind: what they are, where most of them are, and their number and bytes."""

    name: str
    where: Path
    files: int
    bytes: int


def disk_places(project: Path, data: Path, cache: Path, ledger: Path) -> list[DiskPlace]:
    """Return the space of each kind of files. A file with several names (hard links) counts once.

    Args:
        project: The project's folder.
        data: The data folder.
        cache: The folder with the paid replies.
        ledger: The ledger's file.
    """
    output = data / "07_model_output"
    exports, reports = output / "exports", data / "08_reporting"
    backups = ledger.parent / "backups"
    seen = set[tuple[int, int]]()
    places = [
        ("paid replies", cache, _files(cache)),
        ("ledger", ledger, (path for path in _siblings(ledger) if path.is_file())),
        ("backups of the ledger", backups, _files(backups)),
        ("word lists and media", data / "01_raw", _files(data / "01_raw")),
        ("earlier exports", exports, (path for path in _files(exports) if is_earlier(path, exports))),
        ("exports", output, _files(output, ".parquet", ".pkl")),
        ("Data Docs", reports / "data_docs", _files(reports / "data_docs")),
        ("reports", reports, _files(reports)),
        ("layers", data, _files(data)),
        ("logs", project / "logs", log_files(project)),
    ]
    return [_measured(name, where, files, seen) for name, where, files in places]


def is_earlier(path: Path, exports: Path) -> bool:
    """Return whether a file in the folder of exports belongs to an export that a newer one has replaced."""
    parts = path.relative_to(exports).parts
    return parts[0] == _HISTORY or (len(parts) > 2 and parts[1] == _PREVIOUS)


def log_files(project: Path) -> Iterator[Path]:
    """Yield the project's log files, which a logging configuration of the user writes."""
    yield from project.glob("*.log")
    yield from (path for path in _files(project / "logs") if path.name != ".gitkeep")


def _siblings(ledger: Path) -> Iterator[Path]:
    return ledger.parent.glob(f"{ledger.name}*")


def _files(folder: Path, *without: str) -> Iterator[Path]:
    """Yield the files in a folder and its subfolders. Links are not followed, and unreadable folders are skipped."""
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names if not name.endswith(without))


def _measured(name: str, where: Path, files: Iterable[Path], seen: set[tuple[int, int]]) -> DiskPlace:
    count = size = 0
    for path in files:
        try:
            found = path.lstat()
        except OSError:
            continue  # deleted in the meantime
        if (key := (found.st_dev, found.st_ino)) not in seen:
            seen.add(key)
            count, size = count + 1, size + found.st_size
    return DiskPlace(name, where, count, size)
