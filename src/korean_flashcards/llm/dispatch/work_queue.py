"""Queue a dispatch's requests: claim tasks and reserve budget in chunks in advance, and settle replies in groups.

The ports write to disk, so they are called in a separate thread. Model calls never wait for the ports.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping

from korean_flashcards.domain.calls import Call, PaidReply, ReservationRequest, ReservationResult
from korean_flashcards.domain.parameters import BudgetParameters
from korean_flashcards.domain.records import PendingCode
from korean_flashcards.domain.requests import ChatReply, Request
from korean_flashcards.llm.dispatch.backoff import Backoff
from korean_flashcards.llm.dispatch.progress import ProgressDisplay
from korean_flashcards.llm.dispatch.request_progress import RequestProgress
from korean_flashcards.stages.ports import Ports
from korean_flashcards.stages.task import ClaimResult

# Seconds between calls to the ports: to settle replies, and to check which words other runs have finished.
SETTLE_EVERY = 0.25
LOOK_EVERY = 0.3
# A claim should last at least this many seconds. If replies are faster, the chunk is doubled, up to LARGEST_CLAIM.
CLAIM_LASTS = 0.25
LARGEST_CLAIM = 512


class WorkQueue:
    """A queue of requests. ``next`` returns a request with its cost reserved, and ``settle`` collects its final reply.

    ``replies``: all final replies so far, by key, including replies from other runs.

    Args:
        chunk: The number of tasks in the first claim.
        recall: Returns the cached replies to requests, by key.
        reservation: Returns the reservation for a request's next call, or None if the call is free.
        paid: Returns the cost of the cached reply for a key if the reply arrived after the given Unix time.
        check_room: Raises an error if the disk has no room for replies.
        sync: Syncs all replies to disk. Returns the keys of the requests whose replies could not be stored.
    """

    def __init__(
        self, ports: Ports, budget: BudgetParameters, backoff: Backoff, chunk: int, display: ProgressDisplay,
        recall: Callable[[Iterable[Request]], Mapping[str, ChatReply]],
        reservation: Callable[[RequestProgress], ReservationRequest | None],
        paid: Callable[[str, float], PaidReply | None], check_room: Callable[[], None], sync: Callable[[], set[str]],
    ) -> None:  # fmt: skip
        self._ports, self._budget, self._backoff, self._chunk = ports, budget, backoff, chunk
        self._recall, self._reservation, self._paid, self._display = recall, reservation, paid, display
        self._check_room, self._sync = check_room, sync
        self._unclaimed: deque[RequestProgress] = deque()
        self._unreserved: deque[RequestProgress] = deque()
        self._ready: deque[RequestProgress] = deque()
        self._elsewhere: dict[str, RequestProgress] = {}
        self._unsettled: list[ChatReply] = []
        self._calls: list[Call] = []
        self._claiming: asyncio.Task[None] | None = None
        self._settling: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._claimed_at = 0.0
        self.replies: dict[str, ChatReply] = {}
        self._error: Exception | None = None

    @property
    def failed(self) -> bool:
        """Return whether an error from the ports or the cache has stopped the dispatch."""
        return self._error is not None

    def __len__(self) -> int:
        """Return the number of requests that are still waiting in the queue."""
        return len(self._unclaimed) + len(self._unreserved) + len(self._ready) + len(self._elsewhere)

    def extend(self, requests: Iterable[Request]) -> None:
        """Append requests to the queue."""
        self._unclaimed.extend(map(RequestProgress, requests))

    async def next(self) -> RequestProgress | None:
        """Return the next request to send, or None if no requests remain or the dispatch stops.

        If other runs hold all remaining requests, wait for those runs.
        """
        while not self._backoff.stopped:
            if self._ready and self._ports.claims.lapsed():
                late = [self._ready.popleft() for _ in range(len(self._ready))]
                for progress in late:
                    await self.unreserve(progress)
                self._unclaimed.extendleft(reversed(late))
            more = self._unclaimed or self._unreserved or self._elsewhere
            if self._claiming is None and len(self._ready) <= self._chunk // 2 and more:
                self._claiming = asyncio.create_task(self._claim())
            if self._ready:
                return self._ready.popleft()
            if self._claiming is None:
                return None
            await asyncio.wait([self._claiming])
        return None

    async def next_group(self, most: int) -> list[RequestProgress]:
        """Return up to ``most`` requests, as ``next`` returns one, or an empty list instead of None."""
        if (first := await self.next()) is None:
            return []
        return [first, *(self._ready.popleft() for _ in range(min(most - 1, len(self._ready))))]

    def settle(self, reply: ChatReply) -> None:
        """Add the final reply to a request from ``next``. The reply is written to the ledger with the next group."""
        self._unsettled.append(reply)
        self._end(reply)

    def leave_pending(self, reply: ChatReply) -> None:
        """Add the final reply to a request that stays pending.

        The request's claim is released at the end and does not count as an attempt.
        """
        self._end(reply)

    def give_back(self, progress: RequestProgress) -> None:
        """Put a request back in the queue because it cannot be sent now.

        The request may need a new reservation first.
        """
        if progress.reserved is not None or self._reservation(progress) is None:
            self._ready.append(progress)
        else:
            self._unreserved.appendleft(progress)

    def record(self, call: Call) -> None:
        """Add a finished call, to be written to the ledger with the next group."""
        self._calls.append(call)

    async def reserve(self, progress: RequestProgress) -> None:
        """Reserve the cost of another call for a request, if the budgets allow it. Sets ``progress.reserved``."""
        reservation = self._reservation(progress)
        if reservation is not None:
            try:
                result = await asyncio.to_thread(self._ports.budgets.reserve, [reservation], self._budget)
            except Exception as error:  # raising it here would cancel the calls in flight
                self.fail(error)
                return
            progress.reserved = reservation if result.granted else None

    def leave(self, progress: RequestProgress) -> None:
        """Record that the reserved call is about to be made.

        Raises:
            LedgerError: The record cannot be written, so the call must not be made. ``close`` also raises the error.
        """
        if progress.reserved is not None:
            try:
                self._ports.budgets.sent(progress.reserved.reservation)
            except Exception as error:  # ``close`` also raises it, because the caller reports only a failed call
                self.fail(error)
                raise

    def may_leave(self, progress: RequestProgress, reported: bool) -> bool:
        """Return whether a call may be made.

        If the backend does not report when a request is sent (``reported``), call ``leave`` now.
        """
        if progress.reserved is not None and not reported:
            with contextlib.suppress(Exception):  # ``close`` raises the error
                self.leave(progress)
        return progress.reserved is not None and not self._backoff.stopped

    async def unreserve(self, progress: RequestProgress) -> None:
        """Release the reservation for a call that is not made."""
        reservation, progress.reserved = progress.reserved, None
        if reservation is not None:
            try:
                await asyncio.to_thread(self._ports.budgets.release, [reservation.reservation])
            except Exception as error:  # as in ``reserve``
                self.fail(error)

    def open(self) -> None:
        """Book the calls made by dead runs, then start settling replies in the running loop."""
        self._ports.budgets.settle_dead(self._paid)
        self._settling = asyncio.create_task(self._keep_settling())

    async def close(self) -> None:
        """Settle all remaining replies, and release unused claims and reservations.

        Raise any error from the ports or the cache.
        """
        self._closing.set()
        if tasks := [task for task in (self._claiming, self._settling) if task is not None]:
            await asyncio.wait(tasks)
        try:
            await self._settle()
        finally:
            self._ports.budgets.release(each.reserved.reservation for each in self._ready if each.reserved)
            self._ports.claims.release()
        if self._error:
            raise self._error

    def fail(self, error: Exception) -> None:
        """Stop making calls. ``close`` raises the error after the calls in flight have ended."""
        self._error = self._error or error
        self._backoff.stop()

    async def hold_the_rest(self) -> None:
        """Leave all unfinished requests pending, for the reason in ``Backoff.held``."""
        if self._claiming is not None:  # it holds requests that are not in any queue
            await asyncio.wait([self._claiming])
        if self._backoff.held is None:
            return
        code, message = self._backoff.held
        for progress in (*self._unclaimed, *self._unreserved, *self._ready, *self._elsewhere.values()):
            if progress.request.key not in self.replies:
                self._end(progress.pending(code, message))

    async def _keep_settling(self) -> None:
        """Settle finished requests and renew the leases until the queue closes.

        This task is never canceled, because a write in progress could be lost or could end after the claims are
        released.
        """
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), SETTLE_EVERY)
            try:
                await self._settle()
                await asyncio.to_thread(self._ports.claims.renew)
            except Exception as error:  # close() raises it when the calls in flight have ended
                self.fail(error)

    async def _settle(self) -> None:
        """Write finished calls and replies to the ledger.

        If writing fails, the calls and replies are kept for the next attempt.

        Only the event loop's thread changes the lists, because new items may be added at any time.
        """
        calls, self._calls = self._calls, []
        replies, self._unsettled = self._unsettled, []
        try:
            # A power failure must not leave a finished task in the ledger without its reply in the cache.
            unstored = await asyncio.to_thread(self._sync)
            await asyncio.to_thread(self._ports.budgets.record, calls)
        except BaseException:
            self._calls, self._unsettled = calls + self._calls, replies + self._unsettled
            raise
        stored = [reply for reply in replies if reply.key not in unstored]
        try:
            await asyncio.to_thread(self._ports.claims.settle, stored)
        except BaseException:
            self._unsettled = replies + self._unsettled
            raise
        self._unsettled = [reply for reply in replies if reply.key in unstored] + self._unsettled

    async def _claim(self) -> None:
        try:
            if not self._unreserved:
                await self._claim_some()
            await self._reserve_some()
        except Exception as error:  # an error in a separate task would be lost, so close() raises it
            self.fail(error)
        finally:
            self._claiming = None

    async def _claim_some(self) -> None:
        if self._unclaimed:
            now = time.monotonic()
            if now - self._claimed_at < CLAIM_LASTS:
                self._chunk = max(self._chunk, min(2 * self._chunk, LARGEST_CLAIM))
            self._claimed_at = now
            items = [self._unclaimed.popleft() for _ in range(min(self._chunk, len(self._unclaimed)))]
        else:
            await self._backoff.sleep(LOOK_EVERY)
            items = list(self._elsewhere.values())
        if self._backoff.stopped:
            self._unclaimed.extendleft(reversed([each for each in items if each.request.key not in self._elsewhere]))
        else:
            keys = [progress.request.key for progress in items]
            result = await asyncio.to_thread(self._ports.claims.claim, keys)
            # Some tasks may come from a run that died. Its calls are booked before the tasks are requested again.
            # Otherwise, a new reply would count as the reply to the dead run's call.
            await asyncio.to_thread(self._ports.budgets.settle_dead, self._paid)
            self._sort(items, result)

    def _sort(self, items: Iterable[RequestProgress], result: ClaimResult) -> None:
        items, granted = list(items), set(result.granted)
        # Another run may have completed a request since the cache was last read. A paid request is not sent again.
        recalled = self._recall(each.request for each in items if each.request.key in granted)
        for progress in items:
            request = progress.request
            self._elsewhere.pop(request.key, None)
            if request.key in granted:
                if reply := recalled.get(request.key):
                    self.settle(reply)
                else:
                    self._unreserved.append(progress)
            elif request.key in result.failed:
                self._end(result.failed[request.key])
            elif request.key not in result.dropped:
                self._elsewhere[request.key] = progress
        self._display.wait_for(len(self._elsewhere), alone=len(self._elsewhere) == len(self))

    async def _reserve_some(self) -> None:
        """Reserve the cost of claimed requests.

        If a budget does not allow this, wait for calls in flight, which may free part of the budget.
        """
        while self._unreserved and not self._backoff.stopped:
            # Workers may put requests back at any time, so the requests to reserve are first taken out of the queue.
            items = [(each, self._reservation(each)) for each in self._unreserved]
            self._unreserved.clear()
            self._ready.extend(each for each, reservation in items if reservation is None)
            result = await self._reserved([(each, held) for each, held in items if held is not None])
            if result is None or result.granted or not result.refused:
                return
            if not result.outstanding:
                self._backoff.hold(PendingCode.BUDGET, f"{result.refused} does not allow another call")
                return
            await self._backoff.sleep(LOOK_EVERY)
            await asyncio.to_thread(self._ports.budgets.settle_dead, self._paid)

    async def _reserved(self, items: list[tuple[RequestProgress, ReservationRequest]]) -> ReservationResult | None:
        """Make the reservations, and move each request to the right queue. Return None if no reservation is needed."""
        granted = 0
        try:
            if items:
                await asyncio.to_thread(self._check_room)
                wanted = [reservation for _, reservation in items]
                result = await asyncio.to_thread(self._ports.budgets.reserve, wanted, self._budget)
                granted = result.granted
        finally:
            for progress, reservation in items[:granted]:
                progress.reserved = reservation
                self._ready.append(progress)
            self._unreserved.extendleft(progress for progress, _ in reversed(items[granted:]))
        return result if items else None

    def _end(self, reply: ChatReply) -> None:
        self.replies[reply.key] = reply
        self._display.add(reply)
