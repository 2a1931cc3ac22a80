"""Read the tokens and the cost that a provider claims, and replace claims that cannot be true.

A budget is only as reliable as the usage it is based on. Some providers omit the usage, send nulls, zeros, words, or
fractions, or claim more than the request allowed.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Tokenizers differ: for Korean, the most efficient one needs a third as many tokens as the least efficient one.
_FEWEST = 3
# Almost all text has fewer tokens than ``_FEWEST`` times a quarter of its bytes. A claim of at least a quarter of the
# bytes is accepted without counting.
_BYTES_PER_TOKEN = 4
# A reply from a model without a known limit has at most this many tokens. Source: the largest output limit of the models in
# litellm's price list, rounded up.
LONGEST_REPLY = 200_000
# Maximum length of a prompt in tokens. No prompt in this project is longer.
LONGEST_PROMPT = 1_000_000
# USD. No model in litellm's price list costs more per token.
MOST_USD_PER_TOKEN = 0.001


@dataclass(frozen=True, slots=True)
class ClaimedUsage:
    """The usage that a provider claims. A missing or unreadable value keeps its default (None or 0).

    ``tokens_in`` includes ``tokens_cached`` and ``tokens_written``, and ``tokens_out`` includes ``tokens_reasoning``.
    """

    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cached: int = 0
    tokens_written: int = 0
    tokens_reasoning: int = 0
    usd: float | None = None


def claimed_usage(usage: Mapping[str, Any]) -> ClaimedUsage:
    """Return the claims in a usage object from OpenAI, Anthropic, Gemini, or a compatible server."""
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
        tokens_in += (cached or 0) + (written or 0)  # Anthropic counts cached and written tokens separately
    if tokens_out is not None and "candidatesTokenCount" in usage:
        tokens_out += reasoning or 0  # Gemini counts reasoning tokens separately
    return ClaimedUsage(tokens_in, tokens_out, cached or 0, written or 0, reasoning or 0, _usd(usage.get("cost")))


def plausible_tokens(
    claimed: int, size: int, count: Callable[[], int], most: int, most_counted: Callable[[], int] | None = None
) -> bool:
    """Return whether the claimed number of tokens is plausible for a text.

    Args:
        claimed: The number of tokens that the provider claims.
        size: The size of the text in UTF-8 bytes.
        count: Returns our own token count. Called only if the size alone is not conclusive.
        most: The maximum plausible number of tokens.
        most_counted: Returns an upper bound on our own count in less time, or None.
    """
    if claimed > most:
        return False
    if claimed >= size / _BYTES_PER_TOKEN or (most_counted and claimed * _FEWEST >= most_counted()):
        return True
    return claimed * _FEWEST >= count()


def plausible_usd(claimed: float, expected: float | None, most: float | None, tokens: int) -> bool:
    """Return whether a provider's claimed cost is plausible.

    Args:
        claimed: The cost in USD that the provider claims.
        expected: The cost at the known price, or None if the price is unknown.
        most: The maximum cost of these tokens at the known price, or None if the price is unknown.
        tokens: The total number of tokens in the call.
    """
    if expected is None or most is None:
        return claimed <= tokens * MOST_USD_PER_TOKEN
    return expected / 10 <= claimed <= 2 * most


def _part(usage: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    return next((usage[name] for name in names if isinstance(usage.get(name), dict)), {})


def _first(usage: Mapping[str, Any], *names: str) -> int | None:
    """Return the first readable number of tokens found under the given names."""
    return next((count for name in names if (count := _count(usage.get(name))) is not None), None)


def _count(value: Any) -> int | None:
    """Return a number of tokens, rounded up, or None for a negative number or anything that is not a number."""
    number = _number(value)
    return None if number is None or number > 1e12 else math.ceil(number)


def _usd(value: Any) -> float | None:
    return _number(value)


def _number(value: Any) -> float | None:
    """Return a finite, nonnegative number, even from a string such as "4210", or None."""
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
