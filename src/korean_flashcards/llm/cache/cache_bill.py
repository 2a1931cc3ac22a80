"""What replies have cost, and what it costs to have them again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from korean_flashcards.domain.parameters import PriceParameters
from korean_flashcards.llm.cache.maintenance import CacheEntry
from korean_flashcards.llm.pricing.prices import Usage, price_of


@dataclass
class Bill:
    """Replies, what they cost (USD), and what they would cost at today's prices of the models that gave them.

    ``unpriced``: how many have no known price; those count with what they cost. Tokens in and out are together.
    """

    replies: int = 0
    archived: int = 0
    tokens: int = 0
    paid: float = 0.0
    again: float = 0.0
    unpriced: int = 0
    prices: Mapping[str, PriceParameters] = field(default_factory=dict, repr=False)

    def add(self, entry: CacheEntry) -> None:
        """Count one key. What is archived cannot be had again: it only counts as paid."""
        self.archived += len(entry.archived)
        self.paid += sum(reply.cost_usd or 0.0 for reply in entry.archived)
        if (reply := entry.reply) is None:
            return
        price = price_of(reply.model, self.prices)
        self.replies += 1
        self.tokens += reply.tokens_in + reply.tokens_out
        self.paid += reply.cost_usd or 0.0
        self.unpriced += price is None
        self.again += price.cost(Usage(reply.tokens_in, reply.tokens_out)) if price else reply.cost_usd or 0.0
