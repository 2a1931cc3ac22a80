"""Wait before retries, and end all waits when the dispatch stops."""

import asyncio
import random

from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import PendingCode
from korean_flashcards.llm.providers.base import BackendError


class Backoff:
    """The retry backoff that all workers in a dispatch share.

    ``held``: why the remaining requests are left pending, as a code and a message.
    """

    def __init__(self, settings: LLMParameters) -> None:
        self._settings = settings
        self._stopped = asyncio.Event()
        self.held: tuple[PendingCode, str] | None = None

    @property
    def stopped(self) -> bool:
        """Return whether the dispatch has stopped and no new calls may be made."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Stop the dispatch: make no new calls, and end all waits."""
        self._stopped.set()

    def hold(self, code: PendingCode, message: str) -> None:
        """Stop the dispatch, and leave the remaining requests pending for the given reason."""
        self.held = self.held or (code, message)
        self.stop()

    async def back_off(self, problem: BackendError, failed: int) -> None:
        """Wait before retrying a request that has failed ``failed`` times.

        The wait grows exponentially with full jitter, up to ``max_wait``. A Retry-After header takes precedence, up to
        ``max_pause``. If the header asks for a longer wait, the run gives up on the model.
        """
        jittered = random.uniform(0, self._settings.backoff * 2 ** min(failed - 1, 20))
        wait = max(min(jittered, self._settings.max_wait), problem.retry_after or 0.0)
        await self.sleep(min(wait, self._settings.max_pause))

    async def sleep(self, seconds: float) -> None:
        """Wait for this many seconds, or until the dispatch stops."""
        if seconds <= 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            return
