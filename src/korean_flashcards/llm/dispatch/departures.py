"""When the next call to one model may leave, by the rate that all runs share."""

import asyncio
import time
from collections import deque

from korean_flashcards.domain.calls import RatesSeen
from korean_flashcards.domain.parameters import RateParameters
from korean_flashcards.llm.dispatch.pace import Pace
from korean_flashcards.stages.ports import Traffic

# Seconds of departures that are asked for at once: few enough that a run that ends wastes little, and that a changed rate
# is felt soon. Where no limit is known, so long until another run's experience is looked for.
HORIZON = 1.0
# Seconds over which the rate of calls is measured when a provider refuses.
_MEASURED = 10.0


class Departures:
    """Used by one event loop; asks the ledger in another thread, ahead of need."""

    def __init__(self, model: str, traffic: Traffic, rates: RateParameters, pace: Pace) -> None:
        self._model, self._traffic, self._rates, self._pace = model, traffic, rates, pace
        self._slots: deque[float] = deque()
        self._free_until = 0.0
        self._lock = asyncio.Lock()
        self._left: deque[float] = deque(maxlen=10_000)
        self._seen: tuple[int | None, int | None] | None = None

    async def next(self, tokens: float) -> None:
        """Wait for the next departure; at once where there is no limit, or when the run stops."""
        if time.time() >= self._free_until:
            async with self._lock:
                while not self._slots and time.time() >= self._free_until and not self._pace.stopped:
                    await self._fetch(tokens)
                slot = self._slots.popleft() if self._slots else 0.0
            await self._pace.sleep(slot - time.time())
        self._left.append(time.time())

    def seen(self, rates: RatesSeen | None) -> RatesSeen | None:
        """The rates if the provider's headers say something new: another limit, or that nothing is left."""
        if rates is None:
            return None
        said = (rates.requests, rates.tokens)
        used_up = 0 in (rates.requests_left, rates.tokens_left)
        if said == self._seen and not used_up:
            return None
        self._seen = said
        self.refetch()
        return rates

    def refetch(self) -> None:
        """The rate has changed: what was fetched is void."""
        self._slots.clear()
        self._free_until = 0.0

    def rpm(self) -> float:
        """Calls a minute that left lately."""
        now = time.time()
        recent = [at for at in self._left if at > now - _MEASURED]
        return max(1.0, 60 * len(recent) / max(1.0, min(_MEASURED, now - self._left[0]))) if recent else 1.0

    async def _fetch(self, tokens: float) -> None:
        wanted = max(1, int(self.rpm() / 60 * HORIZON))
        slots = await asyncio.to_thread(self._traffic.slots, self._model, wanted, tokens, self._rates)
        if slots is None:
            self._free_until = time.time() + HORIZON
        else:
            self._slots.extend(slots)
