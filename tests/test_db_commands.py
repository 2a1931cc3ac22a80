"""``kedro db`` from the command line: its output, its effects and its exit codes."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock
from support.filled_ledger import damage_table, fill, grow
from support.project import Project

from korean_flashcards.commands.db.group import db
from korean_flashcards.domain.line_wrap import width
from korean_flashcards.ledger.db import backups, schema


@pytest.fixture
def ledger(here: Project) -> Path:
    """The project's ledger, with rows in every table."""
    path = here.folder / "data" / "ledger.db"
    fill(path)
    return path


def test_commands_without_a_ledger_do_not_create_one(here: Project) -> None:
    status, backup = here.kedro("db", "health"), here.kedro("db", "backup")
    assert status.code == 0 and "There is no ledger" in status.out, status.err
    assert backup.code == 1 and "There is no ledger" in backup.err
    assert here.outputs() == set()


def test_health_shows_the_state_and_exits_accordingly(here: Project, ledger: Path) -> None:
    healthy = here.kedro("db", "health")
    assert healthy.code == 0, healthy.err
    for line in (
        "State      healthy",
        f"Version    {schema.HEAD}",
        "Integrity  ok",
        "Backup     none",
        "vocabulary_items        3",
    ):
        assert line in healthy.out
    assert max(map(width, healthy.out.splitlines())) <= 80
    _change(ledger, "DELETE FROM import_batches WHERE number = 2")
    attention = here.kedro("db", "health", "--json")
    facts = json.loads(attention.out)
    assert (attention.code, facts["state"], facts["foreign_keys"]) == (2, "attention", 3)
    ledger.write_bytes(ledger.read_bytes()[:9000])
    broken = here.kedro("db", "health")
    assert broken.code == 1 and "cannot be used" in broken.out and "kedro db repair" in broken.out


def test_restore_recovers_the_words_of_a_damaged_ledger(here: Project, ledger: Path) -> None:
    facts = json.loads(here.kedro("db", "backup", "--json").out)
    assert facts["kept"] == 1 and facts["sha256"] == backups.sha256(Path(facts["file"]))
    ledger.write_bytes(b"\xff" + ledger.read_bytes()[1:])

    declined = here.kedro("db", "restore")
    assert declined.code == 1 and "--yes" in declined.err and ledger.read_bytes()[:1] == b"\xff"
    restored = here.kedro("db", "restore", "--yes")
    assert restored.code == 0 and "Traceback" not in restored.err, restored.err
    assert "must be imported again" in restored.err and "Replies that you paid for are in the cache" in restored.err
    (kept,) = ledger.parent.glob("ledger.db.replaced-*.db")
    assert str(kept) in restored.out
    assert here.ledger("SELECT count(*) FROM vocabulary_items") == [(3,)]


def test_restore_warns_that_unreadable_words_may_be_lost(here: Project, ledger: Path) -> None:
    assert here.kedro("db", "backup").code == 0
    damage_table(ledger, "vocabulary_items")

    said = here.kedro("db", "restore").err

    lost, back = said.split("The backup brings back:")
    assert "These tables cannot be read, so their changes since the backup will be lost:\n  vocabulary_items\n" in lost
    assert "vocabulary_items: 3 rows\n" in back
    assert "batch" not in said


def test_downgrade_and_upgrade_make_a_backup_first(here: Project, ledger: Path) -> None:
    with FileLock(ledger.parent / ".runs" / "r9.lock"):
        in_use = here.kedro("db", "downgrade", "0001", "--yes")
    assert in_use.code == 1 and "in use by r9" in in_use.err
    assert schema.installed_version(ledger) == schema.HEAD and backups.listing(ledger) == []

    down = here.kedro("db", "downgrade", "0001", "--yes")
    assert down.code == 0 and "slow queries: 1" in down.err and f"from {schema.HEAD} to 0001" in down.out, down.err
    up = here.kedro("db", "upgrade")
    assert up.code == 0 and f"from 0001 to {schema.HEAD}" in up.out, up.err
    history = here.kedro("db", "history").out.splitlines()
    assert history[0].split() == ["at", "event", "from", "to"] and max(map(width, history)) <= 80
    assert history[1].split()[3:] == ["upgraded", "0001", schema.HEAD]
    assert history[3] == f"    backup: {backups.listing(ledger)[0].name}"
    events = json.loads(here.kedro("db", "history", "--json").out)
    assert [event["event"] for event in events[:2]] == ["upgraded", "downgraded"]
    assert [event["backup"] for event in events[:2]] == [str(file) for file in backups.listing(ledger)]
    assert events[0]["details"]["rows_after"]["tasks"] == 6


def test_verify_finds_no_problems_after_a_run(finished_here: Project) -> None:
    result = finished_here.kedro("db", "verify")
    assert (result.code, result.out) == (
        0,
        "No problems found. The ledger, layers, cache, backups, and word lists agree.\n",
    ), result.err


def test_verify_lists_a_changed_word_list_and_an_unreadable_layer(here: Project, ledger: Path) -> None:
    _change(ledger, "UPDATE import_batches SET source = 'data/01_raw/sample_words.csv' WHERE number = 1")
    (here.folder / "data" / "03_primary" / "words.parquet").write_bytes(b"no Parquet")
    result = here.kedro("db", "verify")
    assert result.code == 2, result.err
    lines = result.out.splitlines()
    assert len(lines) == 3 and "layers that cannot be read: 1 (" in lines[0] and "words.parquet" in lines[0]
    assert (
        "word lists that have changed since their last import: 1 (data/01_raw/sample_words.csv). What to do: "
        in lines[1]
    )
    assert "done tasks without a reply in the cache: 1 (" in lines[2], "the project has no cache"


def test_vacuum_shrinks_the_file(here: Project) -> None:
    path = here.folder / "data" / "ledger.db"
    grow(path, 3000)
    _change(path, "DELETE FROM tasks")
    before = path.stat().st_size
    result = here.kedro("db", "vacuum")
    assert result.code == 0 and " before, " in result.out, result.err
    assert path.stat().st_size < before


@pytest.mark.parametrize("line", ["status --color", "mend", "downgrade 0099", "--color"])
def test_a_usage_error_exits_with_1_not_2(line: str) -> None:
    assert CliRunner().invoke(db, line.split()).exit_code == 1


@pytest.mark.parametrize("name", sorted(db.commands))
def test_every_command_has_a_help_text(name: str) -> None:
    said = CliRunner().invoke(db, [name, "--help"])
    assert said.exit_code == 0 and "--env" in said.output and len(said.output.splitlines()) > 5


def _change(path: Path, statement: str) -> None:
    """Change the ledger as an external program would: without checking foreign keys."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
