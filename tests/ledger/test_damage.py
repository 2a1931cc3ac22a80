"""Test that damage to the ledger file is recognized when the file is opened, and that a repair keeps readable rows."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from support import damage
from support.filled_ledger import contents, damage_table, fill, grow, store
from support.ledger import ledger_at

from korean_flashcards.domain.errors import LedgerDamagedError, LedgerError
from korean_flashcards.ledger.db import backups, schema
from korean_flashcards.ledger.db.problems import damage_of
from korean_flashcards.ledger.db.rebuild import rebuild


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a ledger with rows in every table, to be copied."""
    path = tmp_path_factory.mktemp("filled") / "ledger.db"
    fill(path)
    return path


@pytest.fixture
def path(filled: Path, tmp_path: Path) -> Path:
    path = tmp_path / "data" / "ledger.db"
    path.parent.mkdir()
    return Path(shutil.copy(filled, path))


def _drop_column(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE llm_spending DROP COLUMN tokens")


def _lose_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0q1'")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (damage.drop_table, "the table reviews is missing"),
        (_drop_column, "the column tokens of the table llm_spending is missing"),
        (_lose_version, "its version cannot be read"),
        (lambda path: damage_table(path, "llm_calls"), "malformed|Page"),
        (damage.replace_by_text, "not a database"),
    ],
)
def test_damage_is_found_when_the_ledger_is_opened(path: Path, how: Callable[[Path], None], said: str) -> None:
    how(path)
    for opening in (store(path).read, store(path).write, ledger_at(path).rehearsal):
        with pytest.raises(LedgerDamagedError, match=said) as raised, opening():
            pass
        assert str(path) in str(raised.value) and "korean-flashcards-" not in str(raised.value)


def test_an_empty_file_beside_the_locks_of_earlier_runs_has_lost_its_content(path: Path) -> None:
    (path.parent / ".runs").mkdir()
    damage.empty(path)
    with pytest.raises(LedgerDamagedError, match="the file is empty"), ledger_at(path).rehearsal():
        pass


def test_a_large_ledger_is_opened_without_reading_all_its_pages(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    grow(path, 5000)
    assert path.stat().st_size > 3 * 2**20
    started = time.perf_counter()
    schema.installed_version(path)
    assert time.perf_counter() - started < 0.05
    assert damage_of(path) is None


def test_a_repair_of_a_sound_ledger_changes_no_row(path: Path) -> None:
    before = {table: rows for table, rows in contents(path).items() if table != "slow_queries"}
    done = rebuild(path)
    assert {table: contents(path)[table] for table in before} == before
    assert done.salvaged.incomplete == [] and done.salvaged.dropped == 0
    assert damage_of(path) is None and contents(done.replaced)["tasks"] == before["tasks"]


@pytest.mark.parametrize("table", ["import_batches", "import_rows", "tasks", "llm_spending", "vocabulary_items"])
def test_a_repair_keeps_the_other_tables_and_a_consistent_ledger(path: Path, table: str) -> None:
    before = contents(path)
    damage_table(path, table)
    done = rebuild(path)
    after = contents(path)
    assert done.salvaged.incomplete == [table]
    for kept in ("reviews", "overrides", "card_versions", "exported_items", "llm_calls", "prompt_versions"):
        assert after[kept] == before[kept], kept
    if table in ("import_batches", "import_rows", "llm_spending"):
        assert [row[0] for row in after["vocabulary_items"]] == [row[0] for row in before["vocabulary_items"]]
    with store(path).read() as connection:
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        orphans = "SELECT count(*) FROM vocabulary_items AS i WHERE (SELECT count(*) FROM tasks AS t WHERE "
        lonely = f"{orphans} t.item_id = i.item_id AND t.stage <> 'judge') <> 2"
        assert connection.execute(text(lonely)).scalar_one() == 0


def test_a_ledger_whose_pages_are_all_in_its_journal_is_repaired(path: Path, tmp_path: Path) -> None:
    ledger = store(path)
    with ledger.write() as connection:
        connection.execute(text("UPDATE vocabulary_items SET definition = 'boat' WHERE item_id = '배#1'"))
    journal = path.with_name("ledger.db-wal").read_bytes()
    ledger.close()
    path.with_name("ledger.db-wal").write_bytes(journal)
    damage.truncate(path)
    rebuild(path)
    with store(path).read() as connection:
        found = connection.execute(text("SELECT definition FROM vocabulary_items WHERE item_id = '배#1'"))
        assert found.scalar_one() == "boat"


def test_a_repair_does_not_begin_while_a_run_is_active(path: Path) -> None:
    with ledger_at(path) as ledger:
        ledger.runs.enter("run")
        with pytest.raises(LedgerError, match="is in use by"):
            rebuild(path)


def test_an_older_damaged_ledger_is_repaired_and_then_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    fill(path, "0007")
    damage_table(path, "llm_rates")
    rebuild(path)
    assert schema.installed_version(path) == "0007"
    with store(path).read():
        pass
    assert schema.installed_version(path) == schema.HEAD and len(backups.listing(path)) == 1


@pytest.mark.parametrize("index", ["ix_tasks_key", "ix_import_rows_item_id", "ix_vocabulary_items_batch_row"])
def test_a_damaged_index_is_found_when_the_ledger_is_opened(path: Path, index: str) -> None:
    """Change a row number in an index, which a check of the pages alone does not notice."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        ((page,),) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (index,)).fetchall()
        ((size,),) = connection.execute("PRAGMA page_size").fetchall()
    content = bytearray(path.read_bytes())
    content[page * size - 1] ^= 2
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    with pytest.raises(LedgerDamagedError, match="kedro db repair"):
        schema.installed_version(path)
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute("SELECT count(*) FROM tasks NOT INDEXED").fetchone()
    rebuild(path)
    assert damage_of(path) is None
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM tasks").fetchone() == before
