"""Create a missing ledger, back up and upgrade an outdated one, and reject one written by a newer release."""

import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, insert

from korean_flashcards.domain.errors import LedgerError, LedgerVersionError
from korean_flashcards.files.disk import explaining_disk
from korean_flashcards.ledger.db import backups
from korean_flashcards.ledger.db.backup_files import listing
from korean_flashcards.ledger.db.problems import (
    access_problem,
    damaged_error,
    early_damage,
    explaining,
    known_tables,
)
from korean_flashcards.ledger.db.sqlite import connect, now, read_only
from korean_flashcards.ledger.db.tables import history

logger = logging.getLogger(__name__)

FIRST, HEAD = "0001", "0018"
VERSIONS = (FIRST, *(f"{number:04}" for number in range(2, int(HEAD))), HEAD)

_VERSION = re.compile(r"\d{4}")
_LOCK_TIMEOUT = 300  # seconds that another process may take to migrate or restore
# Data that each schema version added and a downgrade would lose: the query that counts it, and a description.
_BROUGHT = {
    "0002": (
        (
            "SELECT count(*) FROM tasks WHERE state <> 'pending'",
            "tasks that are not pending (done, failed, dropped, and so on)",
        ),
        ("SELECT count(*) FROM prompt_versions", "numbered prompt versions"),
    ),
    "0003": (
        (
            "SELECT count(*) FROM exported_items",
            "exported words (their homograph numbers could be reused)",
        ),
        ("SELECT count(*) FROM tasks WHERE stale IS NOT NULL", "reasons why tasks are stale"),
        ("SELECT count(*) FROM tasks WHERE pinned = 1", "pinned tasks (protected from new requests)"),
        ("SELECT count(*) FROM slow_queries", "slow queries"),
    ),
    "0004": (
        ("SELECT count(*) FROM llm_calls", "calls and their costs (budgets start over at zero)"),
        ("SELECT count(*) FROM llm_reservations", "budget reservations for pending calls"),
        ("SELECT count(*) FROM llm_breakers WHERE state <> 'closed'", "open circuit breakers"),
    ),
    "0005": (
        (
            "SELECT count(*) FROM llm_batch_requests WHERE outcome IS NULL",
            "requests already submitted to a provider's batch API (they would be sent and paid for again)",
        ),
    ),
    "0006": (
        ("SELECT count(*) FROM reviews", "reviews of cards and analyses"),
        ("SELECT count(*) FROM overrides", "active edits"),
        ("SELECT count(*) FROM card_versions", "versions of cards and analyses"),
    ),
    "0007": (("SELECT count(*) FROM tasks WHERE stage = 'judge'", "judge tasks"),),
    "0010": (
        (
            "SELECT count(*) FROM exported_items WHERE term_number IS NOT NULL AND item_id NOT IN "
            "(SELECT item_id FROM vocabulary_items)",
            "numbers of exported words that were rolled back",
        ),
    ),
    "0011": (
        (
            "SELECT count(*) FROM tasks WHERE good_key IS NOT NULL AND good_key IS NOT key",
            "last good replies of pending and failed tasks",
        ),
    ),
    "0012": (
        ("SELECT count(*) FROM run_records", "records of runs"),
        ("SELECT count(*) FROM run_days", "daily sums of removed runs"),
    ),
    "0013": (
        ("SELECT count(*) FROM exported_notes", "times when exported notes last changed (the next import updates all)"),
        (
            "SELECT count(*) FROM exported_items WHERE project_id IS NOT NULL",
            "project IDs in the GUIDs of exported words (learners would get their notes a second time)",
        ),
    ),
    "0014": (("SELECT count(*) FROM export_history", "recorded exports"),),
    "0015": (("SELECT count(*) FROM undone_reviews", "undone reviews (they would count again)"),),
    "0016": (
        ("SELECT count(*) FROM prompt_versions WHERE note IS NOT NULL", "notes on prompts"),
        (
            "SELECT count(*) FROM prompt_versions WHERE source IS NOT NULL",
            "complete prompt files in the history (these versions could not be promoted again)",
        ),
    ),
    "0017": (
        (
            "SELECT count(*) FROM word_removals WHERE restored_at IS NULL",
            "removed words (they would take part in runs again)",
        ),
    ),
    "0018": (("SELECT count(*) FROM preferences", "blind preferences between variants"),),
}


def installed_version(path: Path) -> str | None:
    """Return the schema version of the ledger file, or None if there is no ledger yet.

    Raises:
        LedgerDamagedError: The file is corrupted.
        LedgerError: The file is not a ledger or cannot be read.
    """
    if problem := access_problem(path):
        raise problem
    if not path.exists():
        return None
    if path.stat().st_size == 0:
        if lost_content(path):
            raise damaged_error(path, "the file is empty")
        return None
    # If possible, the file is opened for writing, which lets SQLite apply the journal that a killed process left behind.
    with read_only(path, busy_timeout=60) as connection:
        version = version_of(connection, path)
        if version is None and lost_content(path):
            raise damaged_error(path, "the file has no tables")
        if version == HEAD and (damage := early_damage(connection)):
            raise damaged_error(path, damage)
        return version


def lost_content(path: Path) -> bool:
    """Return whether an empty ledger file was once a ledger.

    SQLite creates an empty file first, so a process that is killed at that moment leaves one behind. In contrast, the
    file has lost its content if there is a journal, a backup, or the folder of an earlier run's lock files beside it.
    """
    journal = path.with_name(path.name + "-wal")
    return bool(listing(path)) or (path.parent / ".runs").is_dir() or (journal.exists() and journal.stat().st_size > 0)


def version_of(connection: sqlite3.Connection, path: Path) -> str | None:
    """Return the schema version of an open database, or None if it has no tables.

    Raises:
        LedgerDamagedError: The database is a ledger without its version.
        LedgerError: The database is not a ledger.
    """
    found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not found:
        return None
    row = (
        connection.execute("SELECT version_num FROM alembic_version").fetchone() if "alembic_version" in found else None
    )
    ours = len(found & known_tables())
    if row is None or "import_batches" not in found:
        if ours > 1:
            raise damaged_error(path, "a table is missing")
        raise LedgerError(
            f"{path} is a database, but not a ledger from this project. Nothing was changed. {_replaced_advice(path)}"
        )
    version = str(row[0])
    if not _VERSION.fullmatch(version):
        raise damaged_error(path, "its version cannot be read")
    return version


def upgraded_copy(path: Path, folder: Path, busy_timeout: float) -> Path:
    """Copy the ledger to the folder, upgrade the copy, and return its path. The ledger must exist.

    Raises the same errors as ``installed_version``.
    """
    version = installed_version(path)
    refuse_newer(path, version)
    copy = folder / path.name
    with read_only(path) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    if version != HEAD:
        migrate(copy, HEAD, busy_timeout, backup=None)
    return copy


@contextmanager
def prepared(path: Path, busy_timeout: float) -> Iterator[None]:
    """Create the ledger, or back it up and upgrade it to this release's version.

    The migration lock is held inside the context, so no other process can migrate or replace the file. Raises
    LedgerVersionError, without changing anything, if a newer release wrote the ledger.
    """
    with migration_lock(path):
        version = installed_version(path)
        refuse_newer(path, version)
        if version is None:
            if newest := next(iter(listing(path)), None):
                logger.warning(
                    "There is no ledger at %s. Creating a new, empty ledger. Backups exist; `kedro db restore` restores "
                    "the newest one, %s.", path, newest,
                )  # fmt: skip
            migrate(path, HEAD, busy_timeout, backup=None)
        elif version != HEAD:
            backup = backups.make(path, keep=None)
            logger.info(
                "The ledger %s has version %s. Backed it up to %s. Upgrading to version %s.",
                path, version, backup, HEAD,
            )  # fmt: skip
            migrate(path, HEAD, busy_timeout, backup)
            logger.info(
                "The ledger was upgraded. `kedro db history` shows the row counts before and after the upgrade."
            )
        yield


def migrate(path: Path, to: str, busy_timeout: float, backup: Path | None) -> dict[str, Any]:
    """Migrate the ledger to version ``to`` in one transaction, and return the record added to ``history``.

    The record contains the row counts before and after the migration, and the results of the integrity and foreign key
    checks. The caller must hold the ``migration_lock``. Raises LedgerError, without changing anything, if a check
    fails.
    """
    version = installed_version(path)
    engine = connect(path, busy_timeout)
    try:
        with explaining(path), engine.connect().execution_options(write=True) as connection, connection.begin():
            before = row_counts(_bare(connection))
            _run_alembic(connection, to, down=version is not None and to < version)
            record = {"rows_before": before, "rows_after": row_counts(_bare(connection)), **checks(_bare(connection))}
            if record["integrity"] != "ok" or record["foreign_keys"]:
                raise LedgerError(
                    f"The ledger {path} would be inconsistent after the migration from version {version} to {to} "
                    f"(integrity check: {record['integrity']}; broken foreign keys: {record['foreign_keys']}). Nothing "
                    "was changed. `kedro db verify` lists the problems. `kedro db restore` restores a backup."
                )
            event = "created" if version is None else "downgraded" if to < version else "upgraded"
            connection.execute(
                insert(history).values(
                    at=now(), event=event, from_version=version, to_version=to,
                    backup=str(backup) if backup else None, details=json.dumps(record),
                )
            )  # fmt: skip
            return {"event": event, "from": version, "to": to, **record}
    finally:
        engine.dispose()


def lost_by_downgrade(connection: sqlite3.Connection, version: str, to: str) -> list[str]:
    """List the data that a downgrade to version ``to`` would lose ("active edits: 3"), in order of schema version."""
    newer = [each for each in VERSIONS if to < each <= version]
    counted = [
        (connection.execute(query).fetchone()[0], text) for each in newer for query, text in _BROUGHT.get(each, ())
    ]
    return [f"{text}: {count:,}" for count, text in counted if count]


@contextmanager
def migration_lock(path: Path) -> Iterator[None]:
    """Allow only one process at a time to open, migrate, or replace the file.

    The operating system releases the lock when the process dies.
    """
    failed = f"The ledger {path} cannot be opened"
    if problem := access_problem(path):
        raise problem
    with ExitStack() as stack:
        with explaining_disk(LedgerError, failed, "Nothing was changed."):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                stack.enter_context(FileLock(path.with_name(f".{path.name}.lock"), timeout=_LOCK_TIMEOUT))
            except Timeout as error:
                raise LedgerError(
                    f"The ledger {path} has been locked for {_LOCK_TIMEOUT // 60} minutes by another process (a "
                    "migration or restore). Nothing was changed. Wait for that process to finish, or stop it. Then "
                    "run the same command again."
                ) from error
        yield


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the number of rows in each table, keyed by table name."""
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in table_names(connection)
    }


def table_names(connection: sqlite3.Connection) -> list[str]:
    """Return the names of the tables that hold user data, sorted."""
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return sorted(name for name in names - {"alembic_version", "slow_queries"} if not name.startswith("sqlite_"))


def checks(connection: sqlite3.Connection) -> dict[str, Any]:
    """Run SQLite's integrity and foreign key checks, and return the results.

    ``integrity`` is "ok" or a description of the corruption. ``foreign_keys`` is the number of broken foreign keys.
    """
    found = [line for (line,) in connection.execute("PRAGMA integrity_check(20)")]
    return {
        "integrity": "; ".join(found),
        "foreign_keys": len(connection.execute("PRAGMA foreign_key_check").fetchall()),
    }


def refuse_newer(path: Path, version: str | None) -> None:
    """Raise LedgerVersionError if this release does not support the version."""
    if version is not None and version not in VERSIONS:
        raise LedgerVersionError(
            f"The ledger {path} has version {version}, but this release supports only versions up to {HEAD}. Nothing "
            "was changed. Update the project, or restore a backup from before the upgrade with `kedro db restore`."
        )


def _replaced_advice(path: Path) -> str:
    if kept := listing(path):
        return f"`kedro db restore` keeps this file and restores the newest backup, {kept[0].name}."
    return "Move the file, or set a different path as `ledger` in conf/base/globals.yml."


def _bare(connection: Connection) -> sqlite3.Connection:
    bare = connection.connection.driver_connection
    assert isinstance(bare, sqlite3.Connection)
    return bare


def _run_alembic(connection: Connection, to: str, down: bool) -> None:
    # Imported here because the import takes 0.15 s and is needed only for a new or outdated ledger.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    (command.downgrade if down else command.upgrade)(config, to)
