"""The questions of one fan-out, handed out as they are claimed and paid for, and what came of them, noted in batches.

The office writes to a disk: it is visited in another thread, ahead of need, so that no call waits for it.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable

from korean_flashcards.domain.calls import Call, Want
from korean_flashcards.domain.parameters import BudgetParameters
from korean_flashcards.domain.records import PendingCode
from korean_flashcards.domain.requests import Ask, ChatReply
from korean_flashcards.llm.dispatch.account import Account
from korean_flashcards.llm.dispatch.pace import Pace
from korean_flashcards.llm.dispatch.progress import Progress
from korean_flashcards.stages.ports import Office
from korean_flashcards.stages.task import Claims

# Seconds between two visits to the office: with what ended, and to look after what is under way elsewhere.
SETTLE_EVERY = 0.25
LOOK_EVERY = 0.3
# Seconds that a claim should last, at least: where the model answers at once, more is claimed at once, up to so many.
CLAIM_LASTS = 0.25
LARGEST_CLAIM = 512


class Supply:
    """``next`` gives the questions in their order, with money set aside for a call; ``settle`` takes what came of one.

    ``chunk``: how many are claimed at once, to begin with. ``recall``: the reply that is in the cache, if any. ``want``:
    what to set aside for a question's next call, None where that costs nothing. ``paid``: what the cached reply to a key
    cost. ``check_room``: raises where replies could not be stored. ``replies``: every end so far, by key, also those that
    another run came to.
    """

    def __init__(
        self, office: Office, budget: BudgetParameters, pace: Pace, chunk: int, progress: Progress,
        recall: Callable[[Ask], ChatReply | None], want: Callable[[Account], Want | None],
        paid: Callable[[str], float | None], check_room: Callable[[], None],
    ) -> None:  # fmt: skip
        self._office, self._budget, self._pace, self._chunk = office, budget, pace, chunk
        self._recall, self._want, self._paid, self._progress = recall, want, paid, progress
        self._check_room = check_room
        self._unclaimed: deque[Account] = deque()
        self._unfunded: deque[Account] = deque()
        self._ready: deque[Account] = deque()
        self._elsewhere: dict[str, Account] = {}
        self._unsettled: list[ChatReply] = []
        self._calls: list[Call] = []
        self._claiming: asyncio.Task[None] | None = None
        self._settling: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._claimed_at = 0.0
        self.replies: dict[str, ChatReply] = {}
        self._error: Exception | None = None

    def __len__(self) -> int:
        """How many questions are neither handed out nor ended."""
        return len(self._unclaimed) + len(self._unfunded) + len(self._ready) + len(self._elsewhere)

    def extend(self, asks: Iterable[Ask]) -> None:
        """Add questions at the end."""
        self._unclaimed.extend(map(Account, asks))

    async def next(self) -> Account | None:
        """A question to ask now; waits for those that another run is asking. None when all have ended, or on a stop."""
        while not self._pace.stopped:
            if self._ready and self._office.desk.lapsed():
                late = [self._ready.popleft() for _ in range(len(self._ready))]
                for account in late:
                    await self.unfund(account)
                self._unclaimed.extendleft(reversed(late))
            more = self._unclaimed or self._unfunded or self._elsewhere
            if self._claiming is None and len(self._ready) <= self._chunk // 2 and more:
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

    def give_back(self, account: Account) -> None:
        """Take back a question that is not asked now; one without money for its call may be, once there is some."""
        if account.want is not None or self._want(account) is None:
            self._ready.append(account)
        else:
            self._unfunded.appendleft(account)

    def record(self, call: Call) -> None:
        """Take a call that ended; it is written down with the next batch."""
        self._calls.append(call)

    async def fund(self, account: Account) -> bool:
        """Set money aside for another call of a question; whether there is any now."""
        want = account.want = self._want(account)
        if want is not None:
            grants = await asyncio.to_thread(self._office.purse.reserve, [want], self._budget)
            if not grants.granted:
                account.want = None
                return False
        return True

    async def unfund(self, account: Account) -> None:
        """Free what was set aside for a call that does not leave."""
        if account.want is not None:
            await asyncio.to_thread(self._office.purse.release, [account.want.reservation])
            account.want = None

    def open(self) -> None:
        """Begin to tell the office what came of the questions, in the running loop."""
        self._office.purse.settle_dead(self._paid)
        self._settling = asyncio.create_task(self._keep_settling())

    async def close(self) -> None:
        """Tell the office the rest and give back what was not asked. Raises what made office or cache fail."""
        self._closing.set()
        if under_way := [task for task in (self._claiming, self._settling) if task is not None]:
            await asyncio.wait(under_way)
        try:
            self._tell()
        finally:
            self._office.purse.release(account.want.reservation for account in self._ready if account.want)
            self._office.desk.release()
        if self._error:
            raise self._error

    def hold_the_rest(self) -> None:
        """Every question that has not ended waits for another run, for the reason that the pace is held for."""
        if self._pace.held is None:
            return
        code, message = self._pace.held
        for account in (*self._unclaimed, *self._unfunded, *self._ready, *self._elsewhere.values()):
            key = account.ask.key
            self.replies.setdefault(
                key, ChatReply(key, None, cached=False, attempts=account.attempts, pending=code, message=message)
            )

    async def _keep_settling(self) -> None:
        """Tell the office what came of the questions, and that this run is still at work, until it closes.

        Never cancelled: what is on its way to the office would be lost, or arrive after the claims were given back.
        """
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), SETTLE_EVERY)
            try:
                await asyncio.to_thread(self._tell)
                await asyncio.to_thread(self._office.desk.renew)
            except Exception as error:  # whatever it is, close() raises it once the calls under way have ended
                self._fail(error)

    def _tell(self) -> None:
        calls, self._calls = self._calls, []
        self._office.purse.record(calls)
        replies, self._unsettled = self._unsettled, []
        self._office.desk.settle(replies)

    async def _claim(self) -> None:
        try:
            if not self._unfunded:
                await self._claim_some()
            await self._fund_some()
        except Exception as error:  # likewise: in a task of its own it would be lost
            self._fail(error)
        finally:
            self._claiming = None

    async def _claim_some(self) -> None:
        if self._unclaimed:
            now = time.monotonic()
            if now - self._claimed_at < CLAIM_LASTS:
                self._chunk = max(self._chunk, min(2 * self._chunk, LARGEST_CLAIM))
            self._claimed_at = now
            accounts = [self._unclaimed.popleft() for _ in range(min(self._chunk, len(self._unclaimed)))]
        else:
            await self._pace.sleep(LOOK_EVERY)
            accounts = list(self._elsewhere.values())
        if self._pace.stopped:
            self._unclaimed.extendleft(reversed([one for one in accounts if one.ask.key not in self._elsewhere]))
        else:
            keys = [account.ask.key for account in accounts]
            self._sort(accounts, await asyncio.to_thread(self._office.desk.claim, keys))

    def _sort(self, accounts: Iterable[Account], claims: Claims) -> None:
        granted = set(claims.granted)
        for account in accounts:
            ask = account.ask
            self._elsewhere.pop(ask.key, None)
            if ask.key in granted:
                # Another run may have asked it since the cache was last looked at; what is paid for is not asked again.
                if reply := self._recall(ask):
                    self.settle(reply)
                else:
                    self._unfunded.append(account)
            elif ask.key in claims.failed:
                self._end(claims.failed[ask.key])
            elif ask.key not in claims.dropped:
                self._elsewhere[ask.key] = account
        self._progress.wait_for(len(self._elsewhere), alone=len(self._elsewhere) == len(self))

    async def _fund_some(self) -> None:
        """Set money aside for what was claimed, as far as the budgets allow; wait for calls under way before giving up."""
        while self._unfunded and not self._pace.stopped:
            for account in self._unfunded:
                account.want = self._want(account)
            wants = [account.want for account in self._unfunded if account.want]
            if not wants:
                self._ready.extend(self._unfunded)
                self._unfunded.clear()
                return
            await asyncio.to_thread(self._check_room)
            grants = await asyncio.to_thread(self._office.purse.reserve, wants, self._budget)
            self._ready.extend(self._unfunded.popleft() for _ in range(grants.granted))
            for account in self._unfunded:
                account.want = None
            if grants.granted or not grants.refused:
                return
            if not grants.outstanding:
                self._pace.hold(PendingCode.BUDGET, f"{grants.refused} does not allow another call")
                return
            await self._pace.sleep(LOOK_EVERY)
            await asyncio.to_thread(self._office.purse.settle_dead, self._paid)

    def _end(self, reply: ChatReply) -> None:
        self.replies[reply.key] = reply
        self._progress.add(reply)

    def _fail(self, error: Exception) -> None:
        """No further call leaves; those under way are waited for, then ``close`` raises the error."""
        self._error = self._error or error
        self._pace.stop()
