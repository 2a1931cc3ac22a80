"""Test that a repair of the reply cache saves entries whose row headers are damaged, because their values are intact."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.requests_to_send import TEMPLATE, make_requests, words

from korean_flashcards.llm.cache.cache_repair import repair
from korean_flashcards.llm.cache.replies import StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache

REQUESTS = make_requests(words(40))
KEYS = [request.key for request in REQUESTS]
PAGE, HEADER = 4096, 15  # bytes
FLIPS = (0xCB, 0x01, 0x80, 0x0C, 0xFF)


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a cache with 40 replies. Every fifth one continues on other pages."""
    cache = ReplyCache(tmp_path_factory.mktemp("intact") / "cache")
    cache.note(TEMPLATE)
    for number, request in enumerate(REQUESTS):
        text = random.Random(number).randbytes(5000 if number % 5 == 0 else 100).hex()
        reply = StoredReply(
            text, 9, 9, 0.001, 0.1, 1, "openai/test", "nuance", "2026-11-01T08:00:00Z", "v", request.user,
            TEMPLATE.key(""),
        )  # fmt: skip
        cache.put(request.key, reply)
    cache.close()
    return cache.folder


@pytest.fixture
def folder(intact: Path, tmp_path: Path) -> Path:
    return shutil.copytree(intact, tmp_path / "cache")


def replies(folder: Path) -> dict[str, str]:
    cache = ReplyCache(folder)
    found = {key: stored.text for key in KEYS if (stored := cache.get(key))}
    cache.close()
    return found


def names_in_rows(content: bytes) -> Iterator[int]:
    """Yield where the name of each reply is in its row, which is on a leaf page of the table."""
    for key in KEYS:
        at = content.find(key.encode())
        while content[at // PAGE * PAGE] != 13:
            at = content.find(key.encode(), at + 1)
        yield at


def header_of(content: bytes, name: int) -> int:
    """Return where a row's header begins: its first byte is its length."""
    return next(name - size for size in range(12, 24) if content[name - size] == size)


@pytest.mark.parametrize("flip", [FLIPS[0], *(pytest.param(flip, marks=pytest.mark.slow) for flip in FLIPS[1:])])
def test_a_flipped_byte_in_each_header_loses_no_reply(folder: Path, intact: Path, flip: int) -> None:
    content = bytearray((folder / "cache.db").read_bytes())
    for row, name in enumerate(list(names_in_rows(content))):
        content[header_of(content, name) + row % HEADER] ^= flip
    (folder / "cache.db").write_bytes(content)
    repaired = repair(folder)
    assert (repaired.replies, repaired.lost, repaired.keyless) == (40, (), 0)
    assert replies(folder) == replies(intact)


@pytest.mark.slow
@pytest.mark.parametrize("at", range(-3, HEADER))
def test_a_single_flipped_byte_at_each_place_of_a_row_loses_no_reply(folder: Path, intact: Path, at: int) -> None:
    before, file = replies(intact), folder / "cache.db"
    original = file.read_bytes()
    for flip, name in zip(FLIPS, list(names_in_rows(original))[3:], strict=False):
        content = bytearray(original)
        content[header_of(content, name) + at] ^= flip
        file.write_bytes(content)
        repaired = repair(folder)
        assert (repaired.replies, repaired.lost, repaired.keyless) == (40, (), 0), hex(flip)
        assert replies(folder) == before


def test_headers_of_zeros_lose_no_reply_and_no_key_is_invented(folder: Path, intact: Path) -> None:
    content = bytearray((folder / "cache.db").read_bytes())
    places = list(names_in_rows(content))
    for name in places:
        start = header_of(content, name)
        content[start:name] = bytes(name - start)
    # The name of one reply is damaged, too. Its key is computed from its request.
    content[places[7] + 5] = 0
    (folder / "cache.db").write_bytes(content)
    repair(folder)
    assert replies(folder) == replies(intact)
    assert {name for name in ReplyCache(folder).store.names() if "/" not in name} == set(KEYS)


def test_a_reply_whose_value_is_damaged_is_lost(folder: Path, intact: Path) -> None:
    content = bytearray((folder / "cache.db").read_bytes())
    name = list(names_in_rows(content))[3]
    content[header_of(content, name) + 2] ^= 0xCB
    content[name + 64 + 16 + 60] ^= 0xFF
    (folder / "cache.db").write_bytes(content)
    assert repair(folder).lost == (KEYS[3],)
    assert replies(folder).keys() == set(KEYS) - {KEYS[3]}
