"""What work costs and how long it takes, each as a range. Pure."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from korean_flashcards.llm.pricing.prices import Price, Usage
from korean_flashcards.planning.ranges import Range

# Providers cache no shorter prompt (OpenAI and Anthropic, "Prompt caching": 1,024 tokens).
SHORTEST_CACHED = 1024


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be requested from one model. Tokens of all requests together.

    ``standing``: tokens of the system text, the same in every request.
    """

    requests: int
    tokens_in: Range
    tokens_out: Range
    standing: int


@dataclass(frozen=True, slots=True)
class Costs:
    """USD of some work. ``prompt_cache``: where the provider caches the system text; ``batch``: through its batch API.

    Both are None where the provider has no such price, or where it would save nothing.
    """

    plain: Range
    prompt_cache: Range | None
    batch: Range | None


def costs(work: Work, price: Price) -> Costs:
    """What the work costs at this price."""
    batch = price.batch_input is not None or price.batch_output is not None
    return Costs(
        plain=_usd(work, price),
        prompt_cache=_with_prompt_cache(work, price),
        batch=_usd(work, price, batch=True) if batch else None,
    )


def _with_prompt_cache(work: Work, price: Price) -> Range | None:
    """All but the first request read the system text from the provider's cache; the first writes it."""
    if price.cached >= price.input or work.standing < SHORTEST_CACHED or work.requests < 2:
        return None
    written = work.standing if price.cache_write > price.input else 0
    found = _usd(work, price, cached=(work.requests - 1) * work.standing, written=written)
    return found if found.typical < _usd(work, price).typical else None


def _usd(work: Work, price: Price, cached: int = 0, written: int = 0, batch: bool = False) -> Range:
    pairs = zip(work.tokens_in, work.tokens_out, strict=True)
    return Range(*(price.cost(Usage(round(into), round(out), cached, written), batch) for into, out in pairs))


class Seconds(NamedTuple):
    """How long the work takes, at the most calls at once and at those that a run begins with."""

    low: float
    high: float


def seconds(
    work: Work, latency: float, at_once: int, most_at_once: int, rpm: float | None, tpm: float | None
) -> Seconds:
    """Time to request it all, with calls of ``latency`` seconds and so many calls and tokens a minute."""
    if not work.requests:
        return Seconds(0.0, 0.0)
    tokens = work.tokens_in.plus(work.tokens_out)
    by_calls = work.requests * 60 / rpm if rpm else 0.0
    low, high = (
        max(math.ceil(work.requests / width) * latency, by_calls, amount * 60 / tpm if tpm else 0.0)
        for width, amount in ((max(at_once, most_at_once), tokens.low), (at_once, tokens.high))
    )
    return Seconds(low, high)
