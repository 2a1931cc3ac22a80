"""The checks of replies run in a separate process, and calls go on in the meantime."""

import threading
import time
from dataclasses import replace
from functools import partial

import pytest
from support.model_server import ModelServer
from support.requests_to_send import REPAIR, TEMPLATE, make_requests, settings
from support.slow_check import slow_check

from korean_flashcards.checks import nuance_quality_check
from korean_flashcards.domain.errors import InterruptedRun
from korean_flashcards.domain.requests import Request
from korean_flashcards.korean import morphology
from korean_flashcards.llm.client import SMALLEST_FOR_WORKER, LLMClient
from korean_flashcards.llm.dispatch import run_sync
from korean_flashcards.stages.stage import repairer

REPAIRER = repairer("nuance", REPAIR)


def slow_requests(*seconds: float) -> list[Request]:
    """Return requests whose replies are checked for this many seconds each."""
    requests = make_requests([f"단어{number}" for number in range(len(seconds))])
    return [
        replace(request, quality_check=partial(slow_check, each))
        for request, each in zip(requests, seconds, strict=True)
    ]


def test_calls_go_on_while_a_reply_is_checked(client: LLMClient) -> None:
    client._workers.start(int, 1)
    with ModelServer() as server:
        replies = client.complete(
            TEMPLATE, slow_requests(2.0, 0, 0, 0), settings(server.url, concurrency=1), repairer=REPAIRER
        )
        times = [request["at"] for request in server.requests()]
    client.close()
    assert [reply.code for reply in replies] == [None] * 4
    assert len(times) == 4 and times[-1] - times[0] < 1.8


def test_a_stopped_run_does_not_wait_for_checks(client: LLMClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks can only lead to repairs, which a stopped run does not send."""
    client._workers.start(int, 1)
    waiting, started = threading.Event(), time.monotonic()
    watch = run_sync._watch

    def interrupted(outcome: object) -> None:
        if not waiting.is_set():
            waiting.set()
            time.sleep(0.5)  # by then, the reply has arrived and is being checked
            raise KeyboardInterrupt
        watch(outcome)  # type: ignore[arg-type]

    monkeypatch.setattr(run_sync, "_watch", interrupted)
    requests = slow_requests(60)
    with ModelServer() as server, pytest.raises(InterruptedRun):
        client.complete(TEMPLATE, requests, settings(server.url), repairer=REPAIRER)
    client.close()
    assert time.monotonic() - started < 20
    assert client.cached([requests[0].key]) == {requests[0].key}


def test_a_bug_in_a_check_does_no_harm(client: LLMClient, caplog: pytest.LogCaptureFixture) -> None:
    client._workers.start(int, 1)
    [request] = make_requests(["단어"])
    broken = replace(request, quality_check=bytes.fromhex)
    with ModelServer() as server:
        [reply] = client.complete(TEMPLATE, [broken], settings(server.url), repairer=REPAIRER)
    client.close()
    assert reply.code is None
    assert caplog.text.count("The quality checks on a reply failed because of a bug.") == 1


@pytest.mark.parametrize(
    ("count", "checked", "is_loaded", "expected"),
    [
        (SMALLEST_FOR_WORKER, True, False, True),
        (SMALLEST_FOR_WORKER - 1, True, False, False),
        (SMALLEST_FOR_WORKER, False, False, False),
        (SMALLEST_FOR_WORKER, True, True, False),
    ],
    ids=["many", "few", "unchecked", "loaded"],
)
def test_only_many_checks_start_a_process(
    client: LLMClient, monkeypatch: pytest.MonkeyPatch, count: int, checked: bool, is_loaded: bool, expected: bool
) -> None:
    monkeypatch.setattr(morphology, "_loaded", object() if is_loaded else None)
    requests = make_requests([f"단어{number}" for number in range(count)])
    if checked:
        requests = [replace(request, quality_check=nuance_quality_check(request.user)) for request in requests]
    with ModelServer(always="401") as server, pytest.raises(Exception, match="rejects every call"):
        client.complete(TEMPLATE, requests, settings(server.url), repairer=REPAIRER)
    assert client._workers.running == expected
    client.close()
