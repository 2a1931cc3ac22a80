"""Test the model server that other tests use."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import httpx
import pytest
from support.model_server import ModelServer
from support.server_rates import Admission
from support.server_script import Script

from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.nuance_reply import read_nuance

CLIENT = httpx.Client(timeout=5)


def ask(server: ModelServer, about: Any = "배", **options: Any) -> httpx.Response:
    """Send one chat request. ``about``: the term, or the JSON of the user message."""
    user = {"term": about} if isinstance(about, str) else about
    messages = [{"role": "system", "content": "Analyze."}, {"role": "user", "content": json.dumps(user)}]
    body = {"model": "test", "messages": messages, **options}
    return CLIENT.post(f"{server.url}/chat/completions", json=body)


def text_of(response: httpx.Response) -> str:
    """Return the text of the reply."""
    return str(response.json()["choices"][0]["message"]["content"])


@pytest.mark.slow
def test_a_request_over_the_rate_limit_gets_the_time_to_wait_and_then_succeeds() -> None:
    with ModelServer(rates=[(0, 2)], window=0.6, rate_headers=True) as server:
        first, second, third = (ask(server) for _ in range(3))
        time.sleep(float(third.headers["Retry-After"]))
        fourth = ask(server)
        behaviors = [request["behavior"] for request in server.requests()]
    assert [first.status_code, second.status_code, third.status_code, fourth.status_code] == [200, 200, 429, 200]
    assert behaviors == ["ok", "ok", "429-rate", "ok"]
    names = ("limit", "remaining", "reset")
    limit, remaining, reset = (first.headers[f"x-ratelimit-{name}-requests"] for name in names)
    assert (limit, remaining, third.headers["x-ratelimit-remaining-requests"]) == ("2", "1", "0")
    assert reset.endswith("ms") and 0 < int(reset.removesuffix("ms")) <= 600
    assert "x-ratelimit-limit-tokens" not in first.headers


def test_a_rate_limit_changes_over_time_and_counts_earlier_requests() -> None:
    gate = Admission(Script(rates=[(0, 3), (100, 1), (200, 3)]))
    moments = (0, 10, 20, 30, 60, 70, 110, 120, 131, 140, 191, 200, 201)
    passed = [at for at in moments if gate.fault(1000 + at, tokens=0) is None]
    # From 100 on, the limit is one per minute. The requests at 60 and 70 count until 130.
    assert passed == [0, 10, 20, 60, 70, 131, 191, 200, 201]


def test_a_ban_is_permanent() -> None:
    with ModelServer(rates=[(0, 1)], window=0.1, bans=True) as server:
        # Without pauses, one of the first requests exceeds the rate limit.
        replies = [ask(server).status_code for _ in range(20)]
        time.sleep(0.2)
        assert ask(server).status_code == 403
    over = replies.index(429)
    assert set(replies[over + 1 :]) == {403}


def test_token_rate_limits_count_the_tokens_in_usage() -> None:
    with ModelServer(token_rates=[(0, 250)], tokens_in=70, tokens_out=50, rate_headers=True) as server:
        replies = [ask(server) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert [reply.headers["x-ratelimit-remaining-tokens"] for reply in replies] == ["130", "10", "10"]
    assert replies[0].headers["x-ratelimit-reset-tokens"].startswith(("59.", "1m0s"))
    # With a window of a minute, the time to wait is in whole seconds.
    assert 58 <= int(replies[2].headers["Retry-After"]) <= 60


def test_an_outage_starts_with_its_call_and_ends_in_time() -> None:
    with ModelServer(outage=(2, 0.3, "503"), by_term={"배": ["ok", "empty"]}) as server:
        during = [ask(server).status_code for _ in range(3)]
        time.sleep(0.35)
        after = ask(server)
    # The outage does not use up the behaviors planned for a term.
    assert (during, after.status_code, text_of(after)) == ([200, 503, 503], 200, "")


def test_a_broken_model_does_not_affect_others() -> None:
    with ModelServer(broken_models={"big": "500"}) as server:
        assert [ask(server, model=model).status_code for model in ("big", "small", "big")] == [500, 200, 500]


def test_usage_has_the_tokens_in_the_script_up_to_the_limit_of_the_request() -> None:
    with ModelServer(tokens_in=900, tokens_out=4_000, cached_tokens=800, reasoning_tokens=700) as server:
        usage = ask(server).json()["usage"]
        limited = [ask(server, **{name: 600}).json()["usage"] for name in ("max_tokens", "max_completion_tokens")]
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (900, 4_000, 4_900)
    assert usage["prompt_tokens_details"]["cached_tokens"] == 800
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 700
    assert [claimed["completion_tokens"] for claimed in limited] == [600, 600]
    assert limited[0]["completion_tokens_details"]["reasoning_tokens"] == 600


def test_token_counts_are_spread_and_are_the_same_for_the_same_request() -> None:
    with ModelServer(tokens_out_spread=(100, 900)) as server:
        claimed = [ask(server, f"말{n}").json()["usage"]["completion_tokens"] for n in range(40)]
        again = [ask(server, f"말{n}").json()["usage"]["completion_tokens"] for n in range(40)]
    assert claimed == again
    assert 100 <= min(claimed) < 300 and 700 < max(claimed) <= 900


SPOILED = {
    "missing_field": (FailureCode.CONTRACT, FailureCode.MISSING_CARD),
    "bad_ipa": (FailureCode.CONTRACT, FailureCode.CONTRACT),
    "too_long": (FailureCode.CONTRACT, FailureCode.CONTRACT),
}
NO_JSON = ("trailing_comma", "unclosed", "single_quotes", "unquoted_keys", "smart_quotes")


def test_each_fault_breaks_a_reply_as_its_name_says() -> None:
    cards = ["Scene", "Hanja"]
    requests = [{"term": "배"}, {"term": "말", "card_types": cards}]
    plans = {request["term"]: ["ok", *NO_JSON, *SPOILED] for request in requests}
    with ModelServer(by_term=plans) as server:
        texts = {(request["term"], name): text_of(ask(server, request)) for request in requests for name in plans["배"]}
    assert read_nuance(texts["배", "ok"], "배", 1).ipa
    assert len(read_cards(texts["말", "ok"], "말", cards)) == 2
    for term in plans:
        for name in NO_JSON:
            with pytest.raises(ValueError):
                json.loads(texts[term, name])
        # Only punctuation differs. With it restored, the text is the good reply.
        assert json.loads(texts[term, "trailing_comma"].replace(",}", "}")) == json.loads(texts[term, "ok"])
        assert texts[term, "ok"].startswith(texts[term, "unclosed"])
    for name, (nuance_code, cards_code) in SPOILED.items():
        with pytest.raises(ReplyError) as nuance_error:
            read_nuance(texts["배", name], "배", 1)
        with pytest.raises(ReplyError) as cards_error:
            read_cards(texts["말", name], "말", cards)
        assert (nuance_error.value.code, cards_error.value.code) == (nuance_code, cards_code)


def test_a_repair_gets_the_requested_fields_and_cards_and_is_logged_as_a_repair() -> None:
    fields = {"term": "배", "fields": {"ipa": None, "metaphor": "x"}, "problems": ["ipa: missing"]}
    cards = {"term": "배", "card_types": ["Scene"], "cards": [{"tab_name": "Scene"}], "problems": ["front: empty"]}
    with ModelServer() as server:
        good, fields_reply, cards_reply = (text_of(ask(server, about)) for about in ("배", fields, cards))
        kinds = [(request["kind"], request["stage"]) for request in server.requests()]
    assert kinds == [("ask", "nuance"), ("repair", "nuance"), ("repair", "flashcards")]
    repaired = json.loads(fields_reply)["fields"]
    assert list(repaired) == ["ipa", "metaphor"]
    assert read_nuance(json.dumps(json.loads(good) | repaired), "배", 1)
    assert len(read_cards(cards_reply, "배", ["Scene"])) == 1


def test_the_log_has_the_requests_and_the_replies() -> None:
    marked = [{"type": "text", "text": '{"term": "배"}', "cache_control": {"type": "ephemeral"}}]
    options = {
        "temperature": 0.5,
        "seed": 7,
        "max_tokens": 90,
        "reasoning_effort": "low",
        "provider": {"sort": "price"},
    }
    with ModelServer(by_term={"말": ["500"], "물": ["lost"]}) as server:
        ask(server, **options)
        ask(server, messages=[{"role": "user", "content": marked}])
        ask(server, "말")
        with pytest.raises(httpx.TransportError):
            ask(server, "물")
        plain, cached, failed, lost = server.requests()
        replies = server.replies()
    assert plain["options"] == {"model": "test", **options}
    assert (plain["model"], plain["term"], plain["cache_control"]) == ("test", "배", False)
    assert (cached["term"], cached["cache_control"]) == ("배", True)
    assert plain["status"] == 200 and plain["tokens_in"] > 0 and 0 < plain["tokens_out"] <= 90
    assert plain["at"] <= plain["done_at"] and plain["delivered"]
    assert (failed["status"], failed["tokens_out"]) == (500, 0)
    # A reply whose connection broke was paid for.
    assert (lost["status"], lost["delivered"]) == (200, False) and lost["tokens_out"] > 0
    assert [reply["n"] for reply in replies] == [1, 2, 3, 4]


def test_a_reply_to_a_disconnected_client_is_not_delivered() -> None:
    with ModelServer(latency=0.3) as server:
        address = httpx.URL(server.url)
        body = json.dumps({"model": "test", "messages": [{"role": "user", "content": "배"}]}).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection((address.host, address.port)) as connection:
            connection.sendall(head.encode() + body)
            while not server.requests():
                time.sleep(0.01)
            (waiting,) = server.requests()
        while not server.replies():
            time.sleep(0.01)
        (reply,) = server.replies()
    assert waiting["status"] is None
    assert (reply["status"], reply["delivered"]) == (200, False)


def test_requests_above_the_capacity_wait() -> None:
    with ModelServer(latency=0.1, capacity=1) as server:
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda n: ask(server, f"말{n}"), range(3)))
        times = sorted(reply["done_at"] for reply in server.replies())
    assert all(later - earlier >= 0.09 for earlier, later in pairwise(times))


def test_an_unknown_behavior_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="malfromed"):
        ModelServer(shares={"malfromed": 0.1})


def test_a_term_with_a_line_separator_is_logged_on_one_line() -> None:
    with ModelServer() as server:
        ask(server, "배\u2028말")
        assert [request["term"] for request in server.requests()] == ["배\u2028말"]
