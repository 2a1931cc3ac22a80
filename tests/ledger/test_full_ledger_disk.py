"""Fill the disk of the ledger while it is changed: the message says exactly what was kept, and it is true."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select
from support.small_disk import mounted_disk

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import runs

_LONG = "x" * 1000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LedgerStore]:
    """A new ledger on a disk of 12 MB."""
    with mounted_disk(tmp_path / "disk", "size=12m") as disk:
        made = LedgerStore(disk / "ledger.db", 1, 5)
        yield made
        made.close()


def add(connection: Connection, name: str, count: int) -> None:
    row = {"kind": "run", "fingerprint": _LONG, "host": "here", "pid": 1, "started": "2026-11-29T00:00:00Z"}
    connection.execute(insert(runs), [{**row, "run_id": f"{name}{number}"} for number in range(count)])


def fill(store: LedgerStore, free: int) -> Path:
    filler = store.path.with_name("filler")
    filler.write_bytes(b"\0" * (shutil.disk_usage(store.path.parent).free - free))
    return filler


@pytest.mark.parametrize("count", [2_000, 6_000])
def test_only_the_change_that_failed_is_undone(store: LedgerStore, count: int) -> None:
    with store.write() as connection:
        add(connection, "before", 3)
    filler = fill(store, 1_200_000)
    with pytest.raises(LedgerError) as caught, store.write() as connection:
        add(connection, "during", count)
    message = str(caught.value)
    assert "The change that failed was undone. Changes that were saved before it are kept." in message
    assert "the disk is full" in message and "MB on the disk of" in message and "database or disk" not in message
    with store.read() as connection:
        assert connection.execute(select(runs.c.run_id)).scalars().all() == ["before0", "before1", "before2"]
    filler.unlink()
    with store.write() as connection:
        add(connection, "after", count)


def test_a_ledger_on_a_full_disk_names_what_to_free_before_it_changes_anything(store: LedgerStore) -> None:
    with store.write() as connection:
        add(connection, "before", 3)
    fill(store, 0)
    store.close()
    with pytest.raises(LedgerError, match="the disk is full"), store.write() as connection:
        add(connection, "during", 1)
