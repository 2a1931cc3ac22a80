"""Measure how long each stage of a run takes."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from korean_flashcards.domain.run_record import StageFigures

if TYPE_CHECKING:
    from korean_flashcards.summary.run_costs import StageCosts


class StageClock:
    """A clock that assigns the time to the stage whose node began last. The stages' times add up to the run's time."""

    def __init__(self) -> None:
        self._stage: str | None = None
        self._since = time.monotonic()
        self._seconds: dict[str, float] = {}

    def begin(self, stage: str | None) -> None:
        """Assign the time from now on to this stage. None: to no stage."""
        now = time.monotonic()
        if self._stage is not None:
            self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now

    def figures(self, costs: "Iterable[StageCosts]" = ()) -> list[StageFigures]:
        """Stop the clock, and return the seconds of each stage with its costs. The judge is part of the quality stage."""
        self.begin(None)
        stages = {name: StageFigures(name, round(seconds, 3)) for name, seconds in self._seconds.items()}
        for cost in costs:
            stage = stages.setdefault(cost.stage, StageFigures(cost.stage))
            stage.calls, stage.cache_hits, stage.cache_misses = cost.attempts, cost.cached, cost.asked
            stage.tokens_in, stage.tokens_out = cost.tokens_in, cost.tokens_out
            stage.usd, stage.unpriced = cost.cost_usd, cost.unpriced
        return list(stages.values())
