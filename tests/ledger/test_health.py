"""Test the health report of the ledger, including reports for a damaged, newer or missing file."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock
from support.filled_ledger import fill, grow

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.ledger.db import backup_files, backups, schema
from korean_flashcards.ledger.db.health import at_rest, health, live_runs


class Usage(NamedTuple):
    """Replace the result of ``shutil.disk_usage``."""

    total: int
    used: int
    free: int


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    fill(path)
    return path


def test_the_report_of_a_healthy_ledger_has_all_figures_and_changes_no_file(path: Path) -> None:
    backup = backups.make(path, None)
    before = path.read_bytes()
    found = health(path)
    assert (found.state, found.version, found.head, found.problem, found.attention) == (
        "healthy",
        schema.HEAD,
        schema.HEAD,
        None,
        [],
    )
    assert (found.integrity, found.foreign_keys, found.wal) == ("ok", 0, 0)
    assert found.size == path.stat().st_size and found.free_on_disk > 0
    assert (found.backups, found.last_backup, found.last_backup_at) == (1, str(backup), backup_files.made_at(backup))
    assert found.rows["vocabulary_items"] == 3 and found.rows["tasks"] == 6 and found.rows["import_rows"] == 6
    assert found.slow_queries == [
        {"statement": "SELECT 1", "count": 3, "worst_seconds": 0.75, "last_seen": "2026-11-01T09:00:00Z"}
    ]
    assert path.read_bytes() == before
    assert not path.with_name("ledger.db-wal").exists()


def test_a_missing_ledger_is_reported_and_not_created(tmp_path: Path) -> None:
    found = health(tmp_path / "data" / "ledger.db")
    assert (found.state, found.problem, found.size) == ("none", None, 0)
    assert list(tmp_path.iterdir()) == []


def test_an_older_ledger_is_healthy_and_not_upgraded(tmp_path: Path) -> None:
    fill(tmp_path / "ledger.db", "0001")
    found = health(tmp_path / "ledger.db")
    assert (found.state, found.version) == ("healthy", "0001")
    assert "tasks" not in found.rows and found.slow_queries == []
    assert schema.installed_version(tmp_path / "ledger.db") == "0001"


def test_a_newer_ledger_is_reported_as_unusable(path: Path) -> None:
    _change(path, "UPDATE alembic_version SET version_num = '9999'")
    found = health(path)
    assert (found.state, found.version) == ("broken", "9999")
    assert found.problem and f"supports only versions up to {schema.HEAD}" in found.problem


@pytest.mark.parametrize("start", [0, 8192])
def test_a_damaged_ledger_is_reported_with_advice(path: Path, start: int) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:start] + b"\xa5" * (len(data) - start))
    found = health(path)
    assert found.state == "broken"
    assert found.problem and "is corrupted" in found.problem and "kedro db repair" in found.problem


def test_broken_foreign_keys_need_attention(path: Path) -> None:
    _change(path, "DELETE FROM import_batches WHERE number = 2")
    found = health(path)
    assert (found.state, found.foreign_keys, found.integrity) == ("attention", 3, "ok")
    assert found.attention[0] == "3 broken foreign keys: see `kedro db verify`."


def test_a_nearly_full_disk_needs_attention(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9 - 1000, 1000))
    found = health(path)
    assert (found.state, found.free_on_disk) == ("attention", 1000)
    assert "nearly full" in found.attention[0]


def test_the_space_of_deleted_rows_is_counted_as_free(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    grow(path, 2000)
    assert health(path).free_in_file == 0
    _change(path, "DELETE FROM tasks")
    assert health(path).free_in_file > 50_000


def test_only_active_runs_lock_the_file(path: Path) -> None:
    folder = path.parent / ".runs"
    folder.mkdir()
    (folder / "dead.lock").touch()
    with FileLock(folder / "alive.lock"):
        assert live_runs(path) == ["alive"] == health(path).live_runs
        with pytest.raises(LedgerError, match=r"in use by alive\. Nothing was changed"), at_rest(path):
            pass
    assert live_runs(path) == []
    with at_rest(path):
        pass


def _change(path: Path, statement: str) -> None:
    """Change the ledger as another program would: without enforcing foreign keys."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_an_empty_file_is_a_damaged_ledger(tmp_path):
    (tmp_path / "ledger.db").touch()
    found = health(tmp_path / "ledger.db")
    assert (
        found.state == "broken"
        and "the file is empty. There is no backup. `kedro db repair` builds a new ledger" in str(found.problem)
    )
