"""Test that a damaged table definition in the reply cache is named as damage, and that a repair saves every reply."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import diskcache  # type: ignore[import-untyped]
import pytest

from korean_flashcards.domain.errors import CacheDamagedError
from korean_flashcards.llm.cache.cache_file import check
from korean_flashcards.llm.cache.cache_repair import repair
from korean_flashcards.llm.cache.entry_store import TextDisk
from korean_flashcards.llm.cache.packing import pack
from korean_flashcards.llm.cache.replies import StoredReply, write_reply
from korean_flashcards.llm.cache.reply_cache import ReplyCache

KEYS = [f"{number:064x}" for number in range(1, 21)]
COLUMNS = [
    "rowid INTEGER", "key BLOB", "raw INTEGER", "store_time REAL", "expire_time REAL", "access_time REAL",
    "access_count INTEGER", "tag BLOB", "size INTEGER", "mode INTEGER", "filename TEXT", "value BLOB", "key TEXT",
]  # fmt: skip
NAMES = [
    "TABLE Cache",
    "TABLE Settings",
    "INDEX Cache_key_raw",
    "INDEX Cache_expire_time",
    "TRIGGER Settings_count_insert",
]


def reply(number: int, size: int = 0) -> StoredReply:
    text = random.Random(number).randbytes(size or 20 + 300 * number).hex()
    return StoredReply(text, 9, 9, 0.001, 0.1, 1, "openai/test", "nuance", "2026-11-01T08:00:00Z")


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cache = ReplyCache(tmp_path_factory.mktemp("intact") / "cache")
    for number, key in enumerate(KEYS):
        cache.put(key, reply(number))
    cache.close()
    return cache.folder


@pytest.fixture
def folder(intact: Path, tmp_path: Path) -> Path:
    return shutil.copytree(intact, tmp_path / "cache")


def readable(folder: Path) -> int:
    cache = ReplyCache(folder)
    found = sum(cache.get(key) == reply(number) for number, key in enumerate(KEYS))
    cache.close()
    return found


def flipped(intact: Path, folder: Path, at: int, mask: int) -> None:
    """Flip bits of one byte in a copy of the intact file."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(intact, folder)
    content = bytearray((intact / "cache.db").read_bytes())
    content[at] ^= mask
    (folder / "cache.db").write_bytes(content)


@pytest.mark.parametrize("named", [*COLUMNS, *NAMES])
def test_a_changed_name_in_a_definition_is_damage_and_costs_no_reply(folder: Path, named: str) -> None:
    file, name = folder / "cache.db", named.encode()
    content = file.read_bytes()
    assert name in content
    # Change the last letter of a column's name, or the last letter of a table's, index's, or trigger's name.
    at = content.index(name) + (len(name) if named in NAMES else name.index(b" ")) - 1
    file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])

    for use in (ReplyCache(folder).open, lambda: ReplyCache(folder).get(KEYS[0]), lambda: readable(folder)):
        with pytest.raises(CacheDamagedError, match=r"is damaged: .* Run `kedro cache repair`"):
            use()
    repaired = repair(folder, KEYS)
    assert (repaired.replies, repaired.lost, repaired.keyless) == (20, (), 0)
    assert readable(folder) == 20 and repaired.kept is not None


def schema_bytes(intact: Path) -> list[int]:
    """Return the positions of the definitions in the file. SQLite writes them at the end of the first page."""
    content = (intact / "cache.db").read_bytes()
    return list(range(int.from_bytes(content[105:107], "big"), 4096))


@pytest.mark.parametrize(
    "step", [pytest.param(150, id="sample"), pytest.param(8, id="every eighth byte", marks=pytest.mark.slow)]
)
def test_no_flipped_byte_in_the_definitions_costs_a_reply(intact: Path, tmp_path: Path, step: int) -> None:
    numbers = random.Random(step)
    for at in schema_bytes(intact)[numbers.randrange(step) :: step]:
        flipped(intact, tmp_path / "cache", at, numbers.randrange(1, 256))
        try:
            assert readable(tmp_path / "cache") == 20, at
        except CacheDamagedError:
            assert repair(tmp_path / "cache", KEYS).lost == (), at
            assert readable(tmp_path / "cache") == 20, at


@pytest.mark.parametrize("at", [18, 19, 47])
def test_a_header_that_sqlite_refuses_is_damage_and_costs_no_reply(intact: Path, tmp_path: Path, at: int) -> None:
    flipped(intact, tmp_path / "cache", at, 8)
    with pytest.raises(CacheDamagedError, match=r"is damaged: .* Run `kedro cache repair`"):
        ReplyCache(tmp_path / "cache").open()
    assert repair(tmp_path / "cache").lost == () and readable(tmp_path / "cache") == 20


def test_a_file_that_is_being_created_or_has_statistics_is_not_damaged(tmp_path: Path) -> None:
    """Create the objects one after the other, as diskcache does without a transaction."""
    (tmp_path / "whole").mkdir()
    cache = ReplyCache(tmp_path / "whole")
    cache.put(KEYS[0], reply(0))
    cache.close()
    with closing(sqlite3.connect(tmp_path / "whole" / "cache.db")) as connection, connection:
        statements = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        connection.execute("ANALYZE")
    assert check(tmp_path / "whole")
    (tmp_path / "partial").mkdir()
    for (statement,) in statements:
        with closing(sqlite3.connect(tmp_path / "partial" / "cache.db")) as connection, connection:
            connection.execute(statement)
        assert check(tmp_path / "partial")


def test_the_definitions_are_those_of_the_installed_diskcache(intact: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A different version of diskcache may write different definitions. They are not damage."""
    monkeypatch.setattr("korean_flashcards.llm.cache.cache_schema._installed_schema", list)
    assert check(intact)
    monkeypatch.undo()
    monkeypatch.setattr("korean_flashcards.llm.cache.cache_schema._SCHEMA", ())
    assert check(intact)


@pytest.mark.parametrize("damage", ["none", "filename", "a byte of an entry"])
def test_a_repair_keeps_large_replies_of_earlier_releases(tmp_path: Path, damage: str) -> None:
    """Earlier releases stored large replies in separate files."""
    folder = tmp_path / "cache"
    old = diskcache.Cache(str(folder), disk=TextDisk, eviction_policy="none", disk_min_file_size=100)
    for number, key in enumerate(KEYS[:3]):
        text = write_reply(reply(number, 500))
        old.set(key, text.decode() if number == 1 else pack(text))
    old.close()
    assert len(list(folder.glob("*/*/*.val")) + list(folder.glob("*/*/*.txt"))) >= 3
    file = folder / "cache.db"
    if damage == "filename":
        file.write_bytes(file.read_bytes().replace(b"filename TEXT", b"filenamf TEXT"))
    elif damage == "a byte of an entry":
        file.write_bytes(file.read_bytes().replace(KEYS[2].encode(), b"x" + KEYS[2][1:].encode(), 1))

    repaired = repair(folder, KEYS)

    assert (repaired.replies, repaired.lost) == (3, ())
    cache = ReplyCache(folder)
    assert [cache.get(key) for key in KEYS[:3]] == [reply(number, 500) for number in range(3)]
    assert (repaired.kept is None) == (damage == "none")
