"""Test rate limits: they are kept if they are known, and learned from headers or refusals if not."""

from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.requests_to_send import NuanceRuns, words

pytestmark = pytest.mark.slow


def refused(server: ModelServer) -> int:
    return sum(request["behavior"] not in ("ok",) for request in server.requests())


def test_a_limit_in_the_parameters_is_never_exceeded(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(60)))
    # 20 calls in a window of three seconds are 400 per minute. The server bans a client after one call more. Its window is
    # a little shorter, because calls that were sent at equal intervals do not arrive at equal intervals on a busy machine.
    with ModelServer(rates=[(0, 20)], window=2.7, bans=True) as server:
        replies = runs.run(todo, server.url, rates={"rpm": 400}, concurrency=50)
        assert refused(server) == 0
    assert replies["code"].null_count() == 60


def test_a_limit_in_the_headers_is_kept_after_the_first_replies(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(40)))
    with ModelServer(rates=[(0, 300)], rate_headers=True) as server:
        replies = runs.run(todo, server.url, concurrency=4)
        times = [request["at"] for request in server.requests()]
        assert refused(server) == 0
    assert replies["code"].null_count() == 40
    assert (times[-1] - times[10]) / (len(times) - 11) > 0.18  # 300 per minute are five per second
    assert runs.sql("SELECT rpm, source FROM llm_rates") == [(300.0, "headers")]


def test_an_unknown_limit_is_learned_from_refusals_and_no_word_is_lost(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(40)))
    with ModelServer(rates=[(0, 10)], window=1, retry_after="1") as server:
        replies = runs.run(todo, server.url, concurrency=20, max_attempts=2)
        assert refused(server) < 40
    assert replies["code"].null_count() == 40
    ((rpm, source),) = runs.sql("SELECT rpm, source FROM llm_rates")
    assert source == "refusals" and rpm < 2000


@pytest.mark.parametrize(
    ("window", "most", "concurrency"), [(6.0, 3, 64), (2.0, 1, 64), (10.0, 5, 3)], ids=["30 rpm", "1 each 2 s", "few"]
)
def test_a_strict_limit_without_retry_after_is_learned_with_few_rejected_calls(
    tmp_path: Path, window: float, most: int, concurrency: int
) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(12)))
    with ModelServer(rates=[(0, most)], window=window, retry_after=None) as server:
        replies = runs.run(todo, server.url, concurrency=concurrency, max_attempts=2, backoff=0.5)
        accepted = [request["behavior"] == "ok" for request in server.requests()]
    assert replies["code"].null_count() == replies["pending"].null_count() == 12
    # The first calls find the limit. Then one test call at a time is sent, and after that only calls at the learned rate.
    assert accepted.count(False) <= min(12, concurrency) + 6
    assert all(accepted[accepted.index(True, accepted.index(False)) :])
    ((rpm, source),) = runs.sql("SELECT rpm, source FROM llm_rates")
    assert source == "refusals" and 0.4 * 60 * most / window <= rpm <= 1.5 * 60 * most / window
