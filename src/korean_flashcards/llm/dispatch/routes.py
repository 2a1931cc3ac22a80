"""The routes of a request: the chosen model, then its fallbacks."""

import secrets
from dataclasses import dataclass, field

from korean_flashcards.domain.calls import OFFLINE_PREFIX, Breaker, ReservationRequest
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.requests import ChatTemplate, Request
from korean_flashcards.llm.pricing.prices import Price, Usage, price_of
from korean_flashcards.llm.pricing.tokens import most_tokens
from korean_flashcards.llm.providers.base import Backend, BackendError, RawReply


@dataclass
class Route:
    """One model, and how it is doing in this run.

    ``template``: asks it; ``price``: None where it is unknown; ``batch``: through its batch API, at the price of that.
    ``failures``: outages in a row, and ``failing``: the words that fell into them; ``opened``: how often that opened the
    breaker. ``refusal``: why it cannot be asked any more in this run. ``answered``: whether it ever did in this run.
    """

    template: ChatTemplate
    backend: Backend
    price: Price | None
    breaker: Breaker = field(default_factory=Breaker)
    failures: int = 0
    failing: set[str] = field(default_factory=set)
    opened: int = 0
    refusal: BackendError | None = None
    answered: bool = False
    batch: bool = False

    @property
    def model(self) -> str:
        """The model's name, as in the template."""
        return self.template.model

    @property
    def local(self) -> bool:
        """Whether the embedded model replies: it costs nothing and is never down."""
        return self.model.startswith(OFFLINE_PREFIX)

    @property
    def faltering(self) -> bool:
        """Whether several words failed with outages since the last answer: the provider is at fault, not a word."""
        return len(self.failing) > 1

    def reservation_request(self, request: Request, template: ChatTemplate, user: str) -> ReservationRequest:
        """Return the maximum that one call can cost: no reply is longer, and no prompt has more tokens than bytes."""
        longest = template.max_tokens or (self.price.longest_reply if self.price else None) or 0
        tokens = most_tokens(template.system, user, template.schema)
        usd = self.price.worst(tokens, longest, self.batch) if self.price else 0.0
        return ReservationRequest(
            reservation=secrets.token_hex(8), key=request.key, term=request.term, stage=template.stage, model=self.model,
            prompt_version=self.template.prompt_version, usd=usd, tokens=tokens + longest,
        )  # fmt: skip

    def usd(self, raw: RawReply) -> float | None:
        """Return the USD of a reply: as the provider says, otherwise by the price list; None where neither says it."""
        if raw.cost_usd is not None:
            return raw.cost_usd
        usage = Usage(raw.tokens_in, raw.tokens_out, raw.tokens_cached, raw.tokens_written, raw.tokens_reasoning)
        return self.price.cost(usage, self.batch) if self.price else None


def route_to(template: ChatTemplate, settings: LLMParameters, backend: Backend, batch: bool = False) -> Route:
    """Return the route to the template's model. Raises SettingsError where its price is not known, unless it may be."""
    price = price_of(template.model, settings.prices)
    if price is None and settings.price == "known":
        raise SettingsError(
            f"The price of {template.model} is not known, so no budget in USD can be kept. Nothing was asked. Name it in "
            f"llm.prices (parameters_llm.yml), or ask without one: --params llm.price=unknown_ok (budgets in tokens hold)."
        )
    if price is not None and price.output and not (template.max_tokens or price.longest_reply):
        raise SettingsError(
            f"How long a reply of {template.model} can be is not known, nor hence what it can cost. Nothing was asked. Set "
            "llm.max_tokens, for example to 8192."
        )
    if batch and price is not None and (price.batch_input is None or price.batch_output is None):
        raise SettingsError(
            f"{template.model} has no batch price ({price.source}), so handing words in would save nothing. Nothing was "
            "asked. Ask with --params llm.mode=calls, or name its batch_input and batch_output in llm.prices."
        )
    return Route(template, backend, price, batch=batch)
