"""Test that a repair survives rows whose stored values are damaged."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.ledger import fill_ledger, fresh_ledger

from korean_flashcards.ledger.db.word_values import restore_values


@pytest.mark.parametrize("item", ["5", "[1]", '"x"', "null", "{not JSON", ""])
def test_damaged_values_of_a_row_change_no_word(tmp_path: Path, item: str) -> None:
    with fresh_ledger(tmp_path) as ledger:
        fill_ledger(ledger, ["배#1", "문#1"])
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        before = connection.execute("SELECT * FROM vocabulary_items").fetchall()
        connection.execute("UPDATE import_rows SET item = ? WHERE item_id = '배#1'", (item,))
        assert restore_values(connection) == 0
        assert connection.execute("SELECT * FROM vocabulary_items").fetchall() == before
