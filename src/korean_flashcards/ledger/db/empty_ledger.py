"""Recognize a ledger that was created but never used."""

import sqlite3
from contextlib import suppress
from pathlib import Path

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.ledger.db.sqlite import read_only

# A new ledger with its write-ahead log takes less than 1 MB. Larger files are not opened, so that they cost no time.
_LARGEST = 2**22  # bytes
# Each use of a ledger adds rows to one of these tables. Older versions of the ledger do not have all of them.
_USED = ("import_batches", "vocabulary_items", "runs", "run_records", "run_days", "llm_calls", "reviews", "overrides")


def empty_since(path: Path) -> str | None:
    """Return when the ledger was created (UTC, ISO 8601) if it was never used. Otherwise, return None.

    Also return None if the file is not a readable ledger, which other checks report.
    """
    if not path.exists() or _size(path) + _size(path.with_name(path.name + "-wal")) > _LARGEST:
        return None
    with suppress(LedgerError), read_only(path) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"import_batches", "history"} <= names or any(_has_rows(connection, name) for name in names & {*_USED}):
            return None
        events = connection.execute("SELECT event, at FROM history ORDER BY number").fetchall()
        # A ledger that was restored or from which a batch was removed is as the user wants it.
        if events and {event for event, _ in events} <= {"created", "upgraded"}:
            return str(events[0][1])
    return None


def _has_rows(connection: sqlite3.Connection, table: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
