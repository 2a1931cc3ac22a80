"""Test long waits: a run never sleeps longer than llm.max_pause, and says until when a limit makes it wait."""

import logging
import time
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.raw_server import RawResponse, RawServer, json_response
from support.requests_to_send import NuanceRuns, words

from korean_flashcards.domain.calls import RatesSeen
from korean_flashcards.ledger.spending.rate_limits import LONGEST_WAIT
from korean_flashcards.llm.providers.endpoints import Endpoint

LIMITED = {"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}
USED_UP = {"x-ratelimit-limit-requests": "50", "x-ratelimit-remaining-requests": "0"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "86400"},
        {"Retry-After": "1h30m"},
        {"Retry-After": str(int(time.time()) + 7200)},
        {"retry-after-ms": "3600000"},
        {**USED_UP, "x-ratelimit-reset-requests": "23h59m"},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(1000 * (time.time() + 20_000)))},
    ],
)
def test_a_wait_beyond_the_longest_pause_leaves_words_pending_and_says_until_when(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1", "말#1")
    limited = RawResponse(json_response(LIMITED).body, 429, {"Content-Type": "application/json"} | headers)
    started = time.monotonic()
    with RawServer(lambda *_: limited) as server:
        replies = runs.run(todo, server.url, concurrency=1)
        assert len(server.requests) == 1
    assert time.monotonic() - started < 20
    assert replies["pending"].to_list() == ["rate_limit"] * 2
    assert "openai/test: rate limit reached; no calls possible until " in replies["message"][0]
    ((next_call,),) = runs.sql("SELECT next_call FROM llm_rates")
    assert next_call <= time.time() + LONGEST_WAIT
    assert runs.task("배#1", "state, attempts") == ("pending", 0)


def test_a_used_up_limit_in_a_reply_ends_the_run_with_the_real_time(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(3)))
    with ModelServer(rates=[(0, 1)], window=90_000, rate_headers=True) as server:
        replies = runs.run(todo, server.url, concurrency=1)
        assert len(server.requests()) == 1
    assert replies["pending"].to_list() == [None, "rate_limit", "rate_limit"]
    # More than a day, although the ledger stores at most an hour, so that a wrong header cannot block later runs.
    assert " until 2" in replies["message"][1]


@pytest.mark.parametrize("stored", [3601 * 2, 86_400, 1e9])
def test_longer_waits_that_an_earlier_release_stored_are_ignored(tmp_path: Path, stored: float) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1")
    with ModelServer() as server:
        limited = Endpoint("openai/test", server.url).key
        runs.ledger.rate_limits.seen(limited, RatesSeen(requests=600, requests_left=0, requests_reset_s=5))
        runs.sql("UPDATE llm_rates SET next_call = ?", time.time() + stored)
        assert runs.run(todo, server.url)["code"].to_list() == runs.run(todo, server.url)["pending"].to_list() == [None]


@pytest.mark.parametrize(
    ("wait", "pending"),
    [pytest.param(4.0, None, marks=pytest.mark.slow), (1000.0, "rate_limit"), (3500.0, "rate_limit")],
)
def test_a_known_limit_is_announced_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, wait: float, pending: str | None
) -> None:
    runs = NuanceRuns(tmp_path)
    # The first call imports litellm, which can take longer than the limit.
    with ModelServer() as server:
        assert runs.run(runs.take("말#1"), server.url)["pending"].to_list() == [None]
    todo = runs.take("배#1")
    with ModelServer() as server, caplog.at_level(logging.WARNING):
        limited = Endpoint("openai/test", server.url).key
        runs.ledger.rate_limits.seen(limited, RatesSeen(requests=600, requests_left=0, requests_reset_s=wait))
        replies = runs.run(todo, server.url)
        assert len(server.requests()) == (pending is None)
    said = caplog.text if pending is None else replies["message"][0]
    expected = "waiting until" if pending is None else "no calls possible until at least"
    assert f"openai/test: rate limit reached; {expected} " in said
    assert replies["pending"].to_list() == [pending]


@pytest.mark.slow
def test_a_fallback_model_takes_over_during_a_long_wait(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(3)))
    with ModelServer(broken_models={"test": "429"}, retry_after="7200") as server:
        replies = runs.run(
            todo, server.url, fallbacks=[{"model": "openai/spare", "api_base": server.url}], concurrency=1
        )
    assert set(replies["model"]) == {"openai/spare"} and replies["code"].null_count() == 3


@pytest.mark.slow
@pytest.mark.parametrize("always", [["429", "503"], ["503", "429", "500"], ["reset", "429"], ["hang", "503", "429"]])
def test_a_server_with_errors_only_ends_the_run_after_the_longest_pause(tmp_path: Path, always: list[str]) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(6)))
    by_term = dict.fromkeys(words(6), always * 100)
    started = time.monotonic()
    with ModelServer(by_term=by_term, retry_after=None) as server:
        breaker = {"failures": 5, "rest": 0.2, "longest_rest": 0.5, "give_up": 600}
        replies = runs.run(todo, server.url, max_pause=2, breaker=breaker, timeout=0.5, max_attempts=10)
    assert time.monotonic() - started < 15
    assert replies["pending"].null_count() == 0 and replies["code"].null_count() == 6
    assert runs.sql("SELECT DISTINCT state, attempts FROM tasks WHERE stage = 'nuance'") == [("pending", 0)]
