"""The questions of one fan-out, handed out as they are claimed, and what came of them, noted in batches.

The desk writes to a disk: it is visited in another thread, ahead of need, so that no call waits for it.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable

from korean_flashcards.chat import Ask, ChatReply
from korean_flashcards.llm.desk import Desk
from korean_flashcards.llm.pace import Pace
from korean_flashcards.llm.progress import Progress
from korean_flashcards.tasks import Claims

# Seconds between two visits to the desk: with what is settled, and to look after what is under way elsewhere.
SETTLE_EVERY = 0.5
LOOK_EVERY = 0.3
# Seconds that a claim should last, at least: where the model answers at once, more is claimed at once, up to so many.
CLAIM_LASTS = 0.25
LARGEST_CLAIM = 512


class Supply:
    """``next`` gives the questions in their order; ``settle`` takes what came of one.

    ``chunk``: how many are claimed at once, to begin with. ``recall``: the reply that is in the cache, if any.
    ``replies``: every end so far, by key, also those that another run came to.
    """

    def __init__(
        self, desk: Desk, pace: Pace, chunk: int, recall: Callable[[Ask], ChatReply | None], progress: Progress
    ) -> None:
        self._desk, self._pace, self._chunk, self._recall, self._progress = desk, pace, chunk, recall, progress
        self._unclaimed: deque[Ask] = deque()
        self._ready: deque[Ask] = deque()
        self._elsewhere: dict[str, Ask] = {}
        self._unsettled: list[ChatReply] = []
        self._claiming: asyncio.Task[None] | None = None
        self._settling: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._claimed_at = 0.0
        self.replies: dict[str, ChatReply] = {}
        self._error: Exception | None = None

    def __len__(self) -> int:
        """How many questions are neither handed out nor ended."""
        return len(self._unclaimed) + len(self._ready) + len(self._elsewhere)

    def extend(self, asks: Iterable[Ask]) -> None:
        """Add questions at the end."""
        self._unclaimed.extend(asks)

    async def next(self) -> Ask | None:
        """A question to ask now; waits for those that another run is asking. None when all have ended, or on a stop."""
        while not self._pace.stopped:
            if self._ready and self._desk.lapsed():
                self._unclaimed.extendleft(reversed(self._ready))
                self._ready.clear()
            if self._claiming is None and len(self._ready) <= self._chunk // 2 and (self._unclaimed or self._elsewhere):
                self._claiming = asyncio.create_task(self._claim())
            if self._ready:
                return self._ready.popleft()
            if self._claiming is None:
                return None
            await asyncio.wait([self._claiming])
        return None

    def settle(self, reply: ChatReply) -> None:
        """Take the end of a question that ``next`` gave; the desk learns of it with the next batch."""
        self._unsettled.append(reply)
        self._end(reply)

    def open(self) -> None:
        """Begin to tell the desk what came of the questions, in the running loop."""
        self._settling = asyncio.create_task(self._keep_settling())

    async def _keep_settling(self) -> None:
        """Tell the desk what came of the questions, and that this run is still at work, until it closes.

        Never cancelled: what is on its way to the desk would be lost, or arrive after the claims were given back.
        """
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), SETTLE_EVERY)
            try:
                await asyncio.to_thread(self._desk.settle, self._taken())
                await asyncio.to_thread(self._desk.renew)
            except Exception as error:
                self._fail(error)

    async def close(self) -> None:
        """Tell the desk the rest and give back what was not asked. Raises what made desk or cache fail, now or before."""
        self._closing.set()
        if under_way := [task for task in (self._claiming, self._settling) if task is not None]:
            await asyncio.wait(under_way)
        if self._error:
            raise self._error
        self._desk.settle(self._taken())
        self._desk.release()

    async def _claim(self) -> None:
        try:
            if self._unclaimed:
                now = time.monotonic()
                if now - self._claimed_at < CLAIM_LASTS:
                    self._chunk = max(self._chunk, min(2 * self._chunk, LARGEST_CLAIM))
                self._claimed_at = now
                asks = [self._unclaimed.popleft() for _ in range(min(self._chunk, len(self._unclaimed)))]
            else:
                await self._pace.sleep(LOOK_EVERY)
                asks = list(self._elsewhere.values())
            if not self._pace.stopped:
                self._sort(asks, await asyncio.to_thread(self._desk.claim, [ask.key for ask in asks]))
        except Exception as error:
            self._fail(error)
        finally:
            self._claiming = None

    def _sort(self, asks: Iterable[Ask], claims: Claims) -> None:
        granted = set(claims.granted)
        for ask in asks:
            self._elsewhere.pop(ask.key, None)
            if ask.key in granted:
                # Another run may have asked it since the cache was last looked at; what is paid for is not asked again.
                if reply := self._recall(ask):
                    self.settle(reply)
                else:
                    self._ready.append(ask)
            elif ask.key in claims.failed:
                self._end(claims.failed[ask.key])
            elif ask.key not in claims.dropped:
                self._elsewhere[ask.key] = ask
        self._progress.wait_for(len(self._elsewhere), alone=len(self._elsewhere) == len(self))

    def _end(self, reply: ChatReply) -> None:
        self.replies[reply.key] = reply
        self._progress.add(reply)

    def _taken(self) -> list[ChatReply]:
        taken, self._unsettled = self._unsettled, []
        return taken

    def _fail(self, error: Exception) -> None:
        """No further call leaves; those under way are waited for, then ``close`` raises the error."""
        self._error = self._error or error
        self._pace.stop()
