"""Read the tokens and the cost that a provider claims, and replace claims that cannot be true.

A budget is only as good as the numbers that are booked. Providers omit the usage, send nulls, zeros, words or fractions,
or claim more than the request allowed.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Tokenizers differ: for Korean, the best one needs a third of the tokens that the worst one needs.
_FEWEST = 3
# Almost every text has fewer tokens than a quarter of its bytes times ``_FEWEST``, so it need not be counted.
_BYTES_PER_TOKEN = 4
# A reply from a model without a known limit has at most this many tokens. Source: the largest output limit of the models in
# litellm's price list, rounded up.
LONGEST_REPLY = 200_000
# No prompt of this project is longer, in tokens.
LONGEST_PROMPT = 1_000_000
# USD. No model in litellm's price list costs more per token.
MOST_USD_PER_TOKEN = 0.001


@dataclass(frozen=True, slots=True)
class ClaimedUsage:
    """The usage that a provider claims, each None if it claims nothing or nothing readable. Tokens are whole numbers.

    ``tokens_in`` includes ``tokens_cached`` and ``tokens_written``, and ``tokens_out`` includes ``tokens_reasoning``.
    """

    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cached: int = 0
    tokens_written: int = 0
    tokens_reasoning: int = 0
    usd: float | None = None


def claimed_usage(usage: Mapping[str, Any]) -> ClaimedUsage:
    """Return the claims in a usage object of OpenAI, Anthropic or Gemini, or of a server that imitates one of them."""
    into = _part(usage, "prompt_tokens_details", "input_tokens_details")
    out = _part(usage, "completion_tokens_details", "output_tokens_details")
    cached = _first(into, "cached_tokens") or _first(
        usage, "cache_read_input_tokens", "prompt_cache_hit_tokens", "cachedContentTokenCount", "cached_tokens"
    )
    written = _first(into, "cache_creation_tokens", "cache_write_tokens") or _first(
        usage, "cache_creation_input_tokens"
    )
    reasoning = _first(out, "reasoning_tokens") or _first(usage, "thoughtsTokenCount", "reasoning_tokens")
    tokens_in = _first(usage, "prompt_tokens", "input_tokens", "promptTokenCount")
    tokens_out = _first(usage, "completion_tokens", "output_tokens", "candidatesTokenCount")
    if tokens_in is not None and "cache_read_input_tokens" in usage and "prompt_tokens" not in usage:
        tokens_in += (cached or 0) + (written or 0)  # Anthropic counts them separately
    if tokens_out is not None and "candidatesTokenCount" in usage:
        tokens_out += reasoning or 0  # Gemini counts the thoughts separately
    return ClaimedUsage(tokens_in, tokens_out, cached or 0, written or 0, reasoning or 0, _usd(usage.get("cost")))


def plausible_tokens(claimed: int, size: int, count: Callable[[], int], most: int) -> bool:
    """Return whether a number of tokens is possible for a text.

    Args:
        claimed: The provider's claim.
        size: The size of the text, in bytes of UTF-8.
        count: Returns our own count. It is called only if the size does not decide.
        most: The largest possible number of tokens.
    """
    return claimed <= most and (claimed >= size / _BYTES_PER_TOKEN or claimed * _FEWEST >= count())


def plausible_usd(claimed: float, expected: float | None, most: float | None, tokens: int) -> bool:
    """Return whether a claimed cost is possible.

    Args:
        claimed: The provider's claim in USD.
        expected: The cost by the known price, or None if the price is not known.
        most: The maximum cost of these tokens by the known price.
        tokens: All tokens of the call.
    """
    if expected is None or most is None:
        return claimed <= tokens * MOST_USD_PER_TOKEN
    return expected / 10 <= claimed <= 2 * most


def _part(usage: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    return next((usage[name] for name in names if isinstance(usage.get(name), dict)), {})


def _first(usage: Mapping[str, Any], *names: str) -> int | None:
    """Return the first readable number of tokens under these names."""
    return next((count for name in names if (count := _count(usage.get(name))) is not None), None)


def _count(value: Any) -> int | None:
    """Return a number of tokens, rounded up; None for negative numbers and everything that is not a number."""
    number = _number(value)
    return None if number is None or number > 1e12 else math.ceil(number)


def _usd(value: Any) -> float | None:
    return _number(value)


def _number(value: Any) -> float | None:
    """Return a finite number that is not negative, also from a string such as "4210"."""
    if isinstance(value, str):
        try:
            value = float(value.replace(",", ""))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
