"""The ledger's tables as datasets: all rows and columns, read-only, also of old, missing, and damaged ledgers."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest
from kedro.io.core import DatasetError
from support import damage
from support.filled_ledger import fill
from support.old_project import FIXTURE

from korean_flashcards.datasets.ledger_table import LEDGER_TABLES, LedgerTableDataset
from korean_flashcards.ledger.db.sqlite import read_only


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a ledger with rows in every table. Tests must not change it."""
    path = tmp_path_factory.mktemp("filled") / "ledger.db"
    fill(path)
    return path


def loaded(path: Path, table: str) -> pl.DataFrame:
    return LedgerTableDataset(filepath=str(path), table=table).load()


@pytest.mark.parametrize("table", [table.name for table in LEDGER_TABLES.values()])
def test_a_table_has_the_rows_of_the_file_and_stays_unchanged(filled: Path, table: str) -> None:
    before = filled.read_bytes()
    frame = loaded(filled, table)
    with read_only(filled) as connection:
        cursor = connection.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
    assert set(frame.columns) == set(names) and rows
    assert sorted(map(repr, frame.select(names).rows())) == sorted(map(repr, rows))
    assert filled.read_bytes() == before


def test_a_table_does_not_open_the_ledger_for_writing(filled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "read_only"
    folder.mkdir()
    copy = Path(shutil.copy(filled, folder))
    folder.chmod(0o555)
    try:
        assert loaded(copy, "tasks").height
        assert [file.name for file in folder.iterdir()] == ["ledger.db"]
    finally:
        folder.chmod(0o755)


def test_a_missing_ledger_is_one_sentence_and_no_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with pytest.raises(
        DatasetError, match=r"There is no ledger at .*: `kedro run` creates one, and `kedro db restore`"
    ):
        loaded(path, "tasks")
    assert not list(tmp_path.iterdir())
    assert LedgerTableDataset(filepath=str(path), table="tasks").preview()["data"] == []


def test_a_table_that_was_dropped_is_damage_and_not_an_empty_table(filled: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(filled, tmp_path))
    damage.drop_table(copy)
    with pytest.raises(
        DatasetError, match=r"^The ledger .* is corrupted \(columns of the table reviews are missing\)\."
    ):
        loaded(copy, "reviews")
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("ALTER TABLE llm_calls DROP COLUMN queue_s")
    with pytest.raises(DatasetError, match="columns of the table llm_calls are missing"):
        loaded(copy, "llm_calls")


def test_a_value_of_the_wrong_type_is_damage(filled: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(filled, tmp_path))
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE llm_calls SET tokens_in = 'many'")
    with pytest.raises(DatasetError, match="a value in the table llm_calls has the wrong type"):
        loaded(copy, "llm_calls")


def test_a_ledger_of_an_earlier_release_has_no_rows_in_newer_tables(tmp_path: Path) -> None:
    old = Path(shutil.copy(FIXTURE / "data" / "ledger.db", tmp_path))
    before = old.read_bytes()
    assert loaded(old, "import_batches").height and loaded(old, "tasks").height
    assert loaded(old, "export_history").is_empty()
    assert loaded(old, "export_history").columns == [column.name for column in LEDGER_TABLES["ledger_exports"].columns]
    assert old.read_bytes() == before


def test_a_preview_has_the_newest_rows_as_text(filled: Path) -> None:
    dataset = LedgerTableDataset(filepath=str(filled), table="llm_calls")
    preview, newest = dataset.preview(1), dataset.load()["number"].max()
    assert preview["columns"][0] == "number" and [row[0] for row in preview["data"]] == [str(newest)]


def test_the_catalog_cannot_name_other_tables(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no table 'sqlite_master' for the catalog\. Use one of tasks, llm_calls"):
        LedgerTableDataset(filepath=str(tmp_path / "ledger.db"), table="sqlite_master")
