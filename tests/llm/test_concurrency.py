"""How many calls are under way: more while answers come as fast as before, half when the provider is overloaded."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from korean_flashcards.llm.dispatch import limits as dispatch_limits
from korean_flashcards.llm.dispatch.limits import AdaptiveConcurrency


def test_it_doubles_each_round_up_to_the_most() -> None:
    permits = AdaptiveConcurrency(4, 20)
    limits = []
    for _ in range(4):
        for _ in range(int(permits.limit)):
            permits.on_success(0.2)
        limits.append(permits.limit)
    assert limits == [8, 16, 20, 20]


def test_after_an_overload_it_is_half_and_grows_by_one_a_round() -> None:
    permits = AdaptiveConcurrency(16, 64)
    permits.on_overload()
    permits.on_overload()  # the answers to one mistake
    assert permits.limit == 8
    for _ in range(8):
        permits.on_success(0.2)
    assert 8.8 < permits.limit <= 9


def test_it_does_not_grow_while_answers_take_longer_than_before() -> None:
    permits = AdaptiveConcurrency(4, 100)
    permits.on_success(0.1)
    for _ in range(50):
        permits.on_success(1.0)
    assert permits.limit < 12


def test_it_never_falls_below_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch_limits, "ONE_OVERLOAD", 0.0)
    permits = AdaptiveConcurrency(3, 3)
    for _ in range(10):
        permits.on_overload()
    assert permits.limit == 1


def test_no_more_calls_than_permits_are_under_way_and_all_get_their_turn() -> None:
    async def main() -> tuple[int, int]:
        permits, under_way, most, done = AdaptiveConcurrency(3, 3), 0, 0, 0

        async def call() -> None:
            nonlocal under_way, most, done
            await permits.acquire()
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.001)
            under_way -= 1
            done += 1
            permits.release()

        await asyncio.gather(*(call() for _ in range(40)))
        return most, done

    assert asyncio.run(main()) == (3, 40)


def run(main: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(main())


def test_a_waiter_that_is_cancelled_leaves_its_permit_to_the_next() -> None:
    async def main() -> None:
        permits = AdaptiveConcurrency(1, 1)
        await permits.acquire()
        first, second = (asyncio.create_task(permits.acquire()) for _ in range(2))
        await asyncio.sleep(0)
        permits.release()  # handed to the first, which is cancelled before it runs
        first.cancel()
        await asyncio.wait_for(second, 1)

    run(main)
