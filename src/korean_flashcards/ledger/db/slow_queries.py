"""Record the slowest queries for `kedro db health`."""

import re
import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, event

SLOW = 0.1  # minimum duration of a slow query, in seconds
KEPT = 50  # number of slow statements kept in the ledger
_LONGEST = 500  # maximum number of characters kept of a statement
_LIST = re.compile(r"\((?:\?, )+\?\)")


class SlowQueries:
    """Timings of the statements that an engine executes. ``keep`` writes the slow statements to the ledger.

    ``seen`` maps each slow statement to its number of executions and its longest duration in seconds.
    """

    def __init__(self) -> None:
        self.seen: dict[str, tuple[int, float]] = {}

    def watch(self, engine: Engine) -> None:
        """Start timing the SQL statements that the engine executes.

        Time spent waiting for the write lock counts toward the BEGIN IMMEDIATE statement.
        """

        @event.listens_for(engine, "before_cursor_execute")
        def _started(connection: Connection, *_: Any) -> None:
            connection.info["started"] = time.perf_counter()

        @event.listens_for(engine, "after_cursor_execute")
        def _ended(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
            seconds = time.perf_counter() - connection.info["started"]
            if seconds >= SLOW:
                self._note(statement, seconds)

    def keep(self, connection: sqlite3.Connection) -> None:
        """Add the recorded statements to the ledger, then keep only the ``KEPT`` slowest statements there."""
        seen, self.seen = self.seen, {}
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO slow_queries (statement, count, worst_seconds, last_seen) "
                "VALUES (?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ')) ON CONFLICT (statement) DO UPDATE "
                "SET count = count + excluded.count, worst_seconds = max(worst_seconds, excluded.worst_seconds), "
                "last_seen = excluded.last_seen",
                [(statement, count, worst) for statement, (count, worst) in seen.items()],
            )
            connection.execute(
                "DELETE FROM slow_queries WHERE statement NOT IN "
                "(SELECT statement FROM slow_queries ORDER BY worst_seconds DESC LIMIT ?)",
                [KEPT],
            )

    def _note(self, statement: str, seconds: float) -> None:
        # Queries that differ only in the length of a value list count as the same query.
        short = _LIST.sub("(?, …)", " ".join(statement.split()))[:_LONGEST]
        count, worst = self.seen.get(short, (0, 0.0))
        self.seen[short] = (count + 1, max(worst, seconds))
