"""Test the races between workers and the threads that write to the ledger."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.model_server import ModelServer
from support.requests_to_send import TEMPLATE, NuanceRuns, make_requests, settings, words

from korean_flashcards.domain.calls import Breaker, ReservationRequest, ReservationResult
from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.ledger.spending.budgets import LedgerBudgets
from korean_flashcards.ledger.tasks.leases import LedgerTaskClaims
from korean_flashcards.llm.dispatch.limits import Admission, Backoff
from korean_flashcards.llm.dispatch.progress import ProgressDisplay
from korean_flashcards.llm.dispatch.request_progress import RequestProgress
from korean_flashcards.llm.dispatch.routes import Route
from korean_flashcards.llm.dispatch.work_queue import WorkQueue
from korean_flashcards.llm.null_services import NULL_PORTS, NullBudgets
from korean_flashcards.llm.providers.base import BackendError
from korean_flashcards.stages.ports import Ports

PRICED = {"price": "known", "prices": {"openai/test": {"input": 0.0, "output": 10.0}}, "max_tokens": 2000}


class SlowBudgets(NullBudgets):
    """Budgets that grant two reservations at a time, slowly, in the caller's thread."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.reserving = threading.Event()

    def reserve(self, reservations: Sequence[ReservationRequest], budget: Any) -> ReservationResult:
        self.reserving.set()
        time.sleep(0.1)
        granted = reservations[:2]
        self.held |= {one.reservation for one in granted}
        return ReservationResult(len(granted), None if len(granted) == len(reservations) else "a budget", outstanding=1)

    def release(self, reservations: Any) -> None:
        self.held -= set(reservations)


def queue_of(budgets: SlowBudgets, run: Any) -> WorkQueue:
    """Return a queue whose reservations have the word and a number as their id."""
    numbers = iter(range(1000))

    def reservation(progress: RequestProgress) -> ReservationRequest:
        term = progress.request.term
        return ReservationRequest(f"{term}-{next(numbers)}", "k", term, "nuance", "openai/test", "v", 0.1, 10)

    ports = Ports(NULL_PORTS.claims, budgets, NULL_PORTS.rate_limits, NULL_PORTS.breakers, NULL_PORTS.batches)
    display = ProgressDisplay("nuance", "openai/test", 10, 0)
    return WorkQueue(
        ports, run.budget, Backoff(run), 4, display, lambda requests: {}, reservation, lambda key, since: None,
        lambda: None, set,
    )  # fmt: skip


def test_a_request_that_is_given_back_during_a_reservation_keeps_its_own(tmp_path: Path) -> None:
    budgets = SlowBudgets()

    async def use() -> list[RequestProgress]:
        queue = queue_of(budgets, settings(None))
        queue.extend(make_requests(words(4)))
        first = await queue.next()
        assert first is not None and first.reserved is not None
        await queue.unreserve(first)
        second = await queue.next()
        assert second is not None
        budgets.reserving.clear()
        following = asyncio.create_task(queue.next())  # reserves the remaining words
        while not budgets.reserving.is_set():
            await asyncio.sleep(0.005)
        queue.give_back(first)
        found = [second, await following]
        while len(found) < 4:
            found.append(await queue.next())
        assert await queue.next() is None
        await queue.close()
        return [each for each in found if each is not None]

    found = asyncio.run(use())
    assert sorted(each.request.term for each in found) == words(4)
    for each in found:
        assert each.reserved is not None and each.reserved.reservation.startswith(f"{each.request.term}-")
    assert budgets.held == {each.reserved.reservation for each in found if each.reserved}


def test_requests_that_are_being_reserved_when_the_run_is_held_stay_pending() -> None:
    budgets = SlowBudgets()

    async def use() -> WorkQueue:
        run = settings(None)
        queue = queue_of(budgets, run)
        queue.extend(make_requests(words(4)))
        following = asyncio.create_task(queue.next())
        while not budgets.reserving.is_set():
            await asyncio.sleep(0.005)
        queue._backoff.hold("budget", "spent")  # type: ignore[arg-type]
        await queue.hold_the_rest()
        await following
        await queue.close()
        return queue

    queue = asyncio.run(use())
    assert [reply.pending for reply in queue.replies.values()] == ["budget"] * 4 and budgets.held == set()


@pytest.mark.slow
@pytest.mark.parametrize("failing", [LedgerBudgets, LedgerTaskClaims])
@pytest.mark.parametrize("failures", [1, 2])
def test_calls_are_recorded_although_the_ledger_fails_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: type, failures: int
) -> None:
    """The first write after replies arrived fails, and the ledger works again when the run ends."""
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(40)))
    name = "record" if failing is LedgerBudgets else "settle"
    works: Callable[..., Any] = getattr(failing, name)
    left = [failures]

    def fail_sometimes(self: Any, given: Sequence[Any]) -> None:
        if len(given) and left[0]:
            left[0] -= 1
            raise LedgerError("the ledger cannot be used")
        works(self, given)

    monkeypatch.setattr(failing, name, fail_sometimes)
    with ModelServer(latency=0.05, tokens_out=1000) as server:
        with pytest.raises(LedgerError):
            runs.run(todo, server.url, concurrency=10, **PRICED)
        sent = len(server.requests())
    if failures == 1:
        assert runs.sql("SELECT count(*) FROM llm_calls WHERE tokens_out = 1000 AND latency_s > 0") == [(sent,)]
        assert runs.sql("SELECT count(*) FROM tasks WHERE stage = 'nuance' AND state = 'done'") == [(sent,)]
    runs.ledger.budgets.settle_dead(runs.client._cache.paid)
    booked, usd = runs.sql("SELECT count(*), total(usd) FROM llm_calls")[0]
    assert booked == sent and usd == pytest.approx(sent * 0.01)
    assert runs.sql("SELECT count(*) FROM llm_reservations") == [(0,)]


@pytest.mark.slow
def test_calls_end_and_are_recorded_although_another_program_locks_the_ledger(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(40)))

    def lock() -> None:
        while not server.requests():
            time.sleep(0.01)
        with sqlite3.connect(tmp_path / "ledger.db", isolation_level=None, timeout=30) as blocker:
            blocker.execute("BEGIN IMMEDIATE")
            time.sleep(0.8)
            blocker.execute("ROLLBACK")

    with ModelServer(latency=0.05, tokens_out=1000) as server:
        thread = threading.Thread(target=lock)
        thread.start()
        runs.run(todo, server.url, concurrency=10, **PRICED)
        thread.join(30)
    assert runs.sql("SELECT count(*), round(total(usd), 6) FROM llm_calls") == [(40, 0.4)]


class OneBreaker:
    """A breaker that is open and due for a probe, and notes what happens to it."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.state = Breaker("open", 0.0, 0.0, 1.0, "503")

    def breaker(self, model: str) -> Breaker:
        return self.state

    def open(self, *_: Any) -> Breaker:
        self.events.append("open")
        return self.state

    def probe(self, model: str, lasting: float) -> bool:
        return True

    def still_down(self, model: str, reason: str, longest_rest: float) -> Breaker:
        self.events.append(f"still down: {reason}")
        return self.state

    def close(self, model: str) -> None:
        self.events.append("closed")
        self.state = Breaker()


@pytest.mark.parametrize(
    ("outcome", "events"),
    [
        (BackendError(FailureCode.INTERNAL, "a bug", retry=False), ["still down: 503"]),
        (BackendError(FailureCode.PROVIDER_OUTAGE, "503", retry=True), ["still down: provider_outage: 503"]),
        (BackendError(FailureCode.AUTHENTICATION, "401", retry=False), ["closed"]),
    ],
)
def test_only_an_answer_of_the_provider_closes_an_open_breaker(outcome: BackendError, events: list[str]) -> None:
    breaker, run = OneBreaker(), settings(None)

    async def probe() -> None:
        route = Route(TEMPLATE, backend=None, price=None)  # type: ignore[arg-type]
        admission = Admission([route], run, NULL_PORTS.rate_limits, breaker, Backoff(run), {})
        await admission.open()
        assert await admission.enter(10.0) is route
        await admission.leave(route, outcome, 0.1, "배")

    asyncio.run(probe())
    assert breaker.events == events


def test_a_bug_does_not_end_a_row_of_outages() -> None:
    breaker, run = OneBreaker(), settings(None, breaker={"failures": 3})
    breaker.state = Breaker()

    async def fail() -> None:
        route = Route(TEMPLATE, backend=None, price=None)  # type: ignore[arg-type]
        admission = Admission([route], run, NULL_PORTS.rate_limits, breaker, Backoff(run), {})
        await admission.open()
        route.answered = True
        for number, code in enumerate(
            ["provider_outage", "internal", "provider_outage", "internal", "provider_outage"]
        ):
            assert await admission.enter(10.0) is route
            await admission.leave(route, BackendError(FailureCode(code), code, retry=False), 0.1, f"word {number}")

    asyncio.run(fail())
    assert breaker.events == ["open"]
