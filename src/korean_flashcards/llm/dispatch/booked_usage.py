"""Decide which token counts and cost to book for a reply: the provider's if they are plausible, otherwise our own."""

import functools
from dataclasses import replace

from korean_flashcards.domain.calls import UsageSource
from korean_flashcards.domain.requests import ChatTemplate
from korean_flashcards.llm.pricing.prices import Price, Usage
from korean_flashcards.llm.pricing.tokens import TokenCounter, most_counted_tokens, most_tokens, request_tokens
from korean_flashcards.llm.pricing.usage import (
    LONGEST_PROMPT,
    LONGEST_REPLY,
    ClaimedUsage,
    plausible_tokens,
    plausible_usd,
)
from korean_flashcards.llm.providers.base import RawReply


def longest_reply(template: ChatTemplate, price: Price | None) -> int | None:
    """Return the maximum number of tokens in a reply, or None if neither the settings nor the price list limit it."""
    return template.max_tokens or (price.longest_reply if price else None)


def booked(raw: RawReply, template: ChatTemplate, user: str | None, price: Price | None, batch: bool) -> RawReply:
    """Return the reply with the token counts and cost to book. A reply without claimed usage is returned unchanged.

    Args:
        template: The request's template.
        user: The request's user text, or None if it is unknown.
        price: The model's price, or None if it is unknown.
        batch: Whether the batch price applies to the request.
    """
    claimed = raw.claimed
    if claimed is None:
        return raw
    tokens_in, source_in = _tokens_in(claimed, template, user)
    tokens_out, source_out = _tokens_out(claimed, raw, template, price)
    # Cached tokens are cheap, so a provider that miscounts the prompt is not trusted to count them.
    cached = min(claimed.tokens_cached, tokens_in) if source_in == "reported" else 0
    counted = replace(
        raw, tokens_in=tokens_in, tokens_out=tokens_out, tokens_cached=cached,
        tokens_written=min(claimed.tokens_written, tokens_in - cached),
        tokens_reasoning=min(claimed.tokens_reasoning, tokens_out), cost_usd=claimed.usd, claimed=None,
    )  # fmt: skip
    sources = {source_in, source_out}
    most = _reserved_usd(template, user, price, batch)
    if claimed.usd is not None and not _possible_cost(counted, claimed.usd, price, batch, most):
        counted, sources = replace(counted, cost_usd=None), sources | {"counted"}
    worst: UsageSource = "reserved" if "reserved" in sources else "counted" if "counted" in sources else "reported"
    return replace(counted, booked=worst)


def _tokens_in(claimed: ClaimedUsage, template: ChatTemplate, user: str | None) -> tuple[int, UsageSource]:
    size, most = 0, LONGEST_PROMPT
    if user is not None:
        size = len(template.system.encode()) + len(user.encode())
        most = most_tokens(template.system, user, template.schema)

    def count() -> int:
        return request_tokens(_counter(template.model), template.system, user or "", template.schema)

    def most_counted() -> int:
        return most_counted_tokens(_counter(template.model), template.system, user or "", template.schema)

    if claimed.tokens_in and plausible_tokens(claimed.tokens_in, size, count, most, most_counted):
        return claimed.tokens_in, "reported"
    return count(), "counted"


def _tokens_out(
    claimed: ClaimedUsage, raw: RawReply, template: ChatTemplate, price: Price | None
) -> tuple[int, UsageSource]:
    most = longest_reply(template, price) or LONGEST_REPLY
    received = raw.text + raw.reasoning

    def count() -> int:
        return _counter(template.model).count(raw.text)

    tokens, size = claimed.tokens_out, len(raw.text.encode())
    if tokens is not None and (tokens or not received) and plausible_tokens(tokens, size, count, most):
        return tokens, "reported"
    if not received:  # an unreadable reply may be as long as the limit allows
        return longest_reply(template, price) or 0, "reserved"
    return min(_counter(template.model).count(received), most), "counted"


def _possible_cost(raw: RawReply, usd: float, price: Price | None, batch: bool, most: float | None) -> bool:
    """Return whether a provider's claimed cost is plausible. ``most``: the reserved maximum cost, or None."""
    tokens = raw.tokens_in + raw.tokens_out
    if price is None:
        return plausible_usd(usd, None, None, tokens)
    usage = Usage(raw.tokens_in, raw.tokens_out, raw.tokens_cached, raw.tokens_written, raw.tokens_reasoning)
    worst = price.worst(raw.tokens_in, raw.tokens_out, batch)
    return (most is None or usd <= most) and plausible_usd(usd, price.cost(usage, batch), worst, tokens)


def _reserved_usd(template: ChatTemplate, user: str | None, price: Price | None, batch: bool) -> float | None:
    """Return the request's maximum cost, or None if the price or the user text is unknown."""
    if price is None or user is None:
        return None
    tokens = most_tokens(template.system, user, template.schema)
    return price.worst(tokens, longest_reply(template, price) or LONGEST_REPLY, batch)


@functools.lru_cache(maxsize=16)
def _counter(model: str) -> TokenCounter:
    return TokenCounter(model)
