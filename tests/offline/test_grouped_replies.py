"""Replies of the offline model: many are composed and written together, and none counts as stored before it is."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from offline.sample import PROMPT, SETTINGS

from korean_flashcards.domain.errors import CacheError
from korean_flashcards.domain.requests import ChatTemplate, Request
from korean_flashcards.llm.cache.replies import StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.llm.dispatch.reply_writer import ReplyWriter

TEMPLATE = ChatTemplate("nuance", "offline/dictionary@1", PROMPT.text, {}, None, None)
REQUESTS = [Request(str(number), '{"term": "단어"}', str) for number in range(3)]
REPLY = StoredReply("{}", 0, 0, 0.0, 0.0, 1, "offline/dictionary@1", "nuance", "2026-11-30T00:00:00+00:00")


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ReplyCache]:
    cache = ReplyCache(tmp_path / "cache")
    cache.folder.mkdir()
    cache.open()
    yield cache
    cache.close()


def unstored_after(cache: ReplyCache, *, paid: bool) -> tuple[set[str], set[str]]:
    """Return the keys whose replies are stored before the first sync, and those that are not stored after it."""

    async def write() -> tuple[set[str], set[str]]:
        writer = ReplyWriter(cache, lambda: None)
        writer.open(paid)
        for request in REQUESTS:
            writer.put(request, request.key, REPLY)
        before = cache.present(request.key for request in REQUESTS)
        after = writer.sync()
        await writer.finish()
        return before, after

    return asyncio.run(write())


@pytest.mark.parametrize("paid", [True, False])
def test_only_paid_replies_are_written_at_once(cache: ReplyCache, paid: bool) -> None:
    keys = {request.key for request in REQUESTS}
    assert unstored_after(cache, paid=paid) == (keys if paid else set(), set())
    assert cache.present(keys) == keys


def test_a_group_that_cannot_be_written_is_written_one_by_one(
    cache: ReplyCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def full() -> Iterator[None]:
        raise CacheError("the disk is full")
        yield

    monkeypatch.setattr(cache.store, "unit", full)
    assert unstored_after(cache, paid=False) == (set(), set())
    assert cache.present(["0", "1", "2"]) == {"0", "1", "2"}


def test_each_word_gets_its_own_reply_if_there_are_more_words_than_in_a_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("korean_flashcards.llm.client.cores", lambda: 1)
    monkeypatch.setattr("korean_flashcards.llm.providers.offline.compose", lambda request: request[1].upper())
    users = [f'{{"term": "단어{number}a"}}' for number in range(400)]
    client = LLMClient(tmp_path / "cache")
    requests = [Request(str(number), user, str) for number, user in enumerate(users)]
    replies = client.complete(TEMPLATE, requests, SETTINGS)
    assert [reply.text for reply in replies] == [user.upper() for user in users]
    assert client.cached(request.key for request in requests) == {request.key for request in requests}
    client.close()
