"""Shrink the ledger file."""

from contextlib import closing
from pathlib import Path

from korean_flashcards.ledger.db.problems import explaining
from korean_flashcards.ledger.db.sqlite import read_only, writable

_SPARE = 2**20  # bytes of disk space that SQLite needs for its own small files


def room_to_shrink(path: Path) -> int:
    """Return how many free bytes ``shrink`` needs: SQLite writes all used pages to the write-ahead log."""
    with read_only(path) as connection:
        pages, free, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
    used: int = (pages - free) * size
    # The log has 24 bytes for each page besides its content.
    return used + used // 100 + _SPARE


def shrink(path: Path) -> None:
    """Give the space of deleted rows back to the disk. Raises LedgerError."""
    with explaining(path), closing(writable(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
