"""Test that a damaged reply cache is recognized before anything is sent, and that a repair saves what is readable."""

import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from support.cache import corrupt
from support.model_server import ModelServer
from support.project import kill
from support.requests_to_send import TEMPLATE, make_requests, settings, words

from korean_flashcards.domain.errors import CacheDamagedError, CacheError
from korean_flashcards.llm.cache.cache_repair import repair
from korean_flashcards.llm.cache.damaged_keys import KnownKeys
from korean_flashcards.llm.cache.replies import ArchivedReply, StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.client import LLMClient

REQUESTS = make_requests(words(120))
# SQLite creates the last two while the file is open.
FILES = ("cache.db", "cache.db-wal", "cache.db-shm")
KEYS = [request.key for request in REQUESTS]


def filled(folder: Path) -> Path:
    """Fill a cache with a reply to each request, some of them long, and with archived replies, and return its file."""
    cache = ReplyCache(folder)
    cache.note(TEMPLATE)
    for number, request in enumerate(REQUESTS):
        text = f'{{"term": "{request.term}", "text": "{random.Random(number).randbytes(20 + 40 * number).hex()}"}}'
        reply = StoredReply(
            text, 9, 9, 0.001, 0.1, 1, "openai/test", "nuance", "2026-11-01T08:00:00Z", "v", request.user,
            TEMPLATE.key(""),
        )  # fmt: skip
        cache.put(request.key, reply)
        if number % 10 == 0:
            old = ArchivedReply(
                text, "malformed", "no JSON", request.user, "openai/test", "nuance", reply.created,
                template=TEMPLATE.key(""),
            )  # fmt: skip
            cache.archive(request.key, old)
    cache.close()
    return folder / "cache.db"


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("intact") / "cache").parent


@pytest.fixture
def folder(intact: Path, tmp_path: Path) -> Path:
    return shutil.copytree(intact, tmp_path / "cache")


def replies(folder: Path) -> dict[str, str]:
    cache = ReplyCache(folder)
    found = {key: stored.text for key in KEYS if (stored := cache.get(key))}
    cache.close()
    return found


def flip(file: Path, seed: int, count: int = 50) -> None:
    """Change bytes at random places after the file header."""
    content, numbers = bytearray(file.read_bytes()), random.Random(seed)
    for _ in range(count):
        content[numbers.randrange(100, len(content))] ^= numbers.randrange(1, 256)
    file.write_bytes(content)


def zero(file: Path, at: int, size: int) -> None:
    with file.open("rb+") as content:
        content.seek(at)
        content.write(bytes(size))


def truncate(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def write_text(file: Path) -> None:
    file.write_bytes(b"this is not a database, but it is long enough to read" * 100)


def replace_database(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE notes (text)")
        connection.execute("INSERT INTO notes VALUES ('mine')")


DAMAGES: dict[str, Callable[[Path], None]] = {
    **{f"flipped bytes {seed}": lambda file, seed=seed: flip(file, seed) for seed in range(5)},  # type: ignore[misc]
    "zeroed root page of the table": lambda file: zero(file, 4096 * 2, 4096),
    "zeroed page header": lambda file: zero(file, 0, 100),
    "truncated": truncate,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_repair_saves_every_reply_that_sql_or_the_pages_contain(folder: Path, intact: Path, damage: str) -> None:
    before = replies(intact)
    DAMAGES[damage](folder / "cache.db")
    damaged = (folder / "cache.db").read_bytes()

    repaired = repair(folder)

    after = replies(folder)
    assert after.items() <= before.items(), "a repaired reply is never a different one"
    # At most one reply per flipped byte is lost. A page header makes no reply unreadable.
    least = {"truncated": 25, "zeroed page header": 120, "zeroed root page of the table": 115}
    assert len(after) >= least.get(damage, 120 - 50)
    # If the key parts are lost, too, a reply with a damaged name is saved under this name.
    assert repaired.replies >= len(after)
    lost = set(KEYS) - set(after)
    assert damage == "truncated" or lost <= set(repaired.lost)
    assert repaired.kept is not None and repaired.kept.read_bytes() == damaged
    assert ReplyCache(folder).store.holds(KEYS[0]) == (KEYS[0] in after)


def test_a_repair_of_an_intact_cache_changes_nothing(folder: Path) -> None:
    before = (folder / "cache.db").read_bytes()
    repaired = repair(folder)
    assert (repaired.replies, repaired.archives, repaired.lost, repaired.kept) == (120, 12, (), None)
    assert not [file.name for file in folder.iterdir() if file.name not in FILES]
    assert (folder / "cache.db").read_bytes() == before


def test_a_damaged_name_is_computed_again_from_the_request(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "cache.db")) as connection, connection:
        connection.execute("UPDATE Cache SET key = '7' || substr(key, 2) WHERE key = ?", (KEYS[3],))
        connection.execute("UPDATE Cache SET key = replace(key, 'arch', 'arcx') WHERE key LIKE 'archive/%'")
        connection.execute("UPDATE Cache SET value = x'00' WHERE key = ?", (KEYS[4],))
    repaired = repair(folder)
    assert repaired.lost == (KEYS[4],) and replies(folder).keys() == set(KEYS) - {KEYS[4]}
    assert len(ReplyCache(folder).archived(KEYS[10])) == 1


def test_a_repair_saves_replies_that_are_only_in_the_log(folder: Path, intact: Path, tmp_path: Path) -> None:
    """Copy the files while a connection is open, as after a kill, and lose the main file."""
    lost = tmp_path / "lost"
    cache = ReplyCache(tmp_path / "open")
    stored = ReplyCache(intact).get(KEYS[0])
    assert stored is not None
    cache.put(KEYS[0], stored)
    shutil.copytree(cache.folder, lost)
    cache.close()
    (lost / "cache.db").write_bytes(b"")
    with pytest.raises(CacheDamagedError, match=r"cache\.db is missing or empty, but cache\.db-wal .* cache repair"):
        ReplyCache(lost).get(KEYS[0])
    assert (lost / "cache.db-wal").stat().st_size, "reading does not let SQLite delete the log"
    assert repair(lost).replies == 1
    assert replies(lost) == {KEYS[0]: stored.text}
    (kept,) = lost.glob("cache-damaged-*.db-wal")
    assert kept.stat().st_size


@pytest.mark.parametrize("damage", [write_text, truncate, replace_database])
def test_nothing_is_sent_and_nothing_is_written_while_the_cache_is_damaged(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    damage(folder / "cache.db")
    before = (folder / "cache.db").read_bytes()
    with ModelServer() as server:
        with pytest.raises(CacheDamagedError, match="kedro cache repair"):
            LLMClient(folder).complete(TEMPLATE, [*REQUESTS, *make_requests(["배"])], settings(server.url))
        assert server.requests() == []
    assert (folder / "cache.db").read_bytes() == before
    repair(folder)
    with ModelServer() as server:
        LLMClient(folder).complete(TEMPLATE, make_requests(["배"]), settings(server.url))


def test_a_reply_that_cannot_be_unpacked_is_not_requested_again(folder: Path) -> None:
    corrupt(folder, KEYS[5])
    with ModelServer() as server:
        with pytest.raises(CacheDamagedError, match=f"{KEYS[5]} cannot be read"):
            LLMClient(folder).complete(TEMPLATE, REQUESTS, settings(server.url))
        assert server.requests() == []


def test_damage_in_pages_that_a_run_does_not_need_also_stops_it_before_it_pays(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "cache.db")) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'Cache_expire_time'"
        ((page,),) = connection.execute(query).fetchall()
    zero(folder / "cache.db", (page - 1) * 4096, 4096)
    with ModelServer() as server:
        with pytest.raises(CacheDamagedError, match="kedro cache repair"):
            LLMClient(folder).complete(TEMPLATE, make_requests(["배"]), settings(server.url))
        assert server.requests() == []


@pytest.mark.parametrize("name", ["cache", "cache.db"])
def test_a_link_to_a_disk_that_is_not_mounted_is_refused_and_stays(folder: Path, tmp_path: Path, name: str) -> None:
    link = folder if name == "cache" else folder / "cache.db"
    moved = link.rename(tmp_path / "mounted")
    link.symlink_to(moved)
    assert len(replies(folder)) == 120
    moved.rename(tmp_path / "elsewhere")
    for use in (lambda: ReplyCache(folder).get(KEYS[0]), ReplyCache(folder).open, lambda: repair(folder)):
        with pytest.raises(CacheError, match="mount this disk"):
            use()
    assert link.is_symlink() and not moved.exists()


def test_a_damaged_entry_is_replaced_by_an_import_or_a_new_reply(folder: Path, intact: Path) -> None:
    corrupt(folder, KEYS[5])
    stored = ReplyCache(intact).get(KEYS[5])
    assert stored is not None
    cache = ReplyCache(folder)
    assert cache.readable(KEYS[5]) is None
    cache.put(KEYS[5], replace(stored, text="new"))
    assert replies(folder)[KEYS[5]] == "new"


@pytest.mark.slow
@pytest.mark.parametrize("stop", ["_write", "finish_repair"])
def test_a_repair_that_is_stopped_leaves_the_old_cache(
    folder: Path, monkeypatch: pytest.MonkeyPatch, stop: str
) -> None:
    flip(folder / "cache.db", 3)
    before = (folder / "cache.db").read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"korean_flashcards.llm.cache.cache_repair.{stop}", interrupted)
        with pytest.raises(KeyboardInterrupt):
            repair(folder)
    assert (folder / "cache.db").read_bytes() == before
    repair(folder)
    assert len(replies(folder)) >= 70
    assert [file.name for file in folder.iterdir() if file.name.startswith((".", "cache.db.repaired"))] == []


def test_a_swap_that_was_killed_is_finished_by_the_next_command(folder: Path, intact: Path) -> None:
    """Leave the files of each moment of a swap, with an old log that SQLite would apply to the repaired file."""
    for moved in ([], ["cache.db-wal"], ["cache.db-wal", "cache.db"]):
        shutil.rmtree(folder)
        shutil.copytree(intact, folder)
        shutil.copyfile(folder / "cache.db", folder / "cache.db.repaired-20261129T120000000000Z")
        (folder / ".repairing-1a2b3c4d").mkdir()
        (folder / "cache.db-wal").write_bytes(b"old log")
        for name in moved:
            (folder / name).unlink()
        assert len(replies(folder)) == 120
        left = {file.name.partition("-")[0] for file in folder.iterdir()}
        assert left <= {"cache.db", "cache"}, left


@pytest.mark.slow
def test_a_killed_repair_leaves_a_cache_that_can_be_repaired(folder: Path) -> None:
    flip(folder / "cache.db", 4)
    program = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from korean_flashcards.llm.cache import cache_repair as repair
        def slow(*_): print("writing", flush=True); time.sleep(60)
        repair._write = slow
        repair.repair(Path(sys.argv[1]))
    """)
    process = subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "writing\n"
    with pytest.raises(CacheError, match="being repaired by a different process"):
        ReplyCache(folder).get(KEYS[0])
    kill(process)
    assert repair(folder).replies >= 70
    assert not list(folder.glob(".repairing-*"))


def damage_keys(file: Path, templates: bool, index: bool) -> None:
    """Damage the keys of three entries as flipped bytes do, and remove what they could be computed from."""
    damaged = {KEYS[1]: b"\xc3" + KEYS[1][1:].encode(), KEYS[2]: KEYS[2][:-2].encode() + b"\xe4\x01"}
    damaged[KEYS[3]] = bytes([ord("0") if KEYS[3][0] != "0" else ord("1")]) + KEYS[3][1:].encode()
    content = bytearray(file.read_bytes())
    for key, wrong in damaged.items():
        at = content.find(key.encode())
        while at >= 0:
            # The index has the key, too.
            if index or not is_in_index(content, at):
                content[at : at + len(wrong)] = wrong
            at = content.find(key.encode(), at + 1)
    if templates:
        at = content.find(b"template/")
        while at >= 0:
            content[at + 80 : at + 120] = bytes(40)
            at = content.find(b"template/", at + 1)
    file.write_bytes(content)


def is_in_index(content: bytes, at: int) -> bool:
    """Return whether the position is on a leaf page of an index."""
    start = at // 4096 * 4096
    return content[start + (100 if start == 0 else 0)] in (2, 10)


@pytest.mark.slow
@pytest.mark.parametrize("index", [False, True], ids=["the index is intact", "the index is damaged"])
@pytest.mark.parametrize("templates", [False, True], ids=["key parts are intact", "key parts are lost"])
def test_a_reply_is_never_saved_under_a_damaged_key(folder: Path, intact: Path, templates: bool, index: bool) -> None:
    damage_keys(folder / "cache.db", templates, index)
    repaired = repair(folder, set(KEYS))
    assert repaired.keyless == 0
    assert replies(folder) == replies(intact)
    assert {name for name in ReplyCache(folder).store.names() if "/" not in name} == set(KEYS)


@pytest.mark.slow
def test_a_reply_whose_key_is_unknown_is_set_aside_in_the_archive(folder: Path, intact: Path) -> None:
    before = replies(intact)
    damage_keys(folder / "cache.db", templates=True, index=True)
    repaired = repair(folder)
    cache = ReplyCache(folder)
    assert repaired.keyless == 2
    assert replies(folder).keys() == set(KEYS) - {KEYS[1], KEYS[2], KEYS[3]}
    names = {name.removeprefix("archive/") for name in cache.store.names() if name.startswith("archive/")}
    aside = [one for name in names for one in cache.archived(name) if one.message == "The key was damaged."]
    assert {one.text for one in aside} == {before[KEYS[1]], before[KEYS[2]]}
    assert {one.term for one in aside} == {REQUESTS[1].term, REQUESTS[2].term}
    assert all(name.isascii() for name in cache.store.names())
    cache.close()
    assert repair(folder).kept is None, "the repaired file needs no repair"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 6))
def test_flipped_bytes_lose_no_intact_reply(folder: Path, intact: Path, seed: int) -> None:
    before = replies(intact)
    flip(folder / "cache.db", seed, 200)
    repaired = repair(folder, set(KEYS))
    saved = [name for name in ReplyCache(folder).store.names() if "/" not in name]
    assert set(saved) == set(replies(folder)) and replies(folder).items() <= before.items()
    assert repaired.keyless == 0


@pytest.mark.slow
def test_a_repair_of_many_keys_takes_no_longer_than_a_run() -> None:
    """Look up 10,000 keys that are not among 20,000 known keys."""
    known = KnownKeys(hashlib.sha256(str(number).encode()).hexdigest() for number in range(20_000))
    started = time.perf_counter()
    assert not any(known.similar(hashlib.sha256(f"x{number}".encode()).hexdigest()) for number in range(10_000))
    assert time.perf_counter() - started < 5
