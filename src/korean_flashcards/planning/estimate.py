"""Estimate the cost and duration of requests, each as a range. No I/O."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from korean_flashcards.llm.pricing.prices import Price, Usage
from korean_flashcards.planning.ranges import Range

# Minimum number of tokens. Providers do not cache shorter prompts (OpenAI and Anthropic, "Prompt caching").
SHORTEST_CACHED = 1024


@dataclass(frozen=True, slots=True)
class Work:
    """A set of requests to one model. All token counts are totals for the whole set.

    Attributes:
        standing: Tokens in the system text, which is the same in every request.
    """

    requests: int
    tokens_in: Range
    tokens_out: Range
    standing: int


@dataclass(frozen=True, slots=True)
class Costs:
    """The cost of requests in USD.

    Attributes:
        plain: Cost if each request is an individual call and the provider's prompt cache is not used.
        prompt_cache: Cost if the provider caches the system text, or None if caching saves nothing or its price is
            unknown.
        batch: Cost with the provider's batch API, or None if the batch price is unknown.
    """

    plain: Range
    prompt_cache: Range | None
    batch: Range | None


def costs(work: Work, price: Price) -> Costs:
    """Return the cost of the requests at this price."""
    batch = price.batch_input is not None or price.batch_output is not None
    return Costs(
        plain=_usd(work, price),
        prompt_cache=_with_prompt_cache(work, price),
        batch=_usd(work, price, batch=True) if batch else None,
    )


def _with_prompt_cache(work: Work, price: Price) -> Range | None:
    """Return the cost if the first request writes the system text to the provider's cache and the other requests read it."""
    if price.cached >= price.input or work.standing < SHORTEST_CACHED or work.requests < 2:
        return None
    written = work.standing if price.cache_write > price.input else 0
    found = _usd(work, price, cached=(work.requests - 1) * work.standing, written=written)
    return found if found.typical < _usd(work, price).typical else None


def _usd(work: Work, price: Price, cached: int = 0, written: int = 0, batch: bool = False) -> Range:
    pairs = zip(work.tokens_in, work.tokens_out, strict=True)
    return Range(*(price.cost(Usage(round(into), round(out), cached, written), batch) for into, out in pairs))


class Seconds(NamedTuple):
    """A duration in seconds: ``low`` at the highest concurrency, ``high`` at the initial concurrency."""

    low: float
    high: float


def seconds(
    work: Work, latency: float, at_once: int, most_at_once: int, rpm: float | None, tpm: float | None
) -> Seconds:
    """Return the total duration of the requests.

    Args:
        work: The requests.
        latency: Seconds per call.
        at_once: Number of concurrent calls at the start of a run.
        most_at_once: Maximum number of concurrent calls.
        rpm: Maximum number of calls per minute, if limited.
        tpm: Maximum number of tokens per minute, if limited.
    """
    if not work.requests:
        return Seconds(0.0, 0.0)
    tokens = work.tokens_in.plus(work.tokens_out)
    by_calls = work.requests * 60 / rpm if rpm else 0.0
    low, high = (
        max(math.ceil(work.requests / width) * latency, by_calls, amount * 60 / tpm if tpm else 0.0)
        for width, amount in ((max(at_once, most_at_once), tokens.low), (at_once, tokens.high))
    )
    return Seconds(low, high)
