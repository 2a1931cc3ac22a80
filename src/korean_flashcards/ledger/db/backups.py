"""Make compressed, checksummed backups of the ledger, even while it is in use, and delete old ones."""

import gzip
import hashlib
import os
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.files.disk import explaining_disk, sync_folder
from korean_flashcards.files.read_only_sqlite import scratch_folder
from korean_flashcards.ledger.db.backup_files import STAMP, folder_of, listing
from korean_flashcards.ledger.db.problems import damaged_error
from korean_flashcards.ledger.db.sqlite import read_only

_UNFINISHED = ".making-"
_SPARE = 2**16  # bytes of disk space for the checksum file and the folders


def make(path: Path, keep: int | None) -> Path:
    """Back up the ledger, even while it is in use, and return the backup file.

    The checksum is written next to the backup, to ``<file>.sha256``.

    Args:
        path: The ledger file.
        keep: Number of backups to keep; older backups are deleted. None keeps all backups.

    Raises:
        LedgerDamagedError: The ledger is corrupted. A backup of a corrupted ledger could displace good backups.
        LedgerError: There is no ledger, or the backup cannot be written.
    """
    if not path.exists():
        raise LedgerError(f"There is no ledger at {path} to back up. `kedro run` creates one.")
    folder = folder_of(path)
    failed, safe = f"The backup cannot be written to {folder}", "The ledger and the older backups are unchanged."
    with explaining_disk(LedgerError, failed, safe):
        folder.mkdir(parents=True, exist_ok=True)
        # Only one backup runs at a time, so any unfinished backup in the folder is from a killed process.
        with FileLock(folder / ".lock"):
            _clear(path, folder)
            target = _free_name(path, folder)
            with _workspace(path, folder) as work, _unfinished(folder) as unfinished:
                packed = _pack(_copy(path, work), work / target.name)
                needed, free = packed.stat().st_size + _SPARE, shutil.disk_usage(folder).free
                if work.stat().st_dev != folder.stat().st_dev and free < needed:
                    raise LedgerError(_full(failed, needed, free, folder))
                _write(checksum_file(target), f"{sha256(packed)}  {target.name}\n")
                _moved(packed, unfinished).replace(target)
                sync_folder(folder)
            if keep is not None:
                _rotate(path, max(keep, 1))
    return target


def problem(backup: Path) -> str | None:
    """Return why the backup cannot be trusted, or None if its checksum is correct."""
    noted = checksum_file(backup)
    if not noted.exists():
        return f"its checksum file {noted.name} is missing (if you trust the backup, create the file with `sha256sum`)"
    try:
        if noted.read_text(encoding="utf-8", errors="replace").split()[:1] != [sha256(backup)]:
            return f"its checksum differs from the one in {noted.name}"
    except OSError as error:
        return f"it cannot be read: {error}"
    return None


def unpack(backup: Path, target: Path) -> None:
    """Write the database in ``backup`` to ``target``. Raises LedgerError if the backup is corrupted."""
    try:
        with gzip.open(backup, "rb") as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 1024 * 1024)
            plain.flush()
            os.fsync(plain.fileno())
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise LedgerError(
            f"The backup {backup} cannot be unpacked ({error}). Nothing was changed. Restore an older backup."
        ) from error


def checksum_file(backup: Path) -> Path:
    """Return the path of the checksum file, which contains the backup's SHA-256 hash in ``sha256sum`` format."""
    return backup.with_name(backup.name + ".sha256")


def sha256(file: Path) -> str:
    """Return the SHA-256 hash of the file's contents, in hex."""
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


@contextmanager
def _workspace(path: Path, folder: Path) -> Iterator[Path]:
    """Yield a folder with space for the backup, which is a copy of the ledger until it is compressed.

    If the disk of the backups is nearly full, the folder is on a different disk or in memory. Only the compressed backup
    must then fit on the disk.
    """
    needed = 3 * path.stat().st_size // 2
    roomy = shutil.disk_usage(folder).free >= needed
    with _unfinished(folder) if roomy else scratch_folder(needed) as work:
        yield work


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=folder, prefix=_UNFINISHED) as temporary:
        yield Path(temporary)


def _moved(packed: Path, folder: Path) -> Path:
    """Copy the backup to the folder, which may be on a different disk, and return its new path."""
    moved = Path(shutil.copyfile(packed, folder / packed.name))
    with moved.open("rb+") as file:
        os.fsync(file.fileno())
    return moved


def _full(failed: str, needed: int, free: int, folder: Path) -> str:
    return (
        f"{failed}: it needs {needed / 1e6:,.1f} MB, but the disk is full ({free / 1e6:,.1f} MB free). Nothing was "
        f"changed. Free {(needed - free) / 1e6:,.1f} MB, for example by moving old backups from {folder} to a different "
        "disk. Then run the same command again."
    )


def _copy(path: Path, folder: Path) -> Path:
    copy = folder / "copy.db"
    with read_only(path, busy_timeout=60) as source, closing(sqlite3.connect(copy)) as destination:
        source.backup(destination)
        (found,) = destination.execute("PRAGMA integrity_check(1)").fetchone()
        # Without a write-ahead log, the copy is a single file.
        destination.execute("PRAGMA journal_mode=DELETE")
    if found != "ok":
        raise damaged_error(path, found)
    return copy


def _pack(copy: Path, packed: Path) -> Path:
    with copy.open("rb") as plain, packed.open("wb") as file:
        # The default is the current time, which the format cannot store after 2106.
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1, mtime=0) as zipped:
            shutil.copyfileobj(plain, zipped, 1024 * 1024)
        file.flush()
        os.fsync(file.fileno())
    return packed


def _write(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def _free_name(path: Path, folder: Path) -> Path:
    while True:
        target = folder / f"{path.stem}-{datetime.now(UTC).strftime(STAMP)}.db.gz"
        if not target.exists():
            return target


def _clear(path: Path, folder: Path) -> None:
    """Remove the leftovers of interrupted backups: temporary folders, and checksum files without a backup."""
    for unfinished in folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    for noted in folder.glob(f"{path.stem}-*.db.gz.sha256"):
        if not noted.with_suffix("").exists():
            noted.unlink(missing_ok=True)


def _rotate(path: Path, keep: int) -> None:
    for old in listing(path)[keep:]:
        # Delete the backup first. If the process is killed in between, ``_clear`` removes the leftover checksum file,
        # but a backup without its checksum would look corrupted.
        old.unlink(missing_ok=True)
        checksum_file(old).unlink(missing_ok=True)
