"""When no call may leave: the stop of a fan-out, and the pause while a provider refuses all calls."""

import asyncio
import random

from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import PendingCode
from korean_flashcards.llm.providers.base import BackendError

# So many 429 in a row, without one success between them, mean that the provider is limiting all calls: all pause.
# A single 429 among successes delays only its own question.
LIMITED_IN_A_ROW = 3


class Pace:
    """Shared by the workers of one fan-out; all times in seconds of the loop's clock.

    ``held``: why no further question is asked in this run though nothing is wrong with it, and the message.
    """

    def __init__(self, settings: LLMParameters) -> None:
        self._settings = settings
        self._stopped = asyncio.Event()
        self._resume_at = 0.0
        self._limited = 0
        self.held: tuple[PendingCode, str] | None = None

    @property
    def stopped(self) -> bool:
        """True when no new call may leave."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """No new call leaves any more; waits end at once."""
        self._stopped.set()

    def hold(self, code: PendingCode, message: str) -> None:
        """Stop; what was not asked waits for another run."""
        self.held = self.held or (code, message)
        self.stop()

    def succeeded(self) -> None:
        """A call went through: the provider does not limit all of them."""
        self._limited = 0

    async def turn(self) -> None:
        """Wait while all workers pause."""
        while not self.stopped and (left := self._resume_at - asyncio.get_running_loop().time()) > 0:
            await self.sleep(left)

    def limited(self, problem: BackendError) -> bool:
        """Note a 429; whether it is news that all calls are limited, as so many in a row say. All workers pause then."""
        self._limited += 1
        if self._limited < LIMITED_IN_A_ROW:
            return False
        now = asyncio.get_running_loop().time()
        news = self._resume_at <= now
        self._resume_at = max(self._resume_at, now + self.wait_of(problem))
        return news

    def wait_of(self, problem: BackendError) -> float:
        """Seconds that the provider asks us to wait, at most ``max_wait``."""
        return min(problem.retry_after or 0.0, self._settings.max_wait)

    async def back_off(self, problem: BackendError, failed: int) -> None:
        """Wait before the next attempt of a question that failed ``failed`` times.

        Exponential backoff with full jitter, at least the provider's Retry-After, at most ``max_wait``.
        """
        jittered = random.uniform(0, self._settings.backoff * 2 ** min(failed - 1, 20))
        await self.sleep(min(max(jittered, problem.retry_after or 0.0), self._settings.max_wait))

    async def sleep(self, seconds: float) -> None:
        """Wait so long, or until the stop."""
        if seconds <= 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            return
