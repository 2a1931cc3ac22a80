"""Read many entries of a cache's file with a few queries. A query for each entry would take five times as long."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from diskcache.core import MODE_RAW  # type: ignore[import-untyped]

_Value = TypeVar("_Value")
_AT_ONCE = 500  # entries
_NAMED = "FROM Cache WHERE raw = 1 AND key IN (SELECT value FROM json_each(?))"


def all_names(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the names of all entries in sorted order.

    diskcache's ``iterkeys`` reads all earlier names again for every hundred names.
    """
    page, last = "SELECT key FROM Cache WHERE raw = 1 AND key > ? ORDER BY key LIMIT ?", ""
    while rows := connection.execute(page, (last, _AT_ONCE)).fetchall():
        yield from (str(name) for (name,) in rows)
        last = str(rows[-1][0])


def stored_names(connection: sqlite3.Connection, names: Iterable[str]) -> set[str]:
    """Return the names that have an entry."""
    found = set[str]()
    for part in parts(names):
        found.update(name for (name,) in connection.execute(f"SELECT key {_NAMED}", (json.dumps(part),)))
    return found


def stored_values(connection: sqlite3.Connection, names: Iterable[str]) -> Iterator[tuple[str, object, bool]]:
    """Yield the name and the value of each entry, and whether the value is complete.

    The value is incomplete if diskcache stored it in a separate file or in a different form.
    """
    for part in parts(names):
        rows = connection.execute(f"SELECT key, value, mode {_NAMED}", (json.dumps(part),)).fetchall()
        yield from ((name, value, mode == MODE_RAW) for name, value, mode in rows)


def parts(values: Iterable[_Value], size: int = _AT_ONCE) -> Iterator[list[_Value]]:
    """Yield the values in lists of at most ``size``."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part
