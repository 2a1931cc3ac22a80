"""Compare the tables, indexes, and triggers of a cache file with the ones that diskcache creates.

SQLite's own checks do not find a damaged definition that is still valid SQL, such as a column with a different name.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

import diskcache  # type: ignore[import-untyped]

from korean_flashcards.files.read_only_sqlite import scratch_folder


class SchemaObject(NamedTuple):
    """A table, an index, or a trigger. ``sql`` is its definition, or None for an index that SQLite created."""

    kind: str
    name: str
    table: str
    sql: str | None


def _trigger(name: str, event: str, change: str, key: str) -> SchemaObject:
    sql = (
        f"CREATE TRIGGER {name} AFTER {event} ON Cache FOR EACH ROW BEGIN UPDATE Settings SET value = value {change} "
        f'WHERE key = "{key}"; END'
    )
    return SchemaObject("trigger", name, "Cache", sql)


# What diskcache 5 creates, in this order.
_SCHEMA = (
    SchemaObject("table", "Settings", "Settings", "CREATE TABLE Settings ( key TEXT NOT NULL UNIQUE, value)"),
    SchemaObject("index", "sqlite_autoindex_Settings_1", "Settings", None),
    SchemaObject(
        "table", "Cache", "Cache",
        "CREATE TABLE Cache ( rowid INTEGER PRIMARY KEY, key BLOB, raw INTEGER, store_time REAL, expire_time REAL, "
        "access_time REAL, access_count INTEGER DEFAULT 0, tag BLOB, size INTEGER DEFAULT 0, mode INTEGER DEFAULT 0, "
        "filename TEXT, value BLOB)",
    ),
    SchemaObject("index", "Cache_key_raw", "Cache", "CREATE UNIQUE INDEX Cache_key_raw ON Cache(key, raw)"),
    SchemaObject("index", "Cache_expire_time", "Cache", "CREATE INDEX Cache_expire_time ON Cache (expire_time)"),
    _trigger("Settings_count_insert", "INSERT", "+ 1", "count"),
    _trigger("Settings_count_delete", "DELETE", "- 1", "count"),
    _trigger("Settings_size_insert", "INSERT", "+ NEW.size", "size"),
    _trigger("Settings_size_update", "UPDATE", "+ NEW.size - OLD.size", "size"),
    _trigger("Settings_size_delete", "DELETE", "- OLD.size", "size"),
)  # fmt: skip


def schema_objects(connection: sqlite3.Connection) -> list[SchemaObject]:
    """Return the tables, indexes, and triggers of a database. Unreadable characters are replaced with a placeholder."""
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    return [SchemaObject(*row) for row in connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")]


def wrong_definition(found: Sequence[SchemaObject]) -> str | None:
    """Return which definition of a cache file is damaged, such as "table Cache", or None if all are correct."""
    if _agrees(found, _SCHEMA) or _agrees(found, _installed_schema()):
        return None
    wrong = next(one for one in _SCHEMA if one not in found)
    return f"{wrong.kind} {wrong.name}"


def _agrees(found: Sequence[SchemaObject], known: Sequence[SchemaObject]) -> bool:
    """Return whether a file has all known objects. Other objects, such as the statistics of ANALYZE, are allowed.

    A file that a process is creating has only the first objects.
    """
    return set(found) >= set(known) or set(found) == set(known[: len(found)])


def _installed_schema() -> list[SchemaObject]:
    """Return what the installed version of diskcache creates. This takes about 30 ms."""
    with scratch_folder(2**20) as folder:
        diskcache.Cache(str(folder), eviction_policy="none").close()
        with closing(sqlite3.connect(folder / "cache.db")) as connection:
            return schema_objects(connection)
