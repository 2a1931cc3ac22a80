"""Damage files as broken disks and careless copies do."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path


def flip_bits(path: Path, seed: int, count: int = 50, start: int = 0) -> None:
    """Flip one bit in each of ``count`` random bytes, from the offset ``start`` on."""
    data, chance = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(count):
        data[chance.randrange(start, len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def truncate(path: Path) -> None:
    """Cut the file in half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    """Remove the file's content."""
    path.write_bytes(b"")


def replace_by_text(path: Path) -> None:
    """Replace the file with text."""
    path.write_text("한국어 단어\n" * 500, encoding="utf-8")


def replace_by_photos(path: Path) -> None:
    """Replace the file with a database of another program."""
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE photos (name)")
        connection.execute("INSERT INTO photos VALUES ('Seoul')")


def drop_table(path: Path, table: str = "reviews") -> None:
    """Drop a table, as a database browser does."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(f"DROP TABLE {table}")


def unmount(path: Path, away: Path) -> None:
    """Move the file to a folder that does not exist anymore, and leave a link to it."""
    path.unlink()
    path.symlink_to(away / path.name)
