"""When the next call may leave: backoff of one question, and the common pause while a provider limits the rate."""

import asyncio
import random

from korean_flashcards.llm.backend import BackendError
from korean_flashcards.parameters import LLMParameters

# So many 429 in a row, without one success between them, mean that the provider is limiting all calls: all pause.
# A single 429 among successes delays only its own question.
LIMITED_IN_A_ROW = 3
# Seconds between the first calls of two workers (about what litellm computes for one call), and for all together.
START_SPACING = 0.004
LONGEST_START = 1.0


class Pace:
    """Shared by the workers of one fan-out; all times in seconds of the loop's clock."""

    def __init__(self, settings: LLMParameters) -> None:
        self._settings = settings
        self._stopped = asyncio.Event()
        self._starting = asyncio.Lock()
        self._resume_at = 0.0
        self._limited = 0
        self.answered = False

    @property
    def stopped(self) -> bool:
        """True when no new call may leave."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """No new call leaves any more; waits end at once."""
        self._stopped.set()

    def succeeded(self) -> None:
        """A call went through: the provider is there and does not limit all of them."""
        self.answered = True
        self._limited = 0

    async def start(self) -> None:
        """Wait until one more worker may start: calls that leave together come back together.

        One after the other, not by the clock: litellm's first call holds up the loop for half a second, and all workers
        whose time had come meanwhile would leave at once.
        """
        async with self._starting:
            await self.sleep(min(START_SPACING, LONGEST_START / self._settings.concurrency))

    async def turn(self) -> None:
        """Wait while all workers pause."""
        while not self.stopped and (left := self._resume_at - asyncio.get_running_loop().time()) > 0:
            await self.sleep(left)

    async def back_off(self, problem: BackendError, failed: int) -> None:
        """Wait before the next attempt of a question that failed ``failed`` times.

        Exponential backoff with full jitter, at least the provider's Retry-After, at most ``max_wait``.
        """
        jittered = random.uniform(0, self._settings.backoff * 2 ** (failed - 1))
        delay = min(max(jittered, problem.retry_after or 0.0), self._settings.max_wait)
        if problem.retry_after is not None:
            self._limited += 1
            if self._limited >= LIMITED_IN_A_ROW:
                self._resume_at = max(self._resume_at, asyncio.get_running_loop().time() + delay)
        await self.sleep(delay)

    async def sleep(self, seconds: float) -> None:
        """Wait so long, or until the stop."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            return
