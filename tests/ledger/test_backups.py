"""Test backups of the ledger and how they are restored."""

import gzip
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import insert, text
from support.filled_ledger import contents, damage_table, fill, grow, store
from support.ledger_work import start

from korean_flashcards.domain.errors import LedgerDamagedError, LedgerError, LedgerVersionError
from korean_flashcards.ledger.db import backup_files, backups, restore, schema
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.tables import runs

MAKE = """
import sys; from pathlib import Path
from korean_flashcards.ledger.db import backups
for _ in range(5):
    backups.make(Path(sys.argv[1]), None)
"""

KILLED = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("UPDATE runs SET host = 'journal'")
connection.commit()
os._exit(9)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    fill(path)
    return path


def test_a_backup_is_a_compressed_copy_with_a_checksum_for_sha256sum(path: Path, tmp_path: Path) -> None:
    started = now()
    backup = backups.make(path, None)
    plain = tmp_path / "plain.db"
    with gzip.open(backup, "rb") as packed:
        plain.write_bytes(packed.read())
    assert contents(plain) == contents(path)
    if sha256sum := shutil.which("sha256sum"):
        subprocess.run([sha256sum, "-c", f"{backup.name}.sha256"], cwd=backup.parent, check=True, capture_output=True)
    assert started <= backup_files.made_at(backup) <= now()


def test_a_backup_during_a_write_contains_only_committed_rows(path: Path, tmp_path: Path) -> None:
    ledger = store(path)
    row = {"kind": "run", "fingerprint": "", "host": "desk", "pid": 1, "started": "2026-11-01T08:00:00Z"}
    with ledger.write() as connection:
        connection.execute(insert(runs).values(run_id="committed", **row))
    with ledger.write() as connection:
        connection.execute(insert(runs).values(run_id="uncommitted", **row))
        backups.unpack(backups.make(path, None), tmp_path / "plain.db")
    ledger.close()
    with closing(sqlite3.connect(tmp_path / "plain.db")) as plain:
        assert {name for (name,) in plain.execute("SELECT run_id FROM runs")} == {"r1", "r2", "committed"}


def test_old_backups_are_deleted_and_other_files_are_kept(path: Path) -> None:
    folder = backup_files.folder_of(path)
    folder.mkdir()
    others = [folder / "ledger-old-20260101T000000000000Z.db.gz", folder / "notes.txt"]
    for other in others:
        other.write_text("mine", encoding="utf-8")
    made = [backups.make(path, keep=3) for _ in range(5)]
    assert backups.listing(path) == made[:1:-1]
    assert {file.name for file in folder.iterdir()} == {
        *(file.name for file in others), ".lock", *(file.name for file in made[2:]),
        *(f"{file.name}.sha256" for file in made[2:]),
    }  # fmt: skip


def test_files_of_a_killed_backup_are_not_listed_and_are_removed_by_the_next_backup(path: Path) -> None:
    folder = backup_files.folder_of(path)
    (folder / ".making-x1").mkdir(parents=True)
    (folder / ".making-x1" / "copy.db").write_bytes(b"half")
    orphan = folder / "ledger-20260101T000000000000Z.db.gz.sha256"
    orphan.write_text("00  x", encoding="utf-8")
    assert backups.listing(path) == []
    backups.make(path, None)
    assert not orphan.exists() and not (folder / ".making-x1").exists()


def test_concurrent_backups_are_complete_and_have_different_names(path: Path) -> None:
    started = [start(MAKE, path) for _ in range(3)]
    assert [process.communicate(timeout=60) for process in started] == [("", "")] * 3
    assert [backups.problem(file) for file in backups.listing(path)] == [None] * 15


def test_a_damaged_ledger_does_not_replace_good_backups(path: Path) -> None:
    good = backups.make(path, 1)
    damage_table(path, "vocabulary_items")
    with pytest.raises(LedgerDamagedError, match="kedro db restore"):
        backups.make(path, 1)
    assert backups.listing(path) == [good] and backups.problem(good) is None


def test_backing_up_a_missing_ledger_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"no ledger .* to back up"):
        backups.make(tmp_path / "ledger.db", None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["flipped", "truncated", "no checksum"])
def test_a_damaged_backup_is_refused_and_an_older_good_one_is_suggested(path: Path, damage: str) -> None:
    oldest, older, newest = (backups.make(path, None) for _ in range(3))
    before = path.read_bytes()
    _flip(older, -20)
    if damage == "flipped":
        _flip(newest, 300)
    elif damage == "truncated":
        newest.write_bytes(newest.read_bytes()[:-1])
    else:
        backups.checksum_file(newest).unlink()
    for chosen in (None, newest, Path(newest.name)):
        with pytest.raises(LedgerError) as refused:
            restore.choose(path, chosen)
        assert f"The backup {newest} is corrupted: its checksum" in str(refused.value)
        assert f"kedro db restore {oldest}" in str(refused.value)
    assert path.read_bytes() == before
    assert restore.choose(path, oldest) == oldest


def test_a_backup_with_damaged_content_is_refused_even_if_its_checksum_is_right(path: Path) -> None:
    backup = backups.make(path, None)
    with gzip.open(backup, "rb") as packed:
        data = bytearray(packed.read())
    for content, said in (
        (data[: len(data) // 2], "corrupted|cannot be used"),
        (b"no database at all" * 100, "corrupted"),
    ):
        backup.write_bytes(gzip.compress(bytes(content)))
        backups.checksum_file(backup).write_text(backups.sha256(backup), encoding="utf-8")
        before = path.read_bytes()
        with pytest.raises(LedgerError, match=said):
            restore.restore(path, restore.choose(path, None))
        assert path.read_bytes() == before


def test_a_backup_from_a_newer_release_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    backup = backups.make(path, None)
    with pytest.raises(LedgerVersionError, match=schema.HEAD):
        restore.restore(path, backup)


@pytest.mark.parametrize("damage", ["header", "table", "truncated", "emptied", "deleted", "emptied with a journal"])
def test_a_restore_after_damage_reports_what_is_lost(path: Path, damage: str) -> None:
    backup = backups.make(path, None)
    before = contents(path)
    _add_batch(path)
    _damage(path, damage)
    damaged = path.read_bytes() if path.exists() else None
    if damaged is not None:
        ledger = store(path)
        with pytest.raises(LedgerDamagedError, match="kedro db restore"), ledger.read() as connection:
            connection.execute(text("SELECT * FROM import_rows NOT INDEXED")).all()
        ledger.close()

    done = restore.restore(path, restore.choose(path, None))

    assert contents(path) == before
    with store(path).read() as connection:
        event = connection.exec_driver_sql("SELECT * FROM history ORDER BY number DESC LIMIT 1").mappings().one()
    assert (event["event"], event["to_version"], event["backup"]) == ("restored", schema.HEAD, str(backup))
    assert done.losses.ledger_there == (damaged is not None)
    if damage == "table":
        assert done.losses.batches == ["later"] and done.losses.rows["import_batches"] == (4, 3)
        assert done.losses.rows["import_rows"] == (None, 6) and not done.losses.readable
    elif damaged is not None:
        assert done.losses.batches is None and done.losses.words is None and not done.losses.readable
    if damaged is not None:
        # The journal mode in the header may differ.
        assert done.replaced and done.replaced.read_bytes()[100:] == damaged[100:]
    if damage == "emptied with a journal":
        assert Path(f"{done.replaced}-wal").read_bytes() == b"journal"


def test_all_losses_of_a_restore_are_listed_if_the_ledger_is_readable(path: Path) -> None:
    backup = backups.make(path, None)
    assert restore.losses(path, backup).batches == []
    _add_batch(path)
    lost = restore.losses(path, backup)
    assert lost.readable and (lost.batches, lost.words) == (["later"], ["오다#1"])
    assert lost.rows["vocabulary_items"] == (4, 3) and lost.rows["tasks done"] == (1, 1)


def test_the_replaced_ledger_is_kept_and_includes_the_content_of_its_journal(path: Path) -> None:
    backup = backups.make(path, None)
    # A killed process leaves its journal behind.
    assert start(KILLED, path).wait(timeout=60) == 9
    assert path.with_name("ledger.db-wal").stat().st_size
    done = restore.restore(path, backup)
    assert done.replaced
    assert not path.with_name("ledger.db-wal").exists()
    with closing(sqlite3.connect(done.replaced)) as replaced, closing(sqlite3.connect(path)) as restored:
        assert replaced.execute("SELECT DISTINCT host FROM runs").fetchall() == [("journal",)]
        assert restored.execute("SELECT DISTINCT host FROM runs").fetchall() == [("desk",)]


def test_a_ledger_in_use_is_not_replaced(path: Path) -> None:
    backup = backups.make(path, None)
    before = contents(path)
    lock = path.parent / ".runs" / "r7.lock"
    with FileLock(lock), pytest.raises(LedgerError, match=r"in use by r7\. Nothing was changed"):
        restore.restore(path, backup)
    lock.unlink(missing_ok=True)
    ledger = store(path)
    # An open ledger counts as in use even if nothing is being read.
    ledger._open()
    with pytest.raises(LedgerError, match="open in another process"):
        restore.restore(path, backup)
    ledger.close()
    assert contents(path) == before
    assert not list(path.parent.glob("*replaced*")) and not list(path.parent.glob(".*restoring*"))
    restore.restore(path, backup)


def test_a_restored_backup_of_an_older_version_is_upgraded_on_opening(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    fill(path, "0001")
    backup = backups.make(path, None)
    ledger = store(path)
    with ledger.read():
        pass
    ledger.close()
    assert restore.losses(path, backup).version == "0001"
    restore.restore(path, backup)
    with store(path).read() as connection:
        events = connection.exec_driver_sql("SELECT event FROM history ORDER BY number DESC LIMIT 2").scalars().all()
        assert events == ["upgraded", "restored"]


def test_a_missing_or_unknown_backup_is_an_error(path: Path) -> None:
    with pytest.raises(LedgerError, match="There are no backups"):
        restore.choose(path, None)
    made = backups.make(path, None)
    with pytest.raises(LedgerError, match=f"The backup .*other.gz does not exist.*Available backups: {made.name}"):
        restore.choose(path, Path("other.gz"))


def test_a_backup_of_a_large_ledger_is_much_smaller(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    grow(path, 2000)
    assert backups.make(path, None).stat().st_size < path.stat().st_size / 2


def _add_batch(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO import_batches (number, batch_id, file, source, sha256, state, priority, on_duplicate, created, "
            "rows, imported) VALUES (4, 'later', 'x', 'x', 'x', 'completed', 5, 'skip', '2026-11-02T08:00:00Z', 1, 1)"
        )
        connection.execute(
            "INSERT INTO vocabulary_items (item_id, term, homograph, stem, term_number, tags, batch, row) "
            "VALUES ('오다#1', '오다', 1, '오다', 4, '[]', 4, 2)"
        )


def _damage(path: Path, how: str) -> None:
    if how == "header":
        _flip(path, 0)
    elif how == "table":
        damage_table(path, "import_rows")
    elif how == "truncated":
        path.write_bytes(path.read_bytes()[:20_000])
    elif how == "emptied":
        path.write_bytes(b"")
    elif how == "deleted":
        path.unlink()
    else:
        path.write_bytes(b"")
        path.with_name("ledger.db-wal").write_bytes(b"journal")


def _flip(file: Path, position: int) -> None:
    data = bytearray(file.read_bytes())
    data[position] ^= 0xFF
    file.write_bytes(data)
