"""Read as many rows as possible from a corrupted ledger file, for `kedro db repair`."""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_flashcards.files.read_only_sqlite import SQLITE_ERRORS
from korean_flashcards.ledger.db.word_values import restore_values

# What the header of every ledger contains at these offsets: the signature, the page size, the journal mode and other
# constants of the format, the schema format, and the text encoding. See https://www.sqlite.org/fileformat.html.
_PAGE_SIZE = 4096
_HEADER = {
    0: b"SQLite format 3\0" + _PAGE_SIZE.to_bytes(2, "big") + b"\2\2\0\x40\x20\x20",
    44: (4).to_bytes(4, "big"),
    56: (1).to_bytes(4, "big"),
}
# The longest run of row IDs that is skipped if the last row ID is unknown.
_LONGEST_GAP = 10_000
# The new file has its own version, and slow queries are not worth a repair.
_NOT_COPIED = {"alembic_version", "slow_queries"}
_LOST_BATCHES = (
    "INSERT INTO import_batches (number, batch_id, file, source, sha256, state, priority, on_duplicate, created) "
    "SELECT DISTINCT batch, 'recovered-' || batch, 'unknown', 'recovered-' || batch, '', 'completed', 5, 'skip', "
    "strftime('%Y-%m-%dT%H:%M:%SZ') FROM (SELECT batch FROM import_rows UNION SELECT batch FROM vocabulary_items) "
    "WHERE batch NOT IN (SELECT number FROM import_batches)"
)
_LOST_RUNS = "UPDATE import_batches SET run_id = NULL WHERE run_id NOT IN (SELECT run_id FROM runs)"
_ROWS_OF_OTHER_WORDS = (
    "DELETE FROM import_rows WHERE outcome = 'imported' AND NOT EXISTS (SELECT 1 FROM vocabulary_items AS i WHERE "
    "i.batch = import_rows.batch AND i.row = import_rows.row AND i.item_id = import_rows.item_id)"
)
# Values that are not valid JSON. A row that is deleted here counts as lost.
_INVALID_JSON = {
    "vocabulary_items": "UPDATE vocabulary_items SET tags = '[]' WHERE NOT json_valid(tags)",
    "import_rows": "DELETE FROM import_rows WHERE item IS NOT NULL AND NOT json_valid(item)",
    "overrides": "DELETE FROM overrides WHERE NOT json_valid(base) OR NOT json_valid(value)",
    "card_versions": "DELETE FROM card_versions WHERE NOT json_valid(content)",
    "history": "UPDATE history SET details = '{}' WHERE NOT json_valid(details)",
}
# A word whose row is lost gets a row without the text of the list.
_ROWS_OF_WORDS = (
    "INSERT OR REPLACE INTO import_rows (batch, row, outcome, item_id, item) SELECT batch, row, 'imported', item_id, "
    "json_object({values}, 'tags', json(tags)) FROM vocabulary_items AS i "
    "WHERE NOT EXISTS (SELECT 1 FROM import_rows AS r WHERE r.batch = i.batch AND r.row = i.row AND r.item_id = i.item_id)"
)
_INCOMPLETE_BATCHES = (
    # The next run imports a list with missing rows again, because no batch has the list's hash anymore.
    "UPDATE import_batches SET sha256 = 'incomplete ' || sha256 WHERE state IN ('completed', 'partial') AND rows <> "
    "(SELECT count(*) FROM import_rows AS r WHERE r.batch = number)",
    "UPDATE import_batches SET (rows, imported, duplicates, rejected) = (SELECT count(*), "
    "coalesce(sum(outcome = 'imported'), 0), coalesce(sum(outcome = 'duplicate'), 0), "
    "coalesce(sum(outcome = 'rejected'), 0) FROM import_rows AS r WHERE r.batch = number)",
)
_MISSING_TASKS = (
    "INSERT OR IGNORE INTO tasks (stage, item_id, priority, frequency, position) SELECT stages.column1, i.item_id, "
    "b.priority, 0, i.term_number FROM vocabulary_items AS i JOIN import_batches AS b ON b.number = i.batch "
    "CROSS JOIN (VALUES ('nuance'), ('flashcards')) AS stages"
)


@dataclass(frozen=True)
class Salvaged:
    """The number of rows in each table of the new ledger, and the tables in which rows could not be read.

    ``dropped``: number of rows that were read but refer to rows that are lost.
    """

    rows: dict[str, int]
    incomplete: list[str]
    dropped: int


def salvage(damaged: Path, fresh: Path, folder: Path) -> Salvaged:
    """Copy all readable rows from the damaged ledger to the new, empty ledger ``fresh``.

    The damaged file is only read, through a copy in ``folder``. Rows that break a rule of the new ledger are left out.
    """
    incomplete = list[str]()
    with _opened(damaged, folder) as source, closing(sqlite3.connect(fresh, isolation_level=None)) as target:
        target.execute("BEGIN")
        target.execute("DELETE FROM history")
        for table in _tables(target):
            if not _copy(source, target, table):
                incomplete.append(table)
        dropped = _connect_rows(target)
        rows = {table: target.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in _tables(target)}
        target.execute("COMMIT")
    return Salvaged(rows, incomplete, dropped)


@contextmanager
def _opened(damaged: Path, folder: Path) -> Iterator[sqlite3.Connection]:
    """Open a copy of the damaged file and of its journal."""
    copy = Path(shutil.copyfile(damaged, folder / "damaged.db"))
    journal = damaged.with_name(damaged.name + "-wal")
    if journal.exists():
        shutil.copyfile(journal, copy.with_name(copy.name + "-wal"))
    _restore_header(copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        # With this setting, SQLite also opens a file whose list of tables has errors.
        connection.execute("PRAGMA writable_schema=ON")
        yield connection


def _restore_header(copy: Path) -> None:
    """Write what the header of every ledger contains, and the number of pages that the file has."""
    content = bytearray(copy.read_bytes())
    # SQLite deletes the journal of an empty file, and the journal may hold all the remaining data.
    content += bytes(-len(content) % _PAGE_SIZE or (_PAGE_SIZE if not content else 0))
    for offset, known in _HEADER.items():
        content[offset : offset + len(known)] = known
    content[28:32] = (len(content) // _PAGE_SIZE).to_bytes(4, "big")
    content[92:96] = content[24:28]  # the page count is valid
    copy.write_bytes(content)


def _tables(target: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return [name for (name,) in target.execute(query) if name not in _NOT_COPIED]


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> bool:
    """Copy the table's readable rows, and return whether all rows could be read."""
    try:
        columns = _columns(source, table)
    except SQLITE_ERRORS:
        columns = []
    common = [name for name in _columns(target, table) if name in columns]
    if not common:
        return False
    marks, names = ", ".join("?" * len(common)), ", ".join(f'"{name}"' for name in common)
    insert = f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})'
    reading = _TableReading(source, table, names)
    key = _key(target, table)
    for row in reading.rows(key):
        added = target.execute(insert, row).rowcount
        # Rows of a table without row IDs may come twice. Any other row that is not added breaks a rule.
        reading.complete = reading.complete and (added > 0 or bool(key))
    return reading.complete


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]


def _key(target: sqlite3.Connection, table: str) -> Sequence[str]:
    """Return the primary key of a table without row IDs, or nothing for a table with row IDs."""
    (sql,) = target.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    if "WITHOUT ROWID" not in str(sql).upper():
        return ()
    keyed = sorted((row[5], row[1]) for row in target.execute(f'PRAGMA table_info("{table}")') if row[5])
    return [name for _, name in keyed]


@dataclass
class _TableReading:
    """Read the rows of one table. ``complete`` becomes false if a row cannot be read."""

    source: sqlite3.Connection
    table: str
    names: str
    complete: bool = True

    def rows(self, key: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the readable rows. A row may come twice."""
        if not key:
            yield from self._by_row_id()
            return
        yield from self._scan("ORDER BY " + ", ".join(f'"{name}"' for name in key))
        if not self.complete:
            yield from self._scan("ORDER BY " + ", ".join(f'"{name}" DESC' for name in key))

    def _scan(self, order: str) -> Iterator[tuple[Any, ...]]:
        """Yield rows up to the first one that cannot be read."""
        try:
            yield from self.source.execute(f'SELECT {self.names} FROM "{self.table}" {order}')
        except SQLITE_ERRORS:
            self.complete = False

    def _by_row_id(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows in order of their row IDs, skipping those that cannot be read."""
        query = f'SELECT rowid, {self.names} FROM "{self.table}" NOT INDEXED WHERE rowid > ? ORDER BY rowid'
        last, gap, end = 0, 0, self._last_row_id()
        while True:
            try:
                for row_id, *values in self.source.execute(query, (last,)):
                    last, gap = row_id, 0
                    yield tuple(values)
                return
            except SQLITE_ERRORS:
                self.complete = False
                last, gap = last + 1, gap + 1
                if last > end if end is not None else gap > _LONGEST_GAP:
                    return

    def _last_row_id(self) -> int | None:
        with suppress(*SQLITE_ERRORS):
            found = self.source.execute(f'SELECT max(rowid) FROM "{self.table}" NOT INDEXED').fetchone()
            return int(found[0] or 0)
        return None


def _connect_rows(target: sqlite3.Connection) -> int:
    """Make the copied rows agree with one another, and return the number of rows dropped because others are lost."""
    tables = _tables(target)
    for statement in (_INVALID_JSON[table] for table in tables if table in _INVALID_JSON):
        target.execute(statement)
    target.execute(_LOST_RUNS)
    target.execute(_LOST_BATCHES)
    dropped = _without_broken_references(target)
    target.execute(_ROWS_OF_OTHER_WORDS)
    not_values = {"stem", "batch", "row", "tags"}
    values = (f"'{name}', {name}" for name in _columns(target, "vocabulary_items") if name not in not_values)
    target.execute(_ROWS_OF_WORDS.format(values=", ".join(values)))
    restore_values(target)
    for statement in _INCOMPLETE_BATCHES:
        target.execute(statement)
    if "tasks" in tables:  # since version 0002
        target.execute(_MISSING_TASKS)
    return dropped


def _without_broken_references(target: sqlite3.Connection) -> int:
    """Delete rows that refer to lost rows, until none are left, and return their number."""
    dropped, before = 0, -1
    while dropped > before:
        before = dropped
        for table in _tables(target):
            for _, _, parent, column, key, *_ in target.execute(f'PRAGMA foreign_key_list("{table}")').fetchall():
                dropped += target.execute(
                    f'DELETE FROM "{table}" WHERE "{column}" IS NOT NULL '
                    f'AND "{column}" NOT IN (SELECT "{key}" FROM "{parent}")'
                ).rowcount
    return dropped
