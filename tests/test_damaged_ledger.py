"""Damage the ledger of a finished project: each command says so and names the repair, after which the project is whole.

The offline model is free, so a test counts what would be requested again.
"""

import functools
import json
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from support import damage
from support.commands import ProjectHere
from support.project import Project

# Most of these tests start ten commands each. `tests/ledger/test_damage.py` has the fast ones.
pytestmark = pytest.mark.slow

Damage = Callable[[Path], None]
DAMAGES: dict[str, Damage] = {
    "flipped bits": functools.partial(damage.flip_bits, seed=1),
    "flipped bits beyond the list of tables": functools.partial(damage.flip_bits, seed=3, start=8192),
    "a flipped header": lambda path: path.write_bytes(b"\0" * 40 + path.read_bytes()[40:]),
    "truncated": damage.truncate,
    "empty": damage.empty,
    "text": damage.replace_by_text,
    "a dropped table": damage.drop_table,
    "a dropped table of words": functools.partial(damage.drop_table, table="vocabulary_items"),
}


@pytest.fixture
def copy(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project that the test may damage."""
    return ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)


def ledger_of(project: Project) -> Path:
    return project.folder / "data" / "ledger.db"


def requests(project: Project) -> int:
    """Return how many replies the next run would request."""
    planned = project.kedro("plan", "--json")
    assert planned.code == 0, planned.err
    return sum(stage["requests"] for stage in json.loads(planned.out)["stages"])


@pytest.mark.parametrize("name", DAMAGES)
def test_without_a_backup_each_message_names_the_repair_which_keeps_the_readable_rows(copy: Project, name: str) -> None:
    DAMAGES[name](ledger_of(copy))
    for command in ("plan", "db health"):
        said = copy.kedro(*command.split())
        text = said.out + said.err
        assert said.code == 1 and "is corrupted" in text and "There is no backup. `kedro db repair`" in text, text
        assert str(ledger_of(copy)) in text.replace("data/ledger.db", str(ledger_of(copy)))
        assert "/tmp/" not in text.replace(str(copy.folder), "") and "Traceback" not in text

    repaired = copy.kedro("db", "repair", "--yes")
    assert repaired.code == 0 and "The previous ledger was kept as" in repaired.out, repaired.err
    assert copy.kedro("db", "health").code == 0
    # A flipped bit may change the text of a word, whose replies are then stale.
    changed = 2 if name == "flipped bits beyond the list of tables" else 0
    assert requests(copy) <= changed, "the cached replies are used again"


@pytest.mark.parametrize("name", ["flipped bits", "truncated", "empty", "a dropped table"])
def test_with_a_backup_each_message_names_the_restore_which_makes_the_project_whole(copy: Project, name: str) -> None:
    assert copy.kedro("db", "backup").code == 0
    DAMAGES[name](ledger_of(copy))
    for command in ("plan", "db health", "db verify"):
        said = copy.kedro(*command.split())
        assert said.code != 0 and "`kedro db restore` lists the data" in said.out + said.err
    restored = copy.kedro("db", "restore", "--yes")
    assert restored.code == 0, restored.err
    assert copy.kedro("db", "verify").code == 0
    assert copy.kedro("status").code == 0


def test_a_different_database_is_not_changed_and_the_restore_is_named(copy: Project) -> None:
    assert copy.kedro("db", "backup").code == 0
    damage.replace_by_photos(ledger_of(copy))
    before = ledger_of(copy).read_bytes()
    for command in ("plan", "status", "db health"):
        said = copy.kedro(*command.split())
        assert said.code == 1 and "not a ledger from this project" in said.out + said.err
        assert "`kedro db restore` keeps this file and restores the newest backup" in said.out + said.err
    assert ledger_of(copy).read_bytes() == before
    assert copy.kedro("db", "restore", "--yes").code == 0
    assert copy.kedro("status").code == 0


def test_an_invalid_value_in_a_sound_file_is_found_and_repaired(copy: Project) -> None:
    with closing(sqlite3.connect(ledger_of(copy))) as connection, connection:
        connection.execute("UPDATE vocabulary_items SET tags = '[\"topik' WHERE term_number = 5")
    for command in ("plan", "status", "db health"):
        said = copy.kedro(*command.split())
        assert said.code == 1 and "valid JSON" in said.out + said.err and "kedro db repair" in said.out + said.err
    assert copy.kedro("db", "repair", "--yes").code == 0
    assert copy.kedro("db", "verify").code == 0 and requests(copy) == 0


def test_a_repair_keeps_reviews_calls_and_the_state_of_tasks(copy: Project) -> None:
    approved = copy.kedro("review", "approve", "남성", "--card", "Scene")
    assert approved.code == 0, approved.err
    before = {
        table: copy.ledger(f"SELECT * FROM {table} ORDER BY 1, 2")
        for table in (
            "reviews",
            "card_versions",
            "exported_items",
            "prompt_versions",
            "vocabulary_items",
            "import_rows",
        )
    }
    tasks = copy.ledger("SELECT stage, item_id, state, key FROM tasks ORDER BY 1, 2")
    damage.drop_table(ledger_of(copy), "llm_rates")
    assert copy.kedro("db", "repair", "--yes").code == 0
    assert {table: copy.ledger(f"SELECT * FROM {table} ORDER BY 1, 2") for table in before} == before
    assert copy.ledger("SELECT stage, item_id, state, key FROM tasks ORDER BY 1, 2") == tasks
    (newest, *_) = json.loads(copy.kedro("db", "history", "--json").out)
    assert newest["event"] == "repaired" and newest["details"]["incomplete"] == ["llm_rates"]


@pytest.mark.parametrize("backed_up", [True, False])
def test_a_link_that_leads_nowhere_says_not_mounted_and_the_link_stays(
    copy: Project, tmp_path: Path, backed_up: bool
) -> None:
    if backed_up:
        assert copy.kedro("db", "backup").code == 0
    disk = tmp_path / "disk"
    disk.mkdir()
    real = ledger_of(copy).rename(disk / "ledger.db")
    ledger_of(copy).symlink_to(real)
    assert copy.kedro("status").code == 0
    disk.rename(tmp_path / "away")
    for command in ("plan", "status", "db health", "db verify", "db restore --yes", "db repair --yes"):
        said = copy.kedro(*command.split())
        assert said.code == 1 and "the disk is not mounted" in said.out + said.err, command
        assert ("--replace-link" in said.out + said.err) == backed_up, command
    assert ledger_of(copy).is_symlink() and not disk.exists()
    (tmp_path / "away").rename(disk)
    assert copy.kedro("status").code == 0

    disk.rename(tmp_path / "lost")
    restored = copy.kedro("db", "restore", "--yes", "--replace-link")
    assert (restored.code == 0) == backed_up
    assert ledger_of(copy).is_symlink() != backed_up


def test_a_restore_follows_a_link_to_a_ledger_that_exists(copy: Project, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    real = ledger_of(copy).rename(tmp_path / "disk" / "ledger.db")
    ledger_of(copy).symlink_to(real)
    assert copy.kedro("db", "backup").code == 0
    damage.truncate(real)
    assert copy.kedro("db", "restore", "--yes").code == 0
    assert ledger_of(copy).is_symlink() and copy.kedro("status").code == 0


def test_an_old_ledger_is_planned_in_a_copy_that_no_message_names(
    copy: Project, caplog: pytest.LogCaptureFixture
) -> None:
    assert copy.kedro("db", "downgrade", "0009", "--yes").code == 0
    caplog.clear()
    with caplog.at_level(logging.INFO):
        assert requests(copy) == 0
    assert "Backed it up" not in caplog.text
    assert "0009" in copy.kedro("db", "health").out, "planning changes nothing"
