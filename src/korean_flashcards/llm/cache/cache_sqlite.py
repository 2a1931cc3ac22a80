"""The SQLite file of the reply cache as a file: its size, its soundness, its unused space."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from korean_flashcards.llm.cache.reply_cache import ReplyCache


@dataclass(frozen=True)
class FileSize:
    """Bytes of the cache's files on the disk, and how many of them hold something."""

    file: int
    used: int


def damages(folder: Path) -> list[str]:
    """What SQLite itself finds wrong with the cache's file, at most five; only looks."""
    try:
        with closing(
            sqlite3.connect(f"{_file(folder).absolute().as_uri()}?mode=ro", uri=True, timeout=60)
        ) as connection:
            return [said for (said,) in connection.execute("PRAGMA integrity_check(5)") if said != "ok"]
    except sqlite3.DatabaseError as error:
        return [str(error)]


def file_size(cache: ReplyCache) -> FileSize:
    """How large the cache is. Raises CacheError."""
    file = _file(cache.folder)
    if not file.exists():
        return FileSize(0, 0)
    with cache.store.explaining(), closing(sqlite3.connect(file, timeout=60)) as connection:
        pages, free, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
    wal = file.with_name(file.name + "-wal")
    return FileSize(file.stat().st_size + (wal.stat().st_size if wal.exists() else 0), (pages - free) * size)


def shrink(cache: ReplyCache) -> bool:
    """Give the space of removed entries back to the disk; False where another process is writing."""
    cache.close()
    try:
        with closing(sqlite3.connect(_file(cache.folder), timeout=10, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return False
    return True


def _file(folder: Path) -> Path:
    return folder / "cache.db"
