"""A provider's limit is kept, found out where it is not said, and followed when it changes."""

from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.requests_to_send import NuanceRuns, words

pytestmark = pytest.mark.slow


def refused(server: ModelServer) -> int:
    return sum(request["behaviour"] not in ("ok",) for request in server.requests())


def test_a_limit_that_is_said_is_never_passed(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(60)))
    # A minute of three seconds: 20 in a window are 400 in a minute. One more, and the server bans.
    with ModelServer(rates=[(0, 20)], window=3, bans=True) as server:
        replies = runs.run(todo, server.url, rates={"rpm": 400}, concurrency=50)
        assert refused(server) == 0
    assert replies["code"].null_count() == 60


def test_a_limit_that_headers_say_is_kept_after_the_first_answers(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(40)))
    with ModelServer(rates=[(0, 300)], rate_headers=True) as server:
        replies = runs.run(todo, server.url, concurrency=4)
        times = [request["at"] for request in server.requests()]
        assert refused(server) == 0
    assert replies["code"].null_count() == 40
    assert (times[-1] - times[10]) / (len(times) - 11) > 0.18  # 300 a minute are five a second
    assert runs.sql("SELECT rpm, source FROM llm_rates") == [(300.0, "headers")]


def test_a_limit_that_nobody_says_is_found_out_and_no_word_is_lost(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(40)))
    with ModelServer(rates=[(0, 10)], window=1, retry_after="1") as server:
        replies = runs.run(todo, server.url, concurrency=20, max_attempts=2)
        assert refused(server) < 40
    assert replies["code"].null_count() == 40
    ((rpm, source),) = runs.sql("SELECT rpm, source FROM llm_rates")
    assert source == "refusals" and rpm < 2000
