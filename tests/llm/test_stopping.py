"""Test what stops a dispatch: a provider that refuses everything, an unusable cache, and Ctrl-C."""

import _thread
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.requests_to_send import TEMPLATE, make_requests, settings, words

from korean_flashcards.domain.errors import CacheError, InterruptedRun, ModelUnavailableError
from korean_flashcards.domain.records import PendingCode
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.llm.providers.litellm import LEAN_ROUTE

SECRET = "planted-secret-0123456789"


@pytest.mark.slow
@pytest.mark.parametrize("behavior", ["401", "403", "404"])
def test_a_fatal_error_stops_at_once_and_keeps_the_replies_so_far(
    client: LLMClient, tmp_path: Path, behavior: str
) -> None:
    with ModelServer(from_call=(21, behavior), latency=0.02) as server:
        with pytest.raises(ModelUnavailableError) as raised:
            client.complete(TEMPLATE, make_requests(words(500)), settings(server.url, concurrency=4))
        requests = server.requests()
        assert len(requests) <= 24
        assert len(client.cached(request.key for request in make_requests(words(500)))) == 20
    message = str(raised.value)
    assert "openai/test" in message
    assert "20 replies" in message
    assert str(tmp_path / "cache") in message


@pytest.mark.parametrize("behavior", ["402", "quota"])
def test_a_run_without_credit_stops_at_once_and_leaves_the_rest_pending(client: LLMClient, behavior: str) -> None:
    with ModelServer(from_call=(21, behavior), latency=0.02) as server:
        replies = client.complete(TEMPLATE, make_requests(words(100)), settings(server.url, concurrency=4))
        assert len(server.requests()) <= 24
    waiting = [reply for reply in replies if reply.pending]
    assert len(waiting) == 80 and sum(reply.code is None for reply in replies) == 100
    assert {reply.pending for reply in waiting} == {PendingCode.QUOTA}
    assert "openai/test has no credit left" in str(waiting[0].message)


def test_an_address_without_a_server_stops_the_run(client: LLMClient) -> None:
    refused = (
        r"cannot be reached \(connection\): cannot connect to 127\.0\.0\.1:9: the connection was refused\. Check llm"
    )
    with pytest.raises(ModelUnavailableError, match=refused):
        client.complete(TEMPLATE, make_requests(words(500)), settings("http://127.0.0.1:9/v1", max_attempts=2))


@pytest.mark.slow
def test_replies_to_calls_in_flight_are_stored_when_the_run_stops(client: LLMClient) -> None:
    terms = words(8)
    with ModelServer(by_term={terms[0]: ["401"]}, latency=0.2) as server, pytest.raises(ModelUnavailableError):
        client.complete(TEMPLATE, make_requests(terms), settings(server.url, concurrency=8))
    assert len(client.cached(request.key for request in make_requests(terms))) == 7


def test_no_key_is_shown(
    client: LLMClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    with caplog.at_level(logging.DEBUG), ModelServer(always="401") as server:
        with pytest.raises(ModelUnavailableError) as raised:
            client.complete(TEMPLATE, make_requests(["배"]), settings(server.url))
        assert server.requests()[0]["authorization"] == f"Bearer {SECRET}"
    shown = str(raised.value) + caplog.text + "".join(capfd.readouterr())
    assert "Incorrect API key" in shown
    assert SECRET not in shown


def test_a_local_server_needs_no_key(client: LLMClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with ModelServer() as server:
        (reply,) = client.complete(TEMPLATE, make_requests(["배"]), settings(server.url))
    assert reply.code is None


def test_a_missing_key_is_named_and_no_call_is_made(client: LLMClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with ModelServer() as server:
        # No placeholder is sent to the provider's own address. If a call were made, this server would receive it.
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv(LEAN_ROUTE, "false")
        with pytest.raises(ModelUnavailableError, match="OPENAI_API_KEY"):
            client.complete(TEMPLATE, make_requests(words(3)), settings(None))
        assert server.requests() == []


def test_no_call_is_sent_if_the_cache_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    with ModelServer() as server:
        with pytest.raises(CacheError, match="cache"):
            LLMClient(tmp_path / "cache").complete(TEMPLATE, make_requests(words(3)), settings(server.url))
        assert server.requests() == []


def test_all_calls_stop_if_the_cache_breaks_during_a_run(client: LLMClient, tmp_path: Path) -> None:
    import diskcache  # type: ignore[import-untyped]

    def break_cache(text: str) -> None:
        with diskcache.Cache(str(tmp_path / "cache")) as store:
            store._sql("DROP TABLE Cache")

    terms = words(100)
    requests = [*make_requests(terms[:10]), *make_requests(terms[10:11], break_cache), *make_requests(terms[11:])]
    with ModelServer(latency=0.02) as server:
        with pytest.raises(CacheError, match="replies stored so far are safe"):
            client.complete(TEMPLATE, requests, settings(server.url, concurrency=2))
        assert len(server.requests()) < 20


def interrupt_when(condition: Callable[[], bool]) -> threading.Thread:
    """Start a thread that presses Ctrl-C when the condition holds."""

    def press() -> None:
        while not condition():
            time.sleep(0.02)
        _thread.interrupt_main()

    thread = threading.Thread(target=press, daemon=True)
    thread.start()
    return thread


@pytest.mark.slow
def test_ctrl_c_waits_for_calls_in_flight_and_loses_no_reply(client: LLMClient) -> None:
    requests = make_requests(words(300))
    with ModelServer(latency=0.1) as server:
        presser = interrupt_when(lambda: len(server.requests()) >= 60)
        with pytest.raises(KeyboardInterrupt):
            client.complete(TEMPLATE, requests, settings(server.url))
        presser.join()
        made = len(server.requests())
        kept = len(client.cached(request.key for request in requests))
        assert 0 < made < 300
        assert kept == made
        for thread in threading.enumerate():
            if thread.name == "llm-client":
                thread.join(5)
                assert not thread.is_alive()
        client.complete(TEMPLATE, requests, settings(server.url))
        assert len(server.requests()) - made == 300 - kept


def test_a_second_ctrl_c_does_not_wait_for_calls_that_hang(client: LLMClient) -> None:
    with ModelServer(always="hang") as server:
        first = interrupt_when(lambda: len(server.requests()) >= 3)
        second = interrupt_when(lambda: not first.is_alive() and time.sleep(0.5) is None)
        started = time.monotonic()
        with pytest.raises(InterruptedRun, match=r"^3 calls in flight were cut off") as raised:
            client.complete(TEMPLATE, make_requests(words(3)), settings(server.url, timeout=60))
        second.join()
    assert raised.value.cut_off == 3
    assert time.monotonic() - started < 30


def test_without_a_terminal_progress_is_two_log_lines(client: LLMClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="korean_flashcards"), ModelServer(by_term={"말": ["400"]}) as server:
        client.complete(TEMPLATE, make_requests(["배"]), settings(server.url))
        caplog.clear()
        client.complete(TEMPLATE, make_requests(["배", "말", "밤"]), settings(server.url))
        lines = [record.getMessage() for record in caplog.records]
        caplog.clear()
        client.complete(TEMPLATE, make_requests(["배", "밤"]), settings(server.url))
    assert lines[0] == "nuance: requesting 2 words from openai/test (1 cached)"
    assert lines[1].startswith("nuance: 2 of 2 words done")
    assert "1 failed" in lines[1]
    assert len(lines) == 2
    assert caplog.records == []
