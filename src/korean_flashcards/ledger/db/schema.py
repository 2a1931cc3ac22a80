"""The version of the ledger's schema: create a new ledger, upgrade an older one after a backup, refuse a newer one."""

import json
import logging
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
from korean_flashcards.ledger.db.sqlite import connect, damaged_error, explaining, now, writable
from korean_flashcards.ledger.db.tables import history

logger = logging.getLogger(__name__)

FIRST, HEAD = "0001", "0007"
VERSIONS = (FIRST, "0002", "0003", "0004", "0005", "0006", HEAD)

_LOCK_TIMEOUT = 300  # seconds that another process may take to migrate or restore
# What each version brought that an older one cannot hold: how to count it, and how to say it.
_BROUGHT = {
    "0002": (
        (
            "SELECT count(*) FROM tasks WHERE state <> 'pending'",
            "tasks whose state is not pending (done, failed, dropped …)",
        ),
        ("SELECT count(*) FROM prompt_versions", "prompts with a number"),
    ),
    "0003": (
        (
            "SELECT count(*) FROM exported_items",
            "words that are noted as exported (their numbers may be given again)",
        ),
        ("SELECT count(*) FROM tasks WHERE stale IS NOT NULL", "tasks with the reason why they are stale"),
        ("SELECT count(*) FROM tasks WHERE pinned = 1", "tasks that are pinned (not requested again)"),
        ("SELECT count(*) FROM slow_queries", "slow queries"),
    ),
    "0004": (
        ("SELECT count(*) FROM llm_calls", "calls with what they cost (budgets count from nothing again)"),
        ("SELECT count(*) FROM llm_reservations", "calls under way"),
        ("SELECT count(*) FROM llm_breakers WHERE state <> 'closed'", "open circuit breakers"),
    ),
    "0005": (
        (
            "SELECT count(*) FROM llm_batch_requests WHERE outcome IS NULL",
            "requests in a provider's batch API (they would be sent and paid again)",
        ),
    ),
    "0006": (
        ("SELECT count(*) FROM reviews", "reviews of cards and analyses"),
        ("SELECT count(*) FROM overrides", "edits in force"),
        ("SELECT count(*) FROM card_versions", "versions of cards and analyses"),
    ),
    "0007": (("SELECT count(*) FROM tasks WHERE stage = 'judge'", "words with a task of the judge"),),
}


def installed_version(path: Path) -> str | None:
    """The version of the ledger in the file, None where there is none yet.

    Raises LedgerDamagedError, and LedgerError for a file of something else or one that cannot be read.
    """
    if not path.exists():
        return None
    if path.stat().st_size == 0:
        # SQLite makes an empty file first: after a kill at that moment there is nothing to lose, else there is.
        beside = path.with_name(path.name + "-wal")
        if backups.listing(path) or (beside.exists() and beside.stat().st_size):
            raise damaged_error(path, "the file is empty")
        return None
    # Opened for writing: what a killed process left in the journal is brought in.
    with explaining(path), closing(writable(path, busy_timeout=60)) as connection:
        return version_of(connection, path)


def version_of(connection: sqlite3.Connection, path: Path) -> str | None:
    """The same of an open database; None where it has no tables at all."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return None
    found = (
        connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if "alembic_version" in tables
        else None
    )
    if found is None or "import_batches" not in tables:
        raise LedgerError(
            f"{path} is a database, but no ledger of this project. Nothing was changed. Move it away, or set another "
            "`ledger` in conf/base/globals.yml."
        )
    return str(found[0])


@contextmanager
def prepared(path: Path, busy_timeout: float) -> Iterator[None]:
    """Bring the ledger to this release's version (create it; or back it up, upgrade it and say so), and hold it there.

    Inside, no other process migrates or replaces the file. Raises LedgerVersionError when it is newer; then nothing was
    changed.
    """
    with migration_lock(path):
        version = installed_version(path)
        refuse_newer(path, version)
        if version is None:
            if newest := next(iter(backups.listing(path)), None):
                logger.warning(
                    "There was no ledger %s: a new, empty one is made. There are backups, %s is the newest: `kedro db "
                    "restore` brings it back.", path, newest,
                )  # fmt: skip
            migrate(path, HEAD, busy_timeout, backup=None)
        elif version != HEAD:
            backup = backups.make(path, keep=None)
            logger.info(
                "The ledger %s is of version %s; backed up to %s, now upgrading to %s.", path, version, backup, HEAD
            )
            migrate(path, HEAD, busy_timeout, backup)
            logger.info("The ledger is upgraded. `kedro db history` shows the counts before and after.")
        yield


def migrate(path: Path, to: str, busy_timeout: float, backup: Path | None) -> dict[str, Any]:
    """Take the ledger to version ``to`` in one transaction; return what is recorded of it in ``history``.

    The record holds the row counts before and after, the integrity check and the foreign-key check. Whoever calls holds
    the ``migration_lock``. Raises LedgerError and changes nothing when a check fails.
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
                    f"The ledger {path} would not be whole after the migration from {version} to {to} (integrity: "
                    f"{record['integrity']}; rows that point nowhere: {record['foreign_keys']}). Nothing was changed. "
                    "`kedro db verify` says more, `kedro db restore` brings back a backup."
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
    """What an older ledger cannot hold, as a person would say it, oldest version first."""
    newer = [each for each in VERSIONS if to < each <= version]
    counted = [
        (connection.execute(query).fetchone()[0], text) for each in newer for query, text in _BROUGHT.get(each, ())
    ]
    return [f"{text}: {count:,}" for count, text in counted if count]


@contextmanager
def migration_lock(path: Path) -> Iterator[None]:
    """One process at a time opens, migrates or replaces the file; the system frees the lock when a process dies."""
    failed = f"The ledger {path} cannot be opened"
    with ExitStack() as stack:
        with explaining_disk(LedgerError, failed, "Nothing was changed."):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                stack.enter_context(FileLock(path.with_name(f".{path.name}.lock"), timeout=_LOCK_TIMEOUT))
            except Timeout as error:
                raise LedgerError(
                    f"The ledger {path} has been locked by another process for {_LOCK_TIMEOUT // 60} minutes (a migration, "
                    "a restore). Nothing was changed. Wait for it to end or stop it, then run the same command again."
                ) from error
        yield


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Rows of each table, by name."""
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in table_names(connection)
    }


def table_names(connection: sqlite3.Connection) -> list[str]:
    """The tables with something of the user's in them."""
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return sorted(name for name in names - {"alembic_version", "slow_queries"} if not name.startswith("sqlite_"))


def checks(connection: sqlite3.Connection) -> dict[str, Any]:
    """SQLite's own checks: ``integrity`` ("ok" or what is wrong), ``foreign_keys`` (how many rows point nowhere)."""
    found = [line for (line,) in connection.execute("PRAGMA integrity_check(20)")]
    return {
        "integrity": "; ".join(found),
        "foreign_keys": len(connection.execute("PRAGMA foreign_key_check").fetchall()),
    }


def refuse_newer(path: Path, version: str | None) -> None:
    """Raise LedgerVersionError for a version that this release does not know."""
    if version is not None and version not in VERSIONS:
        raise LedgerVersionError(
            f"The ledger {path} is of version {version}; this release knows versions up to {HEAD}. Nothing was changed. "
            "Update the project, or restore a backup made before the upgrade: kedro db restore."
        )


def _bare(connection: Connection) -> sqlite3.Connection:
    bare = connection.connection.driver_connection
    assert isinstance(bare, sqlite3.Connection)
    return bare


def _run_alembic(connection: Connection, to: str, down: bool) -> None:
    # Saves 0.15 s: only a new or an older ledger needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    (command.downgrade if down else command.upgrade)(config, to)
