"""Test the archive: rejected replies are stored, and checked again before a new request is sent."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.requests_to_send import TEMPLATE, NuanceRuns, about, make_requests, settings

from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.domain.requests import Repairer
from korean_flashcards.llm.cache.replies import PART, REPLACED, ArchivedReply, StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.pipelines.nuance import nodes


def refuse(text: str) -> None:
    raise ReplyError(FailureCode.CONTRACT, "not yet readable")


def archived(user: str, number: int = 0, **changes: object) -> ArchivedReply:
    text = json.dumps({"term": json.loads(user)["term"], "number": number}, ensure_ascii=False)
    made = f"2026-01-01T00:00:{number:02}.000000+00:00"
    return replace(ArchivedReply(text, "contract", "", user, TEMPLATE.model, "nuance", made), **changes)  # type: ignore[arg-type]


def test_a_newer_parser_accepts_a_rejected_reply_without_a_new_request(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path / "cache")
    with ModelServer() as server:
        client = LLMClient(tmp_path / "cache")
        (failed,) = client.complete(TEMPLATE, make_requests(["배"], refuse), settings(server.url, max_attempts=2))
        assert failed.code is FailureCode.CONTRACT
        key = make_requests(["배"])[0].key
        assert [reply.outcome for reply in cache.archived(key)] == ["contract", "contract"]
        assert client.recall(make_requests(["배"]))[key].cached
        assert cache.get(key) is None, "recall writes nothing"

        (reply,) = client.complete(TEMPLATE, make_requests(["배"]), settings(server.url, cache_only=True))

        assert len(server.requests()) == 2
    newest = cache.archived(key)[-1]
    assert (reply.code, reply.cached, reply.text) == (None, True, newest.text)
    stored = cache.get(key)
    assert stored is not None
    assert (stored.text, stored.user, stored.tokens_in) == (newest.text, newest.user, newest.tokens_in)
    assert client.cached([key]) == {key}


@pytest.mark.slow
def test_a_plan_counts_a_word_as_cached_if_its_archived_reply_is_now_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = NuanceRuns(tmp_path)
    words = runs.take("배#1", "말#1")
    with ModelServer() as server:
        monkeypatch.setattr(nodes, "_acceptance", lambda term, user: refuse)
        runs.run(words, server.url, max_attempts=1)
        assert runs.plan(words, server.url)["state"].to_list() == ["retry", "retry"]
        monkeypatch.undo()

        assert runs.plan(words, server.url)["state"].to_list() == ["cached", "cached"]
        assert runs.run(words, server.url)["code"].to_list() == [None, None]

        assert len(server.requests()) == 2
    assert runs.task("배#1", "state") == ("done",)


@pytest.mark.parametrize(
    "changes",
    [
        {"user": '{"term": "배", "fix": ["ipa"]}'},
        {"finish_reason": "length", "text": '{"term": "배", "number": 0'},
        {"finish_reason": "content_filter"},
    ],
)
def test_a_repair_or_a_truncated_reply_is_never_used_as_a_complete_reply(
    tmp_path: Path, changes: dict[str, str]
) -> None:
    (request,) = make_requests(["배"])
    ReplyCache(tmp_path).archive(request.key, replace(archived(request.user), **changes))
    assert LLMClient(tmp_path).recall([request]) == {}


@pytest.mark.parametrize("end", ["", "\n" * 500, " \t" * 500])
def test_an_archived_reply_that_was_padded_up_to_the_token_limit_is_used(tmp_path: Path, end: str) -> None:
    (request,) = make_requests(["배"])
    padded = replace(archived(request.user), finish_reason="length")
    ReplyCache(tmp_path).archive(request.key, replace(padded, text=padded.text + end))
    assert request.key in LLMClient(tmp_path).recall([request])


def test_the_newest_acceptable_archived_reply_is_used(tmp_path: Path) -> None:
    (request,) = make_requests(["배"])
    cache = ReplyCache(tmp_path)
    cache.archive(request.key, archived(request.user, 2), archived(request.user, 1))
    cache.archive(request.key, archived(request.user, 3, text="no JSON"))
    assert json.loads(LLMClient(tmp_path).recall([request])[request.key].text or "")["number"] == 2
    assert [reply.created[17:19] for reply in cache.archived(request.key)] == ["01", "02", "03"]


def test_the_same_reply_is_archived_once(tmp_path: Path) -> None:
    cache, one = ReplyCache(tmp_path), archived('{"term": "배"}')
    assert [cache.archive("k", one), cache.archive("k", one, one)] == [1, 0]
    assert cache.archived("k") == [one]


def test_a_reply_that_is_no_longer_accepted_is_archived_when_it_is_replaced(
    tmp_path: Path,
) -> None:
    (request,) = make_requests(["배"])
    first, cache = '{"term": "배", "of": "an earlier time"}', ReplyCache(tmp_path)
    # Stored as by an earlier release: without the request.
    cache.put(request.key, StoredReply(first, 1, 2, 0.5, 0.1, 1, TEMPLATE.model, "nuance", "2026-01-01T00:00:00+00:00"))

    def stricter(text: str) -> object:
        if text == first:
            raise ReplyError(FailureCode.CONTRACT, "the contract has changed")
        return about("배")(text)

    with ModelServer() as server:
        (second,) = LLMClient(tmp_path).complete(TEMPLATE, make_requests(["배"], stricter), settings(server.url))
    (kept,) = cache.archived(request.key)
    assert (kept.text, kept.user, kept.outcome, kept.cost_usd) == (first, request.user, REPLACED, 0.5)
    assert (second.code, second.text == first) == (None, False)


def test_a_repair_and_the_reply_that_it_repaired_are_archived(tmp_path: Path) -> None:
    (request,) = make_requests(["배"], lambda text: text == "repaired" or refuse(text))
    repairer = Repairer(
        system="Repair it.",
        request=lambda text, error, user: '{"term": "배", "failed": ["ipa"]}',
        schema=lambda error: {"type": "object"},
        repaired=lambda text, answer, error, user: "repaired",
    )
    with ModelServer() as server:
        (reply,) = LLMClient(tmp_path).complete(TEMPLATE, [request], settings(server.url), repairer=repairer)
        assert len(server.requests()) == 2
    cache = ReplyCache(tmp_path)
    stored, (whole, part) = cache.get(request.key), cache.archived(request.key)
    assert (reply.text, stored and stored.user) == ("repaired", request.user)
    assert [(one.outcome, one.is_complete_reply_to(request.user)) for one in (whole, part)] == [
        ("contract", True),
        (PART, False),
    ]
    assert (part.template, whole.template) == (None, TEMPLATE.key(""))
