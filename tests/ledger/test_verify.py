"""Test that `kedro db verify` finds inconsistencies between ledger, layers, reply cache, word lists and backups."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest
from support.filled_ledger import fill

from korean_flashcards.domain.errors import LedgerVersionError
from korean_flashcards.ledger.db import backups
from korean_flashcards.ledger.db.verify import Inconsistency, Places, verify
from korean_flashcards.llm.cache.replies import StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache

REPLY = StoredReply("{}", 1, 1, None, 0.1, 1, "m", "nuance", "2026-11-01T08:00:00Z")


class Data:
    """Create consistent data: a ledger, four layers, a cache with every reply, and an unchanged word list."""

    def __init__(self, folder: Path) -> None:
        self.ledger = folder / "ledger.db"
        self.cache = ReplyCache(folder / "cache")
        self.lists = [("data/01_raw/unit1.csv", "aa"), ("data/01_raw/new.csv", "not imported yet")]
        fill(self.ledger)
        for key in ("k1", "n1", "n2", "f1"):
            self.cache.put(key, REPLY)
        self.layers = {
            name: folder / f"{name}.parquet" for name in ("vocabulary", "words", "nuance", "flashcards", "deck")
        }
        self.layer("vocabulary", ["배#1", "배#2", "가다#1"])
        self.layer("words", ["배#1", "배#2"])
        self.layer("nuance", ["배#1", "배#2"], ["n1", "n2"])
        self.layer("flashcards", ["배#1", "배#1"], ["f1", "f1"])

    def layer(self, name: str, item_ids: list[str], keys: list[str] | None = None) -> None:
        """Write a layer with these item ids, and with the keys of its replies if it has any."""
        frame = pl.DataFrame({"item_id": item_ids}).with_columns(**({"key": pl.Series(keys)} if keys else {}))
        frame.write_parquet(self.layers[name])

    def change(self, statement: str) -> None:
        """Change the ledger as another program would: without enforcing constraints."""
        with closing(sqlite3.connect(self.ledger)) as connection, connection:
            connection.execute("PRAGMA ignore_check_constraints=ON")
            connection.execute(statement)

    def verify(self) -> list[Inconsistency]:
        """Return the current findings."""
        return verify(Places(self.ledger, self.cache.folder, self.layers, self.lists, self.cache.present))


@pytest.fixture
def data(tmp_path: Path) -> Data:
    return Data(tmp_path)


def test_consistent_data_has_no_findings_and_is_unchanged(data: Data) -> None:
    backups.make(data.ledger, None)
    before = data.ledger.read_bytes()
    assert data.verify() == []
    assert data.ledger.read_bytes() == before


def test_missing_files_are_not_reported_and_not_created(tmp_path: Path) -> None:
    nothing = Places(tmp_path / "ledger.db", tmp_path / "cache", {"words": tmp_path / "words.parquet"}, [], set)
    assert verify(nothing) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "what", "examples"),
    [
        ("UPDATE import_batches SET duplicates = 2, rows = 5 WHERE number = 1", "batches whose counts", ("unit1",)),
        ("DELETE FROM import_rows WHERE batch = 1 AND row = 5", "batches whose counts", ("unit1",)),
        (
            "UPDATE vocabulary_items SET row = 9 WHERE item_id = '배#2'",
            "words whose original row is missing",
            ("배#2",),
        ),
        ("UPDATE vocabulary_items SET row = 9 WHERE item_id = '배#2'", "imported rows whose word", ("unit1 row 3",)),
        ("DELETE FROM tasks WHERE item_id = '배#2' AND stage = 'nuance'", "words without exactly two tasks", ("배#2",)),
        ("DELETE FROM tasks WHERE item_id = '가다#1'", "words without exactly two tasks", ("가다#1",)),
        ("DELETE FROM vocabulary_items WHERE item_id = '가다#1'", "broken foreign keys", None),
        ("UPDATE tasks SET key = 'gone' WHERE key = 'k1'", "done tasks without a reply", ("배#1 nuance",)),
        (
            "UPDATE import_batches SET sha256 = 'zz' WHERE number = 1",
            "word lists that have changed",
            ("data/01_raw/unit1.csv",),
        ),
    ],
)
def test_inconsistencies_in_the_ledger_are_found(
    data: Data, statement: str, what: str, examples: tuple[str, ...] | None
) -> None:
    data.change(statement)
    finding = _only(data.verify(), what)
    assert examples is None or (finding.count, finding.examples) == (len(examples), examples)
    assert finding.advice


def test_a_list_is_compared_only_with_its_newest_import(data: Data) -> None:
    data.change(
        "INSERT INTO import_batches (batch_id, file, source, sha256, state, priority, on_duplicate, created) VALUES "
        "('unit1-2', 'unit1.csv', 'data/01_raw/unit1.csv', 'ab', 'completed', 5, 'skip', '2026-11-03T08:00:00Z')"
    )
    assert _only(data.verify(), "word lists that have changed").examples == ("data/01_raw/unit1.csv",)
    data.lists[0] = ("data/01_raw/unit1.csv", "ab")
    assert data.verify() == []


@pytest.mark.parametrize(
    ("change", "what", "count"),
    [
        (
            lambda data: data.layer("vocabulary", ["배#1", "옛말#1"]),
            "vocabulary layer that are missing from the ledger",
            1,
        ),
        (lambda data: data.layer("words", ["배#1"]), "nuance layer that are missing from the words layer", 1),
        (
            lambda data: data.layer("nuance", ["배#2"], ["n2"]),
            "flashcards layer that are missing from the nuance layer",
            1,
        ),
        (lambda data: data.layer("nuance", ["배#1", "배#2"], ["n1", "x"]), "nuance layer without a reply", 1),
        (lambda data: data.layer("flashcards", ["배#1"], ["x"]), "flashcards layer without a reply", 1),
        (lambda data: data.layers["words"].write_bytes(b"PAR1 no"), "layers that cannot be read", 1),
    ],
)
def test_inconsistent_layers_are_found(data: Data, change: Callable[[Data], None], what: str, count: int) -> None:
    change(data)
    assert _only(data.verify(), what).count == count


def test_a_damaged_ledger_is_found_and_the_rest_is_still_checked(data: Data) -> None:
    content = data.ledger.read_bytes()
    data.ledger.write_bytes(content[:8192] + b"\xa5" * (len(content) - 8192))
    data.layers["words"].write_bytes(b"")
    findings = data.verify()
    assert "kedro db repair" in _only(findings, "problems in the ledger file").advice
    _only(findings, "layers that cannot be read")


def test_a_damaged_cache_is_found_and_not_reported_as_missing_replies(data: Data) -> None:
    data.cache.close()
    file = data.cache.folder / "cache.db"
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    (finding,) = data.verify()
    assert finding.what.startswith("problems in the reply cache")


def test_a_damaged_backup_is_found(data: Data) -> None:
    backup = backups.make(data.ledger, None)
    backup.write_bytes(backup.read_bytes()[:-3])
    finding = _only(data.verify(), "corrupted backups")
    assert backup.name in finding.examples[0]


def test_all_faults_are_counted_and_five_are_named(data: Data) -> None:
    data.layer("vocabulary", [f"옛말#{number}" for number in range(1, 21)])
    finding = _only(data.verify(), "vocabulary layer that are missing")
    assert finding.count == 20 and len(finding.examples) == 5


def test_an_older_ledger_is_checked_without_its_missing_tables(tmp_path: Path) -> None:
    fill(tmp_path / "ledger.db", "0001")
    assert verify(Places(tmp_path / "ledger.db", tmp_path / "cache", {}, [], set)) == []


def test_a_newer_ledger_is_refused(data: Data) -> None:
    data.change("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(LedgerVersionError):
        data.verify()


def _only(findings: list[Inconsistency], what: str) -> Inconsistency:
    (found,) = [finding for finding in findings if what in finding.what]
    return found


@pytest.mark.parametrize("name", ["cache", "cache/cache.db"])
def test_a_cache_on_a_disk_that_is_not_mounted_is_named_as_such(data: Data, tmp_path: Path, name: str) -> None:
    data.cache.close()
    link = tmp_path / name
    link.rename(tmp_path / "elsewhere")
    link.symlink_to(tmp_path / "unmounted")
    (found,) = data.verify()
    assert found.what == "reply caches that are not mounted" and "which does not exist" in found.examples[0]
    assert "mount the disk" in found.advice and "copy" not in found.advice
