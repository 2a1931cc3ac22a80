"""Load a table of the ledger as a frame, for notebooks and Kedro-Viz.

Unlike the dataset ``ledger``, this one never writes: it does not create, upgrade, or lock the file. Code that changes
the ledger uses the dataset ``ledger``.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError
from kedro_datasets._typing import TablePreview
from sqlalchemy import Float, Integer, Table

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.frame_builder import Schema
from korean_flashcards.files.dangling_links import real_path
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.ledger.db.export_tables import export_history
from korean_flashcards.ledger.db.llm_tables import llm_calls
from korean_flashcards.ledger.db.problems import access_problem, damaged_error, explaining
from korean_flashcards.ledger.db.prompt_tables import prompt_versions
from korean_flashcards.ledger.db.run_tables import run_records
from korean_flashcards.ledger.db.schema import HEAD, version_of
from korean_flashcards.ledger.db.sqlite import read_only
from korean_flashcards.ledger.db.tables import import_batches, reviews, tasks

# The tables that the catalog offers, by the name of their dataset.
LEDGER_TABLES: dict[str, Table] = {
    "ledger_tasks": tasks,
    "ledger_calls": llm_calls,
    "ledger_lists": import_batches,
    "ledger_reviews": reviews,
    "ledger_runs": run_records,
    "ledger_exports": export_history,
    "ledger_prompts": prompt_versions,
}
_TABLES = {table.name: table for table in LEDGER_TABLES.values()}


class LedgerTableDataset(AbstractDataset[NoReturn, pl.DataFrame]):
    """A dataset that reads one table of the ledger.

    Args:
        filepath: The ledger file.
        table: The name of the table. docs/reference/ledger-tables.md describes its columns.
        metadata: Notes for other tools, such as kedro-viz.
    """

    def __init__(self, *, filepath: str, table: str, metadata: dict[str, Any] | None = None) -> None:
        if table not in _TABLES:
            raise DatasetError(f"The ledger has no table {table!r} for the catalog. Use one of {', '.join(_TABLES)}.")
        self._path, self._table = Path(filepath), _TABLES[table]
        self.metadata = metadata

    def load(self) -> pl.DataFrame:
        """Return the rows in the order of the table's key. Times and JSON values are text.

        A table or column that a ledger of an earlier release does not have yet is empty.

        Raises:
            DatasetError: There is no ledger yet, or it cannot be read.
        """
        try:
            return self._rows()
        except LedgerError as error:
            # Otherwise, Kedro would put a description of this dataset before the message.
            raise DatasetError(str(error)) from error

    def preview(self, nrows: int = 5) -> TablePreview:
        """Return the last ``nrows`` rows as text, in reverse order, for kedro-viz."""
        rows = self._rows(nrows) if self._exists() else pl.DataFrame(schema=table_schema(self._table))
        shown = [["" if value is None else str(value) for value in row] for row in rows.rows()]
        return TablePreview({"index": list(range(rows.height)), "columns": rows.columns, "data": shown})

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("The tables of the ledger are read-only here. Nodes change them through the dataset ledger.")

    def _rows(self, newest: int | None = None) -> pl.DataFrame:
        """Return all rows in the order of the key, or this number of rows from the end, in reverse order."""
        schema, key = table_schema(self._table), [column.name for column in self._table.primary_key.columns]
        with self._opened() as connection:
            there = {
                name for (name,) in connection.execute(f"SELECT name FROM pragma_table_info('{self._table.name}')")
            }
            if not there >= schema.keys():
                self._check_age(connection)
            if not there:
                return pl.DataFrame(schema=schema)
            columns = ", ".join(f'"{name}"' if name in there else "NULL" for name in schema)
            order = ", ".join(f'"{name}"{" DESC" if newest else ""}' for name in key)
            limit = "" if newest is None else f" LIMIT {newest:d}"
            query = f'SELECT {columns} FROM "{self._table.name}" ORDER BY {order}{limit}'
            rows = connection.execute(query).fetchall()
        try:
            return pl.DataFrame(rows, schema=schema, orient="row")
        except (TypeError, pl.exceptions.PolarsError) as error:
            raise damaged_error(self._path, f"a value in the table {self._table.name} has the wrong type") from error

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        path = real_path(self._path)
        if problem := access_problem(path):
            raise problem
        if not path.exists():
            raise DatasetError(
                f"There is no ledger at {shown_path(self._path)}: `kedro run` creates one, and `kedro db restore` restores "
                "a lost one from a backup."
            )
        with read_only(path, busy_timeout=60) as connection, explaining(path):
            yield connection

    def _check_age(self, connection: sqlite3.Connection) -> None:
        """Raise LedgerError unless the ledger is of an earlier release, which did not have all tables and columns."""
        version = version_of(connection, self._path)
        if version is None or version >= HEAD:
            raise damaged_error(self._path, f"columns of the table {self._table.name} are missing")

    def _exists(self) -> bool:
        return self._path.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._path), "table": self._table.name}


def table_schema(table: Table) -> Schema:
    """Return the columns of a ledger table with their polars types."""
    return {column.name: _polars_type(column.type) for column in table.columns}


def _polars_type(kind: Any) -> Any:
    if isinstance(kind, Integer):
        return pl.Int64
    return pl.Float64 if isinstance(kind, Float) else pl.String
