"""Look up a model's price in ``llm.prices`` or litellm's price list, and calculate the cost of calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.parameters import PriceParameters
from korean_flashcards.llm.pricing.price_list import entry_of

LISTED = "litellm's price list"
OVERRIDDEN = "llm.prices"
OFFLINE = "offline"

_PER_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens used by one call, counted the way OpenAI counts them. litellm converts other providers' counts.

    ``tokens_in`` includes the tokens read from the provider's prompt cache (``tokens_cached``) and the tokens written to it
    (``tokens_written``). ``tokens_out`` includes ``tokens_reasoning``.
    """

    tokens_in: int
    tokens_out: int
    tokens_cached: int = 0
    tokens_written: int = 0
    tokens_reasoning: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A model's prices in USD per token.

    Batch prices are None if the provider does not offer them. ``longest_reply`` is the maximum reply length in tokens.
    ``cache_write`` is the price of caching text for five minutes, Anthropic's default. A one-hour cache lifetime would
    cost more.
    """

    input: float
    output: float
    cached: float
    cache_write: float
    reasoning: float
    batch_input: float | None
    batch_output: float | None
    batch_cached: float | None
    batch_cache_write: float | None
    longest_reply: int | None
    source: str

    @classmethod
    def of(
        cls,
        *,
        input: float,
        output: float,
        source: str,
        cached: float | None = None,
        cache_write: float | None = None,
        reasoning: float | None = None,
        batch_input: float | None = None,
        batch_output: float | None = None,
        batch_cached: float | None = None,
        batch_cache_write: float | None = None,
        longest_reply: int | None = None,
    ) -> Self:
        """Build a price from partial data.

        Missing cache and reasoning prices default to the input and output prices.
        """
        return cls(
            input=input,
            output=output,
            cached=_first(cached, input),
            cache_write=_first(cache_write, input),
            reasoning=_first(reasoning, output),
            batch_input=batch_input,
            batch_output=batch_output,
            batch_cached=batch_input if batch_cached is None else batch_cached,
            batch_cache_write=batch_input if batch_cache_write is None else batch_cache_write,
            longest_reply=longest_reply,
            source=source,
        )

    def cost(self, usage: Usage, batch: bool = False) -> float:
        """Return the cost of one call in USD. If there is no batch price, a batch request costs the regular price."""
        price = self._of_a_batch() if batch else self
        return (
            max(0, usage.tokens_in - usage.tokens_cached - usage.tokens_written) * price.input
            + usage.tokens_cached * price.cached
            + usage.tokens_written * price.cache_write
            + max(0, usage.tokens_out - usage.tokens_reasoning) * price.output
            + usage.tokens_reasoning * price.reasoning
        )

    def worst(self, tokens_in: int, tokens_out: int, batch: bool = False) -> float:
        """Return a call's maximum cost in USD for this many tokens, assuming the highest price for each token."""
        price = self._of_a_batch() if batch else self
        highest_in = max(price.input, price.cached, price.cache_write)
        return tokens_in * highest_in + tokens_out * max(price.output, price.reasoning)

    def _of_a_batch(self) -> "Price":
        return Price.of(
            input=_first(self.batch_input, self.input),
            output=_first(self.batch_output, self.output),
            cached=_first(self.batch_cached, self.cached),
            cache_write=_first(self.batch_cache_write, self.cache_write),
            reasoning=_first(self.batch_output, self.reasoning),
            source=self.source,
        )


def price_of(model: str, overrides: Mapping[str, PriceParameters]) -> Price | None:
    """Return the model's price, or None if the price is unknown.

    Args:
        overrides: The prices in ``llm.prices``, keyed by exact model name. They take precedence over litellm's list.

    Raises:
        SettingsError: litellm's price list cannot be read.
    """
    if model.startswith(OFFLINE_PREFIX):
        return Price.of(input=0, output=0, source=OFFLINE)
    listed = _listed(model)
    if model in overrides:
        return _overridden(overrides[model], listed)
    return listed


def _listed(model: str) -> Price | None:
    entry = entry_of(model)
    if entry is None:
        return None
    return Price.of(
        input=entry["input"] or 0.0,
        output=entry["output"] or 0.0,
        cached=entry["cached"],
        cache_write=entry["cache_write"],
        reasoning=entry["reasoning"],
        batch_input=entry["batch_input"],
        batch_output=entry["batch_output"],
        batch_cached=entry["batch_cached"],
        batch_cache_write=entry["batch_cache_write"],
        longest_reply=entry["longest_reply"],
        source=LISTED,
    )


def _overridden(override: PriceParameters, listed: Price | None) -> Price:
    """Return the user's price. If the user does not set a maximum reply length, it is taken from the list."""
    return Price.of(
        input=override.input / _PER_MILLION,
        output=override.output / _PER_MILLION,
        cached=_per_token(override.cached_input),
        cache_write=_per_token(override.cache_write),
        batch_input=_per_token(override.batch_input),
        batch_output=_per_token(override.batch_output),
        longest_reply=override.longest_reply or (listed.longest_reply if listed else None),
        source=OVERRIDDEN,
    )


def _per_token(usd_per_million: float | None) -> float | None:
    return None if usd_per_million is None else usd_per_million / _PER_MILLION


def _first(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
