"""Corrupt a reply cache as a failing disk would."""

import sqlite3
from contextlib import closing
from pathlib import Path


def corrupt(folder: Path, key: str) -> None:
    """Flip bits in the middle of a key's entry."""
    with closing(sqlite3.connect(folder / "cache.db")) as connection, connection:
        ((value,),) = connection.execute("SELECT value FROM Cache WHERE key = ?", (key,)).fetchall()
        middle = len(value) // 2
        flipped = value[:middle] + bytes([value[middle] ^ 0x55]) + value[middle + 1 :]
        connection.execute("UPDATE Cache SET value = ? WHERE key = ?", (flipped, key))
