"""Test adaptive concurrency: it grows while replies stay fast, and is halved when the provider is overloaded."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.parameters import llm_parameters
from support.project import ROOT
from support.requests_to_send import TEMPLATE, NuanceRuns, make_requests, settings, words

from korean_flashcards.domain.requests import Prompt
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.llm.dispatch import adaptive_concurrency
from korean_flashcards.llm.dispatch.adaptive_concurrency import AdaptiveConcurrency


def test_the_limit_triples_each_round_up_to_the_maximum() -> None:
    permits = AdaptiveConcurrency(16, 150)
    limits = []
    for _ in range(4):
        for _ in range(int(permits.limit)):
            permits.on_success(0.2)
        limits.append(permits.limit)
    assert limits == [48, 144, 150, 150]


@pytest.mark.parametrize(("most", "limits"), [(150, [16, 48, 48, 50]), (80, [16, 48, 48, 50]), (72, [16, 72, 72, 72])])
def test_four_replies_raise_the_limit_by_the_first_round_or_to_a_near_maximum(most: int, limits: list[float]) -> None:
    permits = AdaptiveConcurrency(16, most)
    found = {}
    for reply in range(1, 18):
        permits.on_success(2.0 + 0.2 * reply)
        found[reply] = permits.limit
    assert [found[reply] for reply in (3, 4, 16, 17)] == limits


def test_after_an_overload_the_limit_is_halved_and_grows_by_one_per_round() -> None:
    permits = AdaptiveConcurrency(16, 64)
    permits.on_overload()
    permits.on_overload()  # the same overload
    assert permits.limit == 8
    for _ in range(8):
        permits.on_success(0.2)
    assert permits.limit == 9


def test_the_limit_does_not_grow_while_replies_are_slower_than_before() -> None:
    permits = AdaptiveConcurrency(4, 100)
    for _ in range(8):
        permits.on_success(0.1)
    reached = permits.limit
    for _ in range(50):
        permits.on_success(1.0)
    assert permits.limit < reached + 8


def test_the_limit_grows_although_the_first_replies_are_the_fastest() -> None:
    permits = AdaptiveConcurrency(16, 64)
    for latency in (2.5, 2.9, 3.2, 3.5, *itertools.repeat(6.8, 40)):
        permits.on_success(latency)
    assert permits.limit == 64


def test_the_limit_does_not_grow_if_a_server_generates_one_reply_at_a_time() -> None:
    permits = AdaptiveConcurrency(16, 64)
    for place in range(1, 60):
        permits.on_success(5.0 * min(place, 16))
    assert permits.limit == 16


@pytest.mark.slow
def test_the_next_stage_starts_with_as_many_calls_as_the_last_one_reached(client: LLMClient) -> None:
    terms = words(80)
    with ModelServer(latency=1.0) as server:
        for stage in (terms[:40], terms[40:]):
            client.complete(TEMPLATE, make_requests(stage), settings(server.url, concurrency=40))
        log = server.requests()
    at_once = [
        sum(request["at"] < min(request["done_at"] for request in requests) for request in requests)
        for requests in (log[:40], log[40:])
    ]
    assert at_once[0] <= 16 < at_once[1]


def test_the_limit_never_falls_below_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adaptive_concurrency, "ONE_OVERLOAD", 0.0)
    permits = AdaptiveConcurrency(3, 3)
    for _ in range(10):
        permits.on_overload()
    assert permits.limit == 1


def test_there_are_never_more_calls_than_permits_and_all_calls_are_made() -> None:
    async def main() -> tuple[int, int]:
        permits, in_flight, most, done = AdaptiveConcurrency(3, 3), 0, 0, 0

        async def call() -> None:
            nonlocal in_flight, most, done
            await permits.acquire()
            in_flight += 1
            most = max(most, in_flight)
            await asyncio.sleep(0.001)
            in_flight -= 1
            done += 1
            permits.release()

        await asyncio.gather(*(call() for _ in range(40)))
        return most, done

    assert asyncio.run(main()) == (3, 40)


def run(main: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(main())


def test_the_permit_of_a_canceled_waiter_goes_to_the_next() -> None:
    async def main() -> None:
        permits = AdaptiveConcurrency(1, 1)
        await permits.acquire()
        first, second = (asyncio.create_task(permits.acquire()) for _ in range(2))
        await asyncio.sleep(0)
        permits.release()  # given to the first waiter, which is canceled before it runs
        first.cancel()
        await asyncio.wait_for(second, 1)

    run(main)


FAULTS = {"429": 0.05, "503": 0.05, "malformed": 0.1, "bad_ipa": 0.2, "other_ipa": 0.2}


@pytest.mark.parametrize("concurrency", [1, 3, pytest.param(40, marks=pytest.mark.slow)])
def test_there_are_never_more_calls_in_flight_than_llm_concurrency(tmp_path: Path, concurrency: int) -> None:
    prompts = [
        Prompt(name, (ROOT / "conf" / "base" / "prompts" / f"{name}.md").read_text(encoding="utf-8"))
        for name in ("nuance", "repair")
    ]
    runs = NuanceRuns(tmp_path, prompts[0], prompts[1])
    todo = runs.take(*(f"{word}#1" for word in words(max(12, 3 * concurrency))))
    with ModelServer(latency=0.05, shares=FAULTS, fails_at_most=2, retry_after="0") as server:
        breaker = {"failures": 2, "rest": 0.1, "longest_rest": 0.1}
        spare = {"model": "openai/spare", "api_base": server.url}
        runs.run(todo, server.url, concurrency=concurrency, fallbacks=[spare], breaker=breaker)
        calls = [(request["at"], request["done_at"]) for request in server.requests() if request["done_at"]]
    changes = sorted([(start, 1) for start, _ in calls] + [(end, -1) for _, end in calls])
    most = max(itertools.accumulate(change for _, change in changes))
    assert most <= concurrency
    assert concurrency == 1 or most > 1


@pytest.mark.parametrize("concurrency", [1, 5, 16, 64, 1000])
def test_a_run_starts_with_at_most_sixteen_calls(concurrency: int) -> None:
    assert llm_parameters(concurrency=concurrency).first_calls == min(16, concurrency)


@pytest.mark.parametrize(("old", "most"), [({}, 64), ({"max_concurrency": 7}, 7), ({"max_concurrency": 200}, 200)])
def test_an_old_maximum_is_used_as_the_maximum(old: dict[str, int], most: int) -> None:
    assert llm_parameters(**old).concurrency == most
