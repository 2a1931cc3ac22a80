"""Test the ledger's schema versions: migrations create the tables that the code defines and keep all rows that fit."""

import logging
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect
from support.filled_ledger import contents, fill, store
from support.ledger_work import start

from korean_flashcards.domain.errors import LedgerDamagedError, LedgerError, LedgerVersionError
from korean_flashcards.ledger.db import (
    backups,
    llm_tables,
    preference_tables,
    prompt_tables,
    removal_tables,
    run_tables,
    schema,
    tables,
)

OPEN = """
import sys; from pathlib import Path
from korean_flashcards.ledger.db.store import LedgerStore
store = LedgerStore(Path(sys.argv[1]), 2, 30)
with store.read() as connection:
    print(connection.exec_driver_sql("SELECT count(*) FROM history").scalar_one(), "alembic" in sys.modules)
store.close()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def test_migrations_create_the_tables_that_the_code_defines(path: Path, tmp_path: Path) -> None:
    with schema.prepared(path, 5):
        pass
    known = create_engine(f"sqlite:///{tmp_path / 'known.db'}")
    # The metadata includes the tables of all modules.
    modules = (llm_tables, preference_tables, prompt_tables, removal_tables, run_tables)
    assert all(module.metadata is tables.metadata for module in modules)
    tables.metadata.create_all(known)
    migrated = create_engine(f"sqlite:///{path}")
    assert set(inspect(migrated).get_table_names()) == {*inspect(known).get_table_names(), "alembic_version"}
    for table in inspect(known).get_table_names():
        assert _shape(migrated, table) == _shape(known, table), table


def test_versions_match_the_migrations() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).with_name("migrations")))
    steps = ScriptDirectory.from_config(config)
    assert tuple(reversed([step.revision for step in steps.walk_revisions()])) == schema.VERSIONS
    assert steps.get_heads() == [schema.HEAD]
    assert schema.VERSIONS[0] == schema.FIRST


@pytest.mark.slow
@pytest.mark.parametrize("older", schema.VERSIONS[:-1])
def test_a_downgrade_and_upgrade_keep_every_row_that_fits_the_older_version(path: Path, older: str) -> None:
    fill(path)
    full = contents(path)
    _migrate(path, older)
    assert schema.installed_version(path) == older
    down = contents(path)
    kept = {table: [_without(row, full[table][0], down[table][0]) for row in full[table]] for table in down}
    assert {table: sorted(rows, key=repr) for table, rows in down.items()} == {
        table: sorted(rows, key=repr) for table, rows in kept.items()
    }
    assert down["import_rows"][1:] and down["vocabulary_items"][1:]

    _migrate(path, schema.HEAD)
    up = contents(path)
    for table in down.keys() - {"tasks"}:
        assert up[table] == full[table], table
    if "tasks" in down:
        narrow = [_without(row, up["tasks"][0], down["tasks"][0]) for row in up["tasks"]]
        assert sorted(narrow, key=repr) == sorted(down["tasks"], key=repr)
    assert set(up) == set(full)


@pytest.mark.parametrize("older", schema.VERSIONS[:-1])
def test_an_upgrade_of_an_older_ledger_keeps_every_row(path: Path, older: str) -> None:
    fill(path, older)
    before = contents(path)
    _migrate(path, schema.HEAD)
    after = contents(path)
    for table in before.keys() - {"tasks"}:
        narrow = [_without(row, after[table][0], before[table][0]) for row in after[table]]
        assert sorted(narrow, key=repr) == sorted(before[table], key=repr), table
    for row in before.get("tasks", []):
        assert any(set(row) <= set(newer) for newer in after["tasks"])


def test_the_upgrade_to_0002_adds_two_tasks_per_word(path: Path) -> None:
    fill(path, "0001")
    _migrate(path, "0002")
    with closing(sqlite3.connect(path)) as connection:
        tasks = connection.execute(
            "SELECT stage, item_id, state, priority, frequency, position, attempts FROM tasks ORDER BY position, stage DESC"
        ).fetchall()
    assert tasks == [
        ("nuance", "배#1", "pending", 5, 90, 1, 0), ("flashcards", "배#1", "pending", 5, 90, 1, 0),
        ("nuance", "배#2", "pending", 5, 0, 2, 0), ("flashcards", "배#2", "pending", 5, 0, 2, 0),
        ("nuance", "가다#1", "pending", 9, 500, 3, 0), ("flashcards", "가다#1", "pending", 9, 500, 3, 0),
    ]  # fmt: skip


def test_judge_tasks_exist_only_from_version_0007_on(path: Path) -> None:
    def tasks() -> list[tuple[str, str]]:
        with closing(sqlite3.connect(path)) as connection:
            return sorted(connection.execute("SELECT item_id, stage FROM tasks WHERE stage = 'judge'"))

    fill(path, "0006")
    judged = "INSERT INTO tasks (stage, item_id, priority, frequency, position) VALUES ('judge', '배#1', 5, 90, 1)"
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match="ck_tasks_stage"):
        connection.execute(judged)
    _migrate(path, "0007")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(judged)
        assert schema.lost_by_downgrade(connection, "0007", "0006") == ["judge tasks: 1"]
    assert tasks() == [("배#1", "judge")]
    _migrate(path, "0006")
    assert tasks() == [] and schema.installed_version(path) == "0006"


def test_the_rows_that_a_downgrade_would_lose_are_counted(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as connection:
        assert schema.lost_by_downgrade(connection, schema.HEAD, schema.HEAD) == []
        reviews = schema.lost_by_downgrade(connection, "0006", "0005")
        batches = schema.lost_by_downgrade(connection, "0005", "0004")
        calls = schema.lost_by_downgrade(connection, "0004", "0003")
        newest = schema.lost_by_downgrade(connection, "0003", "0002")
        both = schema.lost_by_downgrade(connection, "0003", "0001")
    assert reviews == [
        "reviews of cards and analyses: 3", "active edits: 1", "versions of cards and analyses: 2"
    ]  # fmt: skip
    assert batches == [
        "requests already submitted to a provider's batch API (they would be sent and paid for again): 1"
    ]
    assert calls == [
        "calls and their costs (budgets start over at zero): 2",
        "budget reservations for pending calls: 1",
        "open circuit breakers: 1",
    ]
    assert newest == [
        "exported words (their homograph numbers could be reused): 2",
        "reasons why tasks are stale: 1",
        "pinned tasks (protected from new requests): 2",
        "slow queries: 1",
    ]
    assert both == [
        "tasks that are not pending (done, failed, dropped, and so on): 3",
        "numbered prompt versions: 1",
        *newest,
    ]


def test_an_older_ledger_is_backed_up_and_upgraded_with_log_messages(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(path, "0001")
    with caplog.at_level(logging.INFO), store(path).read() as connection:
        last = connection.exec_driver_sql("SELECT * FROM history ORDER BY number DESC LIMIT 1").mappings().one()
    (backup,) = backups.listing(path)
    assert (last["event"], last["from_version"], last["to_version"]) == ("upgraded", "0001", schema.HEAD)
    assert last["backup"] == str(backup)
    assert '"rows_before": {"history": 1' in last["details"] and '"tasks": 6' in last["details"]
    assert '"integrity": "ok", "foreign_keys": 0' in last["details"]
    assert "has version 0001. Backed it up to" in caplog.text and "was upgraded" in caplog.text
    backups.unpack(backup, path.with_name("old.db"))
    assert schema.installed_version(path.with_name("old.db")) == "0001"


def test_an_older_ledger_that_cannot_be_backed_up_is_not_upgraded(path: Path) -> None:
    fill(path, "0001")
    (path.parent / "backups").write_text("a file where the folder should be", encoding="utf-8")
    before = contents(path)
    with pytest.raises(LedgerError, match="backup cannot be written"), store(path).read():
        pass
    assert schema.installed_version(path) == "0001"
    assert contents(path) == before


def test_a_newer_ledger_is_refused_and_unchanged(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    said = rf"version 9999, but this release supports only versions up to {schema.HEAD}.*db restore"
    with pytest.raises(LedgerVersionError, match=said):
        store(path).read().__enter__()
    assert path.read_bytes() == before
    assert {file.name for file in path.parent.iterdir()} == {"ledger.db", ".ledger.db.lock"}


def test_a_different_database_is_refused_and_unchanged(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE photos (name)")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="not a ledger from this project"):
        store(path).read().__enter__()
    assert path.read_bytes() == before


def test_an_empty_file_without_backups_becomes_a_new_ledger(path: Path) -> None:
    path.touch()
    with store(path).read():
        assert schema.installed_version(path) == schema.HEAD


def test_an_empty_file_with_backups_is_reported_as_damaged(path: Path) -> None:
    fill(path)
    backups.make(path, None)
    path.write_bytes(b"")
    with pytest.raises(LedgerDamagedError, match=r"the file is empty.*db restore"):
        store(path).read().__enter__()
    assert path.read_bytes() == b""


def test_creating_a_ledger_when_there_are_backups_logs_a_warning(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fill(path)
    backup = backups.make(path, None)
    for file in path.parent.glob("ledger.db*"):
        file.unlink()
    with store(path).read():
        pass
    assert f"`kedro db restore` restores the newest one, {backup}." in caplog.text


def test_a_migration_that_would_leave_the_ledger_broken_changes_nothing(path: Path) -> None:
    fill(path, "0002")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO import_warnings (batch, row, code, reason) VALUES (99, 1, 'x', 'y')")
    before = contents(path)
    with pytest.raises(LedgerError, match=r"would be inconsistent.*broken foreign keys: 1"):
        _migrate(path, "0003")
    assert schema.installed_version(path) == "0002"
    assert contents(path) == before


@pytest.mark.slow
def test_only_one_of_several_processes_creates_a_missing_ledger(path: Path) -> None:
    started = [start(OPEN, path) for _ in range(4)]
    ended = [process.communicate(timeout=60) for process in started]
    assert [error for _, error in ended] == [""] * 4
    assert sorted(out.split()[0] for out, _ in ended) == ["1"] * 4
    assert sorted(out.split()[1] for out, _ in ended) == ["False", "False", "False", "True"]


def _migrate(path: Path, to: str) -> dict[str, Any]:
    with schema.migration_lock(path):
        return schema.migrate(path, to, 5, None)


def _shape(engine: Engine, table: str) -> dict[str, Any]:
    """Return the columns, keys, constraints and indexes of a table, independent of the formatting of its SQL."""
    found = inspect(engine)
    with engine.connect() as connection:
        written = "SELECT name, sql FROM sqlite_master WHERE tbl_name = ? AND type = ? AND sql IS NOT NULL"
        indexes = connection.exec_driver_sql(written, (table, "index")).all()
        ((_, made),) = connection.exec_driver_sql(written, (table, "table")).all()
    return {
        "columns": [
            (each["name"], str(each["type"]), each["nullable"], each["default"]) for each in found.get_columns(table)
        ],
        "key": found.get_pk_constraint(table),
        "foreign keys": sorted(map(repr, found.get_foreign_keys(table))),
        "unique": sorted(map(repr, found.get_unique_constraints(table))),
        "checks": _checks(_line(made)),
        "indexes": {name: _line(sql) for name, sql in indexes},
        "without rowid": "WITHOUT ROWID" in made.upper(),
    }


def _checks(made: str) -> dict[str, str]:
    """Return the condition of each CHECK constraint, keyed by its name."""
    checks = {}
    for found in re.finditer(r"CONSTRAINT (ck_\w+) CHECK \(", made):
        depth, end = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(made[end], 0)
            end += 1
        checks[found[1]] = made[found.end() : end - 1]
    return checks


def _line(sql: str) -> str:
    return re.sub(r"\s*,\s*", ", ", " ".join(sql.replace('"', "").split()))


def _without(row: tuple[object, ...], columns: tuple[object, ...], kept: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(row[columns.index(name)] for name in kept)
