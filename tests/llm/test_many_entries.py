"""Read many entries of the reply cache at once: the result is the same as when each entry is read alone."""

from dataclasses import replace
from pathlib import Path

import diskcache  # type: ignore[import-untyped]
import pytest
from support.cache import corrupt
from support.requests_to_send import TEMPLATE

from korean_flashcards.domain.errors import CacheDamagedError
from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.domain.requests import Request
from korean_flashcards.llm.cache import entry_store, remembered_replies
from korean_flashcards.llm.cache.maintenance import entries, entry, hasher_of, key_with
from korean_flashcards.llm.cache.remembered_replies import RememberedReplies
from korean_flashcards.llm.cache.replies import ArchivedReply, StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache

REPLY = StoredReply("텍스트", 10, 20, 0.001, 0.2, 1, "openai/test", "nuance", "2026-01-01T00:00:00+00:00")
OLD = ArchivedReply("옛 텍스트", "malformed", "no JSON", "{}", "openai/test", "nuance", "2026-01-01T00:00:00+00:00")
KEYS = [f"{number:064x}" for number in range(1200)]


@pytest.fixture
def cache(tmp_path: Path) -> ReplyCache:
    """Return a cache with a reply for every second key and an archive for every third key."""
    cache = ReplyCache(tmp_path)
    with cache.store.unit():
        for number, key in enumerate(KEYS):
            if number % 2:
                cache.put(key, replace(REPLY, text=f"텍스트 {number}"))
            if number % 3 == 0:
                cache.archive(key, OLD, replace(OLD, text=f"{number}", created="2026-01-02T00:00:00+00:00"))
    return cache


def one_by_one(cache: ReplyCache) -> tuple[set[str], dict[str, StoredReply], dict[str, list[ArchivedReply]]]:
    replies = {key: reply for key in KEYS if (reply := cache.get(key))}
    archives = {key: archive for key in KEYS if (archive := cache.archived(key))}
    return {key for key in KEYS if cache.store.holds(key)}, replies, archives


def test_many_entries_are_the_same_as_single_entries(cache: ReplyCache) -> None:
    keys = iter([*KEYS, KEYS[1]])  # one key twice
    assert (cache.present(KEYS), cache.replies(keys), cache.archives(KEYS)) == one_by_one(cache)
    assert len(cache.present(KEYS)) == 600


def test_all_entries_are_the_same_as_single_entries(cache: ReplyCache) -> None:
    cache.note(TEMPLATE)
    corrupt(cache.folder, KEYS[3])
    corrupt(cache.folder, f"archive/{KEYS[6]}")
    with diskcache.Cache(str(cache.folder)) as plain:
        assert list(cache.store.names()) == list(plain.iterkeys())
    found = list(entries(cache))
    assert found == [entry(cache, one.key) for one in found]
    assert sorted(one.key for one in found) == [key for number, key in enumerate(KEYS) if number % 2 or number % 3 == 0]
    assert {name for one in found for name in one.problems} == {KEYS[3], f"archive/{KEYS[6]}"}


@pytest.mark.parametrize("user", ["", "텍스트", '{"term": "남성"}'])
def test_a_hasher_returns_the_same_keys(user: str) -> None:
    parts = TEMPLATE.key_parts("")
    assert hasher_of(parts).key(user) == key_with(parts, user) == TEMPLATE.key(user)


def test_replies_just_written_are_found(cache: ReplyCache) -> None:
    assert cache.replies(KEYS[:1]) == {}
    cache.put(KEYS[0], REPLY)
    assert cache.replies(KEYS[:1]) == {KEYS[0]: REPLY}


def test_a_missing_cache_has_no_entries_and_is_not_created(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path / "cache")
    assert (cache.present(KEYS), cache.replies(KEYS), cache.archives(KEYS)) == (set(), {}, {})
    assert not (tmp_path / "cache").exists()


def test_entries_of_a_read_only_cache_are_found(cache: ReplyCache, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = one_by_one(cache)
    cache.close()
    monkeypatch.setattr(entry_store, "write_obstacle", lambda _: "the folder is read-only")
    looked_at = ReplyCache(cache.folder)
    assert (looked_at.present(KEYS), looked_at.replies(KEYS), looked_at.archives(KEYS)) == expected
    looked_at.close()


def test_an_entry_in_a_separate_file_is_found(cache: ReplyCache) -> None:
    value = cache.store.raw(KEYS[1])
    with diskcache.Cache(str(cache.folder), disk_min_file_size=1, eviction_policy="none") as files:
        files.set(KEYS[0], value)
    assert list(cache.folder.rglob("*.val"))
    assert cache.replies(KEYS[:2])[KEYS[0]] == cache.get(KEYS[1])


def test_a_pickle_is_reported_as_damaged(cache: ReplyCache) -> None:
    with diskcache.Cache(str(cache.folder), eviction_policy="none") as pickles:
        pickles.set(KEYS[0], {"text": "no reply"})
    with pytest.raises(CacheDamagedError, match=KEYS[0]):
        cache.replies(KEYS[:2])


def test_a_damaged_entry_is_named(cache: ReplyCache) -> None:
    corrupt(cache.folder, KEYS[701])
    with pytest.raises(CacheDamagedError, match=KEYS[701]):
        cache.replies(KEYS)


def test_requests_get_the_same_replies_together_and_alone(cache: ReplyCache) -> None:
    def accept(text: str) -> None:
        if text.endswith("7") or text == OLD.text:
            raise ReplyError(FailureCode.MALFORMED, text)

    requests = [Request(key, "{}", accept, (KEYS[number - 1],)) for number, key in enumerate(KEYS)]
    remembered = RememberedReplies(cache)
    together = remembered.all(requests, keep=False)
    alone = {request.key: reply for request in requests if (reply := remembered.one(request, keep=False))}
    assert together == alone
    assert 600 < len(alone) < len(KEYS)
    assert {reply.text for reply in alone.values()} >= {"텍스트 1", "텍스트 5", "1188", "996"}
    assert any(reply.found for reply in alone.values())


def test_an_archived_reply_that_is_accepted_now_is_kept_only_if_asked(cache: ReplyCache) -> None:
    request = Request(KEYS[0], "{}", lambda text: None)
    remembered = RememberedReplies(cache)
    assert remembered.all([request], keep=False)[KEYS[0]].text == "0"
    assert cache.get(KEYS[0]) is None
    assert remembered.all([request])[KEYS[0]].text == "0"
    assert cache.get(KEYS[0]) is not None


def test_few_replies_are_in_memory_at_a_time(cache: ReplyCache, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    replies = ReplyCache.replies

    def counted(self: ReplyCache, keys: object) -> dict[str, StoredReply]:
        found = replies(self, keys)  # type: ignore[arg-type]
        sizes.append(len(found))
        return found

    monkeypatch.setattr(ReplyCache, "replies", counted)
    remembered_replies.RememberedReplies(cache).all(Request(key, "{}", lambda text: None) for key in KEYS)
    assert len(sizes) == 3
    assert max(sizes) <= 500
