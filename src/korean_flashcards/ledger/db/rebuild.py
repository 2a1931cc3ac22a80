"""Replace a corrupted ledger with a new one that contains its readable rows, for `kedro db repair`."""

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from korean_flashcards.domain.errors import LedgerDamagedError, LedgerError
from korean_flashcards.ledger.db import schema
from korean_flashcards.ledger.db.health import at_rest
from korean_flashcards.ledger.db.problems import access_problem, damage_of, explaining
from korean_flashcards.ledger.db.readable_rows import Salvaged, salvage
from korean_flashcards.ledger.db.restore import explaining_replacement, swap, temporary_folder
from korean_flashcards.ledger.db.sqlite import now, writable


@dataclass(frozen=True)
class Rebuilt:
    """The result of a repair. ``replaced`` is the file that contains the previous ledger."""

    salvaged: Salvaged
    replaced: Path


def problem_of(path: Path) -> str | None:
    """Return what is wrong with the ledger, or None if SQLite finds nothing. Raises LedgerError if there is no ledger."""
    if problem := access_problem(path):
        raise problem
    if not path.exists():
        raise LedgerError(f"There is no ledger at {path} to repair. Nothing was changed. `kedro run` creates a ledger.")
    try:
        version = schema.installed_version(path)
        schema.refuse_newer(path, version)
    except LedgerDamagedError as error:
        return error.cause
    return damage_of(path)


def rebuild(path: Path) -> Rebuilt:
    """Build a new ledger from the readable rows, replace the ledger with it, and keep the old file in the same folder.

    Even if the process is killed, the ledger file contains either the old ledger or the new one. Raises LedgerError if
    the ledger is in use or the new one cannot be written.
    """
    with at_rest(path), temporary_folder(path) as folder, explaining_replacement(path):
        fresh = folder / "rebuilt.db"
        version = _version(path)
        schema.migrate(fresh, version, busy_timeout=30, backup=None)
        with explaining(path, fresh):
            salvaged = salvage(path, fresh, folder)
            _record(fresh, version, salvaged)
        replaced = swap(path, fresh)
    assert replaced is not None
    return Rebuilt(salvaged, replaced)


def _version(path: Path) -> str:
    """Return the ledger's version if it can be read, or the newest version."""
    try:
        version = schema.installed_version(path)
    except LedgerError:
        version = None
    return version if version in schema.VERSIONS else schema.HEAD


def _record(fresh: Path, version: str, salvaged: Salvaged) -> None:
    with closing(writable(fresh)) as connection:
        checked = schema.checks(connection)
        if checked["integrity"] != "ok" or checked["foreign_keys"]:
            raise sqlite3.DatabaseError("the new ledger is inconsistent")
        connection.execute(
            "INSERT INTO history (at, event, from_version, to_version, details) VALUES (?, 'repaired', ?, ?, ?)",
            (now(), version, version, json.dumps(asdict(salvaged) | checked, ensure_ascii=False)),
        )
        # Otherwise, the new ledger would depend on its own journal.
        connection.execute("PRAGMA journal_mode=DELETE")
