"""Test transactions on the ledger file, and the messages of its errors."""

import os
import pickle
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from support.filled_ledger import contents, fill, grow, store
from support.ledger_work import start

from korean_flashcards.domain.errors import LedgerDamagedError, LedgerError
from korean_flashcards.ledger.db import schema
from korean_flashcards.ledger.db.slow_queries import KEPT, SlowQueries
from korean_flashcards.ledger.db.sqlite import writable
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import runs, slow_queries, vocabulary_items

RUN = {"kind": "run", "fingerprint": "", "host": "laptop", "pid": 1, "started": "2026-11-01T08:00:00Z"}
FULL_DISK = """
import resource, sys; from pathlib import Path
from korean_flashcards.ledger.db import backups, restore
from korean_flashcards.ledger.db.sqlite import writable
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.domain.errors import LedgerError
path, what = Path(sys.argv[1]), sys.argv[2]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
store = LedgerStore(path, 2, 5)
try:
    if what == "backup":
        backups.make(path, None)
    elif what == "restore":
        restore.restore(path, backups.listing(path)[0])
    else:
        with store.write() as connection:
            connection.exec_driver_sql("UPDATE import_rows SET text = hex(randomblob(3000))")
    store.close()
except LedgerError as error:
    print(error)
"""
READ_ONLY = """
import os, sys; from pathlib import Path
from korean_flashcards.ledger.db import schema, store
from korean_flashcards.domain.errors import LedgerError
if os.geteuid() == 0:
    os.seteuid(65534)
try:
    with store.LedgerStore(Path(sys.argv[1]), 2, 5).write() as connection:
        connection.exec_driver_sql("DELETE FROM slow_queries")
except LedgerError as error:
    print(error)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def test_a_write_is_committed_completely_or_rolled_back(path: Path) -> None:
    ledger = store(path)
    with ledger.write() as connection:
        connection.execute(insert(runs).values(run_id="kept", **RUN))
    with pytest.raises(ZeroDivisionError), ledger.write() as connection:
        connection.execute(insert(runs).values(run_id="undone", **RUN))
        _ = 1 // 0
    with ledger.read() as connection:
        assert connection.execute(select(runs.c.run_id)).scalars().all() == ["kept"]
    ledger.close()


# A command that does not close its ledger, and whose memory is not searched for garbage at its end.
UNCLOSED = """
import gc, sys; from pathlib import Path
from sqlalchemy import text
from korean_flashcards.commands.early_start import _collect_less_garbage
from korean_flashcards.ledger.db.store import LedgerStore
_collect_less_garbage()
store = LedgerStore(Path(sys.argv[1]), 2, 30)
with store.write() as connection:
    connection.execute(text("CREATE TABLE own (number INTEGER)"))
"""


def test_a_ledger_that_nobody_closes_is_a_single_file_after_the_command(path: Path) -> None:
    """People copy that file."""
    _, said = (process := start(UNCLOSED, path)).communicate(timeout=60)
    assert process.returncode == 0, said
    assert [file.name for file in path.parent.glob("ledger.db*")] == ["ledger.db"]


def test_a_reader_sees_one_snapshot_while_others_write(path: Path) -> None:
    ledger = store(path)
    with ledger.read() as reading:
        assert reading.execute(select(runs)).all() == []
        with ledger.write() as connection:
            connection.execute(insert(runs).values(run_id="new", **RUN))
        assert reading.execute(select(runs)).all() == []
    ledger.close()


def test_a_writer_waits_longer_than_one_timeout_for_the_lock(path: Path) -> None:
    ledger = store(path, busy_timeout=0.3)
    with ledger.read(), closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.7, other.rollback)
        release.start()
        with ledger.write() as connection:
            connection.execute(insert(runs).values(run_id="waited", **RUN))
        release.join()
    ledger.close()


def test_a_lock_held_for_too_long_is_an_error_and_the_ledger_stays_usable(path: Path) -> None:
    ledger = store(path, busy_timeout=0.1)
    with ledger.read(), closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(
            LedgerError,
            match=r"locked for too long by another process.*Nothing was changed.*run the same command again",
        ):
            ledger.write().__enter__()
        other.rollback()
        with ledger.write() as connection:
            connection.execute(insert(runs).values(run_id="afterwards", **RUN))
    ledger.close()


def test_threads_share_one_store(path: Path) -> None:
    ledger = store(path)

    def register(number: int) -> None:
        with ledger.write() as connection:
            connection.execute(insert(runs).values(run_id=str(number), **RUN))

    threads = [threading.Thread(target=register, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.read() as connection:
        assert len(connection.execute(select(runs)).all()) == 8
    ledger.close()


def test_a_violated_constraint_is_named_and_the_write_is_rolled_back(path: Path) -> None:
    ledger = store(path)
    with (
        pytest.raises(LedgerError, match=r"rejected a value: CHECK constraint failed: ck_runs_kind"),
        ledger.write() as it,
    ):
        it.execute(insert(runs).values(run_id="good", **RUN))
        it.execute(insert(runs).values(run_id="bad", **{**RUN, "kind": "party"}))
    with ledger.read() as connection:
        assert connection.execute(select(runs)).all() == []
    ledger.close()


def test_a_broken_foreign_key_is_refused(path: Path) -> None:
    ledger = store(path)
    word = {"item_id": "배#1", "term": "배", "homograph": 1, "stem": "배", "term_number": 1, "tags": "[]", "row": 1}
    with pytest.raises(LedgerError, match="FOREIGN KEY constraint failed"), ledger.write() as connection:
        connection.execute(insert(vocabulary_items).values(batch=7, **word))
    ledger.close()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[:100_000], id="truncated"),
        pytest.param(lambda data: data[:40], id="only the first bytes"),
        pytest.param(lambda data: b"\xff" * 16 + data[16:], id="header"),
        pytest.param(lambda data: data[:8192] + b"\xa5" * (len(data) - 8192), id="pages"),
    ],
)
def test_the_error_for_a_damaged_ledger_names_the_repair_command(path: Path, damage: object) -> None:
    assert callable(damage)
    fill(path)
    path.write_bytes(damage(path.read_bytes()))
    with (
        pytest.raises(LedgerDamagedError, match=r"is corrupted .*There is no backup\. `kedro db repair`"),
        store(path).read() as connection,
    ):
        for table in ("vocabulary_items", "import_rows", "tasks"):
            connection.execute(text(f"SELECT * FROM {table} NOT INDEXED")).all()


@pytest.mark.skipif(os.name == "nt", reason="the test simulates a full disk by limiting the file size")
@pytest.mark.parametrize("what", ["write", "backup", "restore"])
def test_a_full_disk_is_an_error_with_advice_and_no_damage(path: Path, what: str) -> None:
    from korean_flashcards.ledger.db import backups

    grow(path, 300)
    backups.make(path, None)
    before = contents(path)
    said, failed = start(FULL_DISK, path, what, 60_000).communicate(timeout=60)
    assert "Free disk space" in said and "run the same command again" in said, failed
    assert contents(path) == before
    assert schema.installed_version(path) == schema.HEAD
    assert [backups.problem(file) for file in backups.listing(path)] == [None]
    left = {file.name for file in path.parent.iterdir()}
    assert left <= {"ledger.db", "ledger.db-wal", "ledger.db-shm", ".ledger.db.lock", "backups"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no read-only folders")
def test_an_unwritable_folder_is_an_error_with_advice() -> None:
    # Not in tmp_path: root can write everywhere, so as root the test switches to a user who cannot enter tmp_path.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        fill(path)
        Path(folder).chmod(0o555)
        said, failed = start(READ_ONLY, path).communicate(timeout=60)
        Path(folder).chmod(0o700)
    assert "writable" in said and "run the same command again" in said, failed


def test_slow_queries_are_stored_with_their_longest_time(path: Path) -> None:
    ledger = store(path)
    with ledger.read() as connection:
        connection.exec_driver_sql(_slow(2_000_000))
        connection.exec_driver_sql(_slow(2_000_000))
    seen = dict(ledger.slow_queries.seen)
    ledger.close()
    with ledger.read() as connection:
        kept = {row.statement: (row.count, row.worst_seconds) for row in connection.execute(select(slow_queries))}
    assert kept == seen and [count for count, _ in kept.values()] == [2]
    ledger.close()


@pytest.mark.slow
def test_closing_does_not_wait_for_a_lock_to_store_slow_queries(path: Path) -> None:
    ledger = store(path)
    with ledger.read() as connection:
        connection.exec_driver_sql(_slow(2_000_000))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        started = time.perf_counter()
        ledger.close()
    assert time.perf_counter() - started < 3


def test_value_lists_are_shortened_and_only_the_slowest_queries_are_kept(path: Path) -> None:
    queries = SlowQueries()
    queries._note("SELECT 1 WHERE x IN (?, ?,  ?)", 0.2)
    queries._note("SELECT 1 WHERE x IN (?, ?)", 0.9)
    assert queries.seen == {"SELECT 1 WHERE x IN (?, …)": (2, 0.9)}
    for number in range(KEPT + 5):
        queries._note(f"SELECT {number}", 1 + number)
    ledger = store(path)
    with ledger.read() as connection, closing(writable(path)) as bare:
        queries.keep(bare)
        kept = connection.execute(select(slow_queries.c.worst_seconds)).scalars().all()
    assert sorted(kept) == [1 + number for number in range(5, KEPT + 5)]
    assert queries.seen == {}
    ledger.close()


def test_an_unopened_store_can_be_pickled(path: Path) -> None:
    with pickle.loads(pickle.dumps(store(path))).read() as connection:
        assert connection.execute(select(runs)).all() == []


def test_constructing_and_closing_a_store_writes_no_file(path: Path) -> None:
    LedgerStore(path, 2, 5).close()
    assert list(path.parent.iterdir()) == []


def test_opening_is_fast(path: Path) -> None:
    store(path).read().__enter__()
    started = time.perf_counter()
    with store(path).read():
        pass
    assert time.perf_counter() - started < 0.2


def _slow(count: int) -> str:
    return f"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT max(i) FROM n"
