"""Handle the reply cache's file without diskcache: its name, its write-ahead log, and checks before it is opened."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

FILE, LOG = "cache.db", "cache.db-wal"
_PATIENCE = 5.0  # seconds to wait for another process's transaction


def settle(folder: Path) -> None:
    """Move all entries from the write-ahead log into the cache file, so that a copy of this one file is complete.

    If another process is using the cache, the last process to end completes this step. If the disk is full or the file
    is corrupted, the entries stay in the log.
    """
    log = folder / LOG
    with suppress(OSError, sqlite3.Error):
        if not log.exists() or not log.stat().st_size:
            return
        address = f"{(folder / FILE).absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
