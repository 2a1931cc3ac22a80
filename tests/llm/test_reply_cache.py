"""Test the reply cache: paid replies stay, damage is detected, nothing is executed, and errors are explained."""

import hashlib
import json
import random
import subprocess
import sys
import textwrap
from contextlib import suppress
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import diskcache  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cache import corrupt
from support.model_replies import reply_text
from support.requests_to_send import TEMPLATE

from korean_flashcards.domain.errors import CacheDamagedError, CacheError
from korean_flashcards.llm.cache.maintenance import key_with
from korean_flashcards.llm.cache.packing import DamagedError, pack, unpack
from korean_flashcards.llm.cache.replies import StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache

REPLY = StoredReply("텍스트", 10, 20, 0.001, 0.2, 1, "openai/test", "nuance", "2026-01-01T00:00:00+00:00")
KEY = "ab" * 32


def test_a_missing_cache_reads_as_empty_and_is_not_created(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path / "cache")
    assert cache.present([KEY]) == set()
    assert cache.get(KEY) is None
    assert not (tmp_path / "cache").exists()


@settings(max_examples=25)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.none() | st.floats(0, 100))
def test_a_different_instance_reads_a_stored_reply_unchanged(
    tmp_path_factory: pytest.TempPathFactory, text: str, cost: float | None
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    reply = StoredReply(text, 1, 2, cost, 0.5, 3, "m", "nuance", "now")
    writer = ReplyCache(folder)
    writer.put(KEY, reply)
    writer.close()
    assert ReplyCache(folder).get(KEY) == reply


def test_a_large_reply_is_stored_completely(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path)
    large = StoredReply("가" * 1_000_000, 1, 2, None, 0.5, 3, "m", "nuance", "now")
    cache.put(KEY, large)
    assert cache.get(KEY) == large


def test_nothing_is_ever_evicted(tmp_path: Path) -> None:
    ReplyCache(tmp_path).put(KEY, REPLY)
    with diskcache.Cache(str(tmp_path)) as store:
        assert (store.eviction_policy, store.cull_limit) == ("none", 0)


def test_an_entry_of_an_earlier_release_is_readable(tmp_path: Path) -> None:
    written = (
        '{"text":"텍스트","tokens_in":10,"tokens_out":20,"cost_usd":0.001,"latency_s":0.2,"attempts":1,'
        '"model":"openai/test","stage":"nuance","created":"2026-01-01T00:00:00+00:00"}'
    )
    with diskcache.Cache(str(tmp_path)) as store:
        store.set(KEY, written)
    reply = ReplyCache(tmp_path).get(KEY)
    assert reply == REPLY
    assert reply is not None and reply.term is None


def test_an_entry_is_compressed_and_has_all_parts_of_its_request(tmp_path: Path) -> None:
    user = json.dumps({"term": "배", "definition": "pear"}, ensure_ascii=False)
    reply = replace(REPLY, text=reply_text(json.loads(user), "mark"), user=user, template=TEMPLATE.key(""))
    cache = ReplyCache(tmp_path)
    cache.note(TEMPLATE)
    cache.put(KEY, reply)
    # By default, diskcache would write a value of this size to a separate file. Random data cannot be compressed.
    cache.put("cd" * 32, replace(reply, text=random.Random(1).randbytes(100_000).hex()))

    with diskcache.Cache(str(tmp_path)) as store:
        stored = store[KEY]
    assert isinstance(stored, bytes) and len(stored) < len(reply.text.encode()) / 2
    assert [file.name for file in tmp_path.rglob("*") if file.is_file() and "cache.db" not in file.name] == []
    assert (cache.get(KEY), reply.term) == (reply, "배")
    parts = cache.parts(reply.template)
    assert parts is not None
    assert key_with(parts, user) == TEMPLATE.key(user)


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_byte_in_an_entry_is_detected(position: int, flip: int) -> None:
    packed = bytearray(pack(json.dumps({"text": "텍스트" * 20, "n": list(range(30))}).encode()))
    before = unpack(bytes(packed))
    packed[position % len(packed)] ^= flip
    # A bit of the header may be unused. Then the text must be read correctly.
    with suppress(DamagedError):
        assert unpack(bytes(packed)) == before


def test_a_damaged_entry_is_reported_and_replaced_by_the_next_reply(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path)
    cache.put(KEY, REPLY)
    cache.close()
    corrupt(tmp_path, KEY)

    with pytest.raises(CacheDamagedError, match=f"{KEY} cannot be read.* Run `kedro cache repair`"):
        cache.get(KEY)
    assert (cache.readable(KEY), cache.present([KEY])) == (None, {KEY})
    cache.put(KEY, REPLY)
    assert cache.get(KEY) == REPLY


def test_the_shared_dictionary_never_changes(tmp_path: Path) -> None:
    """Detect a changed dictionary: entries that were written with it would be unreadable."""
    frame = zstandard.get_frame_parameters(pack(b"text"))
    data = files("korean_flashcards.llm.cache").joinpath("data", "replies-1.zdict").read_bytes()
    assert (frame.dict_id, frame.has_checksum, len(data)) == (0x4B460001, True, 32_000)
    assert hashlib.sha256(data).hexdigest() == "d66d5ef4a251ed34b6f8efa9201d61bdf108ba4c4bac356bfc7217fad9657a58"


def test_an_entry_with_an_unknown_dictionary_is_reported_as_such() -> None:
    later = zstandard.train_dictionary(
        1024, [b"some text %d" % number * 9 for number in range(999)], dict_id=0x4B4600FF
    )
    with pytest.raises(DamagedError, match="dictionary"):
        unpack(zstandard.ZstdCompressor(dict_data=later).compress(b"some text" * 9))


class Trap:
    """Create a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


@pytest.mark.parametrize("damage", ["not JSON", '{"text": "half', "[]", '{"text": 7}', 42, b"\x00\x01", None])
def test_a_damaged_entry_never_counts_as_missing(tmp_path: Path, damage: object) -> None:
    with diskcache.Cache(str(tmp_path)) as store:
        store.set(KEY, damage)
    with pytest.raises(CacheDamagedError, match=KEY):
        ReplyCache(tmp_path).get(KEY)


def test_a_pickled_entry_is_not_executed(tmp_path: Path) -> None:
    with diskcache.Cache(str(tmp_path / "cache")) as store:
        store.set(KEY, Trap(tmp_path / "sprung"))
    with pytest.raises(CacheDamagedError):
        ReplyCache(tmp_path / "cache").get(KEY)
    assert not (tmp_path / "sprung").exists()
    with diskcache.Cache(str(tmp_path / "cache")) as store:
        store.get(KEY)
    assert (tmp_path / "sprung").exists(), "the trap does work if pickles are read"


def test_a_cache_file_that_is_not_a_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / "cache.db").write_bytes(b"this is not a database, but it is long enough to read" * 100)
    with pytest.raises(CacheError, match="not a database") as raised:
        ReplyCache(tmp_path).get(KEY)
    assert str(tmp_path) in str(raised.value)


def test_a_file_in_place_of_the_cache_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    with pytest.raises(CacheError, match="so there are no further costs"):
        ReplyCache(tmp_path / "cache").open()


def test_present_returns_exactly_the_stored_keys(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path)
    stored = {f"{number:064x}" for number in range(0, 10_000, 50)}
    for key in stored:
        cache.put(key, REPLY)
    assert cache.present(f"{number:064x}" for number in range(10_000)) == stored


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits exist on POSIX only")
def test_a_full_disk_is_reported_and_stored_replies_stay(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import os, resource, sys
        from pathlib import Path
        from korean_flashcards.domain.errors import CacheDamagedError, CacheError
        from korean_flashcards.llm.cache.reply_cache import ReplyCache
        from korean_flashcards.llm.cache.replies import StoredReply
        cache = ReplyCache(Path(sys.argv[1]))
        cache.open()
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
        for number in range(100):
            try:
                cache.put(str(number), StoredReply(os.urandom(25_000).hex(), 1, 1, None, 0.1, 1, "m", "nuance", "now"))
            except CacheError as error:
                print(number, error)
                break
    """)
    ran = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True)
    stored, _, message = ran.stdout.partition(" ")
    assert "Free disk space" in message
    cache = ReplyCache(tmp_path)
    assert int(stored) > 0
    assert cache.present(str(number) for number in range(100)) == {str(number) for number in range(int(stored))}
