"""Test faults: a failed call is retried or fails its own word, and never affects the others."""

import time

import pytest
from support.model_server import ModelServer
from support.requests_to_send import TEMPLATE, make_requests, settings, words

from korean_flashcards.domain.records import FailureCode, PendingCode, ReplyError
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.llm.providers.litellm import LEAN_ROUTE


@pytest.mark.slow
@pytest.mark.parametrize("route", ["own server", "OpenAI's SDK"])
def test_a_tenth_each_of_429_500_reset_and_malformed_loses_no_word(
    client: LLMClient, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    shares = {"429": 0.1, "500": 0.1, "reset": 0.1, "malformed": 0.1}
    with ModelServer(shares=shares, fails_at_most=4) as server:
        base: str | None = server.url
        if route == "OpenAI's SDK":
            base = None
            monkeypatch.setenv("OPENAI_BASE_URL", server.url)
            monkeypatch.setenv("OPENAI_API_KEY", "any")
            monkeypatch.setenv(LEAN_ROUTE, "false")
        replies = client.complete(TEMPLATE, make_requests(words(200)), settings(base))
        requests = server.requests()
    assert [reply.code for reply in replies] == [None] * 200
    assert {request["behavior"] for request in requests} == {"ok", *shares}


@pytest.mark.slow
def test_more_rate_limit_errors_than_attempts_are_waited_out(client: LLMClient) -> None:
    with ModelServer(by_term={"배": ["429"] * 7}, retry_after="0") as server:
        (reply,) = client.complete(TEMPLATE, make_requests(["배"]), settings(server.url, max_attempts=2))
    assert (reply.code, reply.attempts) == (None, 8)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("retry_after", "said"),
    [
        (None, "no reply from openai/test for 1 s (rate_limit: Rate limit reached"),
        ("0", "no reply from openai/test for 1 s (rate_limit: Rate limit reached"),
        ("0.2", "openai/test: rate limit reached; no calls possible until "),
    ],
)
def test_endless_rate_limit_errors_leave_the_word_pending(
    client: LLMClient, retry_after: str | None, said: str
) -> None:
    with ModelServer(always="429", retry_after=retry_after) as server:
        changes = {"max_attempts": 2, "max_wait": 0.1, "max_pause": 1}
        (reply,) = client.complete(TEMPLATE, make_requests(["배"]), settings(server.url, **changes))
        assert len(server.requests()) > 4
    assert (reply.code, reply.pending) == (None, PendingCode.RATE_LIMIT)
    assert said in (reply.message or "")


@pytest.mark.slow
def test_retry_after_is_honored_up_to_the_longest_pause(client: LLMClient) -> None:
    with ModelServer(by_term={"배": ["429"]}, retry_after="1") as server:
        client.complete(TEMPLATE, make_requests(["배"]), settings(server.url, max_wait=0.1))
        first, second = (request["at"] for request in server.requests())
    assert second - first >= 1
    with ModelServer(by_term={"말": ["429"]}, retry_after="3600") as server:
        (reply,) = client.complete(TEMPLATE, make_requests(["말"]), settings(server.url, max_wait=0.1))
        assert len(server.requests()) == 1
    assert (reply.code, reply.pending) == (None, PendingCode.RATE_LIMIT)


@pytest.mark.slow
def test_all_workers_pause_when_the_provider_throttles(client: LLMClient) -> None:
    terms = words(30)
    with ModelServer(by_term={term: ["429"] for term in terms[:6]}, retry_after="1", latency=0.05) as server:
        replies = client.complete(TEMPLATE, make_requests(terms), settings(server.url, concurrency=8))
        requests = server.requests()
    assert all(reply.code is None for reply in replies)
    # Six workers wait for their own words. The other two, which have replies, must not continue.
    assert sum(request["at"] < requests[0]["at"] + 0.8 for request in requests) <= 12


@pytest.mark.parametrize(
    ("behavior", "code", "attempts"),
    [
        ("empty", FailureCode.EMPTY, 2),
        ("malformed", FailureCode.MALFORMED, 3),
        ("wrong_word", FailureCode.WRONG_WORD, 3),
        ("cut_short", FailureCode.CUT_SHORT, 2),
        ("content_filter", FailureCode.REFUSED, 1),
        ("context_length", FailureCode.CONTEXT_LENGTH, 1),
        ("400", FailureCode.BAD_REQUEST, 1),
    ],
)
def test_a_lasting_fault_fails_its_word_and_is_not_cached(
    client: LLMClient, behavior: str, code: FailureCode, attempts: int
) -> None:
    with ModelServer(by_term={"배": [behavior] * 9}) as server:
        bad, good = client.complete(TEMPLATE, make_requests(["배", "말"]), settings(server.url, max_attempts=3))
        requested = [request["term"] for request in server.requests()]
    assert (bad.code, bad.attempts) == (code, attempts) and bad.message
    assert requested.count("배") <= attempts
    assert good.code is None
    assert client.cached(request.key for request in make_requests(["배", "말"])) == {make_requests(["말"])[0].key}


@pytest.mark.parametrize(
    ("behavior", "pending", "attempts"),
    [
        ("500", PendingCode.OUTAGE, 3),
        ("503", PendingCode.OUTAGE, 3),
        ("reset", PendingCode.OUTAGE, 3),
        ("hang", PendingCode.TIMEOUT, 2),
    ],
)
def test_a_lasting_problem_of_the_provider_leaves_its_word_pending(
    client: LLMClient, behavior: str, pending: PendingCode, attempts: int
) -> None:
    with ModelServer(by_term={"배": [behavior] * 9}) as server:
        changes = {"max_attempts": 3, "timeout": 0.3 if behavior == "hang" else 20}
        bad, good = client.complete(TEMPLATE, make_requests(["배", "말"]), settings(server.url, **changes))
        requested = [request["term"] for request in server.requests()]
    assert (bad.code, bad.pending, bad.text) == (None, pending, None) and bad.message
    # litellm itself repeats a call once if the connection broke.
    assert attempts <= requested.count("배") <= attempts * (2 if behavior == "reset" else 1)
    assert good.code is good.pending is None


def test_a_rejected_reply_is_counted_and_its_text_returned(client: LLMClient) -> None:
    def never(text: str) -> None:
        raise ReplyError(FailureCode.MISSING_CARD, "no Scene card")

    with ModelServer() as server:
        (once,) = client.complete(TEMPLATE, make_requests(["배"], never), settings(server.url, max_attempts=1))
        (thrice,) = client.complete(TEMPLATE, make_requests(["배"], never), settings(server.url, max_attempts=3))
    assert (thrice.code, thrice.message, thrice.text) == (FailureCode.MISSING_CARD, "no Scene card", once.text)
    assert thrice.tokens_out == 3 * once.tokens_out > 0


def test_a_bug_in_a_check_fails_one_word_only(client: LLMClient) -> None:
    def broken(text: str) -> None:
        raise KeyError("front")

    with ModelServer() as server:
        requests = [*make_requests(["배"], broken), *make_requests(["말"])]
        bad, good = client.complete(TEMPLATE, requests, settings(server.url))
    assert (bad.code, good.code) == (FailureCode.INTERNAL, None)


def test_a_word_whose_connections_all_break_stays_pending_alone(client: LLMClient) -> None:
    with ModelServer(by_term={"배": ["reset"] * 9}) as server:
        broken, good = client.complete(
            TEMPLATE, make_requests(["배", "말"]), settings(server.url, max_attempts=2, concurrency=2, backoff=0.5)
        )
    assert (broken.pending, broken.attempts, good.code) == (PendingCode.OUTAGE, 2, None)


@pytest.mark.parametrize(
    ("script", "accepted"),
    [
        ({}, "json_schema"),
        ({"rejects_schema": True}, "json_object"),
        ({"rejects_schema": True, "rejects_json_object": True}, None),
    ],
)
def test_a_rejected_response_format_is_replaced_and_not_tried_again(
    client: LLMClient, script: dict[str, bool], accepted: str | None
) -> None:
    with ModelServer(**script) as server:
        first = client.complete(TEMPLATE, make_requests(["배"]), settings(server.url))
        before = len(server.requests())
        later = client.complete(TEMPLATE, make_requests(words(10)), settings(server.url))
        formats = [request["format"] for request in server.requests()[before:]]
    assert [(reply.code, reply.attempts) for reply in first + later] == [(None, 1)] * 11
    assert formats == [accepted] * 10


def test_latency_is_the_duration_of_the_calls(client: LLMClient) -> None:
    with ModelServer(latency=0.1) as server:
        started = time.monotonic()
        (reply,) = client.complete(TEMPLATE, make_requests(["배"]), settings(server.url))
    assert 0.1 <= reply.latency_s <= time.monotonic() - started
