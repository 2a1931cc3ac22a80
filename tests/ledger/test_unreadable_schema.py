"""Name the damage if SQLite's own message about it is not readable text, because it quotes the damaged file."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.ledger import fill_ledger, fresh_ledger, ledger_at

from korean_flashcards.domain.errors import CacheDamagedError, LedgerDamagedError
from korean_flashcards.ledger.db import backups, restore
from korean_flashcards.ledger.db.health import health
from korean_flashcards.llm.cache.cache_repair import repair
from korean_flashcards.llm.cache.replies import StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache

KEY = "ab" * 32
REPLY = StoredReply("{}", 1, 1, None, 0.1, 1, "m", "nuance", "2026-11-01T08:00:00Z")


def spoil(file: Path, word: bytes) -> None:
    """Damage a byte of each table definition that contains the word."""
    content = file.read_bytes()
    assert word in content
    file.write_bytes(content.replace(word, word[:-2] + b"\xaa" + word[-1:]))
    with closing(sqlite3.connect(file)) as connection, pytest.raises(UnicodeDecodeError):
        connection.execute("SELECT name FROM sqlite_master")


@pytest.mark.parametrize("word", [b"NOT NULL", b"PRIMARY KEY", b"CHECK"])
def test_a_ledger_with_unreadable_definitions_is_damaged_and_can_be_restored(tmp_path: Path, word: bytes) -> None:
    ledger = fresh_ledger(tmp_path)
    fill_ledger(ledger, ["배#1"])
    path, backup = ledger.store.path, ledger.backup()
    ledger.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    spoil(path, word)
    with pytest.raises(LedgerDamagedError, match="`kedro db restore`"), ledger_at(path) as damaged:
        damaged.runs.sweep()
    assert health(path).state == "broken"
    restore.restore(path, backup)
    assert health(path).state != "broken" and backups.listing(path)


@pytest.mark.parametrize("word", [b"UNIQUE", b"PRIMARY KEY", b"NOT NULL"])
def test_a_cache_with_unreadable_definitions_is_damaged_and_can_be_repaired(tmp_path: Path, word: bytes) -> None:
    cache = ReplyCache(tmp_path / "cache")
    cache.put(KEY, REPLY)
    cache.close()
    spoil(tmp_path / "cache" / "cache.db", word)
    with pytest.raises(CacheDamagedError, match="`kedro cache repair`"):
        ReplyCache(tmp_path / "cache").get(KEY)
    with pytest.raises(CacheDamagedError, match="`kedro cache repair`"):
        ReplyCache(tmp_path / "cache").open()
    repair(tmp_path / "cache")
    assert ReplyCache(tmp_path / "cache").get(KEY) == REPLY
