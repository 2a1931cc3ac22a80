"""Test that SIGKILL during a migration, backup or restore leaves a valid ledger, changed completely or not at all."""

import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.context import BaseContext
from pathlib import Path

import pytest
from support import ledger_work
from support.filled_ledger import fill, grow

from korean_flashcards.ledger.db import backup_files, backups, schema

pytestmark = pytest.mark.slow

KILLS = ledger_work.kills(6)
WORDS = 4000


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> BaseContext:
    return ledger_work.processes(monkeypatch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "ledger.db"
    grow(path, WORDS)
    return path


def test_a_killed_upgrade_is_complete_or_has_no_effect(path: Path, processes: BaseContext) -> None:
    with schema.migration_lock(path):
        schema.migrate(path, "0001", 5, None)
    seen = []
    for _ in _killed(processes, ledger_work.upgrade, path, keep_files=True):
        version, words = _whole(path)
        assert (version, words) in {("0001", WORDS), (schema.HEAD, WORDS)}
        assert _count(path, "tasks") == (2 * WORDS if version == schema.HEAD else None)
        assert (_events(path)[-1] == "upgraded") == (version == schema.HEAD)
        _backups_are_good(path)
        seen.append(version)
        ledger_work.upgrade(path)
        assert _whole(path) == (schema.HEAD, WORDS)
    assert seen[0] == "0001" and seen[-1] == schema.HEAD


def test_a_killed_backup_leaves_no_backup_and_no_damage(path: Path, processes: BaseContext) -> None:
    backups.make(path, keep=2)
    for _ in _killed(processes, ledger_work.back_up, path, keep_files=False):
        assert _whole(path) == (schema.HEAD, WORDS)
        _backups_are_good(path)
    backups.make(path, keep=2)
    folder = backup_files.folder_of(path)
    kept = {name for file in backups.listing(path) for name in (file.name, backups.checksum_file(file).name)}
    assert {file.name for file in folder.iterdir()} - {".lock"} == kept and len(kept) == 4


def test_a_killed_restore_is_complete_or_has_no_effect(path: Path, processes: BaseContext) -> None:
    backups.make(path, keep=None)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO import_batches (batch_id, file, source, sha256, state, priority, on_duplicate, created) "
            "VALUES ('later', 'x', 'x', 'x', 'failed', 5, 'skip', '2026-11-02T08:00:00Z')"
        )
    seen = []
    for _ in _killed(processes, ledger_work.put_back, path, keep_files=True):
        assert _whole(path) == (schema.HEAD, WORDS)
        batches = _count(path, "import_batches")
        assert (batches, _events(path)[-1]) in {(2, "created"), (1, "restored")}
        for replaced in path.parent.glob("*.replaced-*.db"):
            assert _whole(replaced) == (schema.HEAD, WORDS)
        seen.append(batches)
        ledger_work.put_back(path)
        assert _count(path, "import_batches") == 1
        assert not list(path.parent.glob(".ledger.db.restoring-*"))
    assert seen[0] == 2 and seen[-1] == 1


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL on this system")
@pytest.mark.parametrize("work", [ledger_work.put_back, ledger_work.back_up_once])
def test_a_kill_at_any_step_of_a_restore_or_backup_leaves_all_files_valid(
    tmp_path: Path, processes: BaseContext, work: Callable[[Path], None]
) -> None:
    origin, path = tmp_path / "origin" / "ledger.db", tmp_path / "work" / "ledger.db"
    fill(origin)
    backups.make(origin, None)
    with closing(sqlite3.connect(origin)) as connection, connection:
        connection.execute("DELETE FROM import_warnings")
    code: int | None = None
    for step in range(1, 500):
        shutil.rmtree(path.parent, ignore_errors=True)
        shutil.copytree(origin.parent, path.parent)
        process = processes.Process(target=ledger_work.dying, args=(work, path, step))  # type: ignore[attr-defined]
        process.start()
        process.join()
        code = process.exitcode
        assert _whole(path) == (schema.HEAD, 3)
        assert (_count(path, "import_warnings") == 1) == (_events(path)[-1] == "restored")
        assert backups.listing(path)
        _backups_are_good(path, words=3)
        if code == 0:
            break
        assert code == -signal.SIGKILL
    assert code == 0 and step > 10


def _killed(processes: BaseContext, work: Callable[[Path], None], path: Path, keep_files: bool) -> Iterator[None]:
    """Start the work and kill it at random moments, later each time, and yield after each kill.

    With ``keep_files``, each attempt begins with the same files, and the last one may finish.
    """
    origin = path.parent.with_name("origin")
    path.with_name(".ledger.db.lock").unlink(missing_ok=True)
    shutil.copytree(path.parent, origin)
    lasts = 1.0
    if keep_files:
        started = time.monotonic()
        process = processes.Process(target=work, args=(path,))  # type: ignore[attr-defined]
        process.start()
        process.join()
        lasts = time.monotonic() - started
        assert process.exitcode == 0
    for kill in range(KILLS + 1):
        if keep_files:
            shutil.rmtree(path.parent)
            shutil.copytree(origin, path.parent)
        process = processes.Process(target=work, args=(path,))  # type: ignore[attr-defined]
        process.start()
        after = lasts * max(0.0, kill - random.random()) / KILLS
        process.join(timeout=after if kill < KILLS or not keep_files else None)
        process.kill()
        process.join()
        yield


def _whole(path: Path) -> tuple[str | None, int]:
    """Assert that the ledger passes SQLite's checks, and return its version and number of words."""
    with closing(sqlite3.connect(path)) as connection:
        assert schema.checks(connection) == {"integrity": "ok", "foreign_keys": 0}
        (words,) = connection.execute("SELECT count(*) FROM vocabulary_items").fetchone()
    return schema.installed_version(path), words


def _count(path: Path, table: str) -> int | None:
    with closing(sqlite3.connect(path)) as connection:
        return schema.row_counts(connection).get(table)


def _events(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [event for (event,) in connection.execute("SELECT event FROM history ORDER BY number")]


def _backups_are_good(path: Path, words: int = WORDS) -> None:
    listed = backups.listing(path)
    assert [backups.problem(file) for file in listed] == [None] * len(listed)
    for file in listed[:1]:
        unpacked = path.with_name("unpacked.db")
        backups.unpack(file, unpacked)
        assert _whole(unpacked)[1] == words
        unpacked.unlink()
