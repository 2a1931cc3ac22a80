"""The routes that a request can take: first to the chosen model, then to its fallback models."""

import secrets
from dataclasses import dataclass, field
from typing import NamedTuple

from korean_flashcards.domain.calls import OFFLINE_PREFIX, Breaker, ReservationRequest
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import PendingCode
from korean_flashcards.domain.requests import ChatTemplate, Request
from korean_flashcards.llm.dispatch.booked_usage import longest_reply
from korean_flashcards.llm.pricing.price_list import did_you_mean
from korean_flashcards.llm.pricing.prices import Price, Usage, price_of
from korean_flashcards.llm.pricing.tokens import most_tokens
from korean_flashcards.llm.providers.base import Backend, BackendError, RawReply
from korean_flashcards.llm.providers.endpoints import Endpoint


@dataclass
class Route:
    """A model at an address, with its state in this run.

    ``template``: the template for the model's requests. ``api_base``: the model's address, or None for its provider's
    default address. ``endpoint``: the name under which the model's circuit breaker and rate limits are stored.
    ``price``: the model's price, or None if unknown. ``batch``: whether to use the batch API, at batch pricing.
    ``failures``: the number of consecutive outages. ``failing``: the words affected by these outages. ``opened``: the
    number of times that outages opened the circuit breaker. ``refusal``: why the model can no longer be called.
    ``given_up``: why the run gave up on the model, as a code and a message for the pending words. ``answered``: whether
    the model has responded at least once. ``replied_at``: when the model last responded. ``problems_since``: when the
    first provider problem after the last response occurred, or None if there was none. Both times come from the
    monotonic clock.
    """

    template: ChatTemplate
    backend: Backend
    price: Price | None
    breaker: Breaker = field(default_factory=Breaker)
    failures: int = 0
    failing: set[str] = field(default_factory=set)
    opened: int = 0
    refusal: BackendError | None = None
    given_up: tuple[PendingCode, str] | None = None
    answered: bool = False
    replied_at: float = float("-inf")
    problems_since: float | None = None
    batch: bool = False
    api_base: str | None = None
    endpoint: str = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = Endpoint(self.model, self.api_base).key

    def settings(self, settings: LLMParameters) -> LLMParameters:
        """Return the settings with this route's address. Only this address may receive the model's key."""
        if settings.api_base == self.api_base:
            return settings
        return settings.model_copy(update={"api_base": self.api_base})

    @property
    def model(self) -> str:
        """Return the model's name in the template."""
        return self.template.model

    @property
    def usable(self) -> bool:
        """Return whether this run may still call the model."""
        return self.refusal is None and self.given_up is None

    @property
    def local(self) -> bool:
        """Return whether this is the offline model, which is free and never down."""
        return self.model.startswith(OFFLINE_PREFIX)

    @property
    def faltering(self) -> bool:
        """Return whether more than one word has failed because of outages since the last response.

        In that case, the provider is at fault, rather than a single word.
        """
        return len(self.failing) > 1

    def reservation_request(self, request: Request, template: ChatTemplate, user: str) -> ReservationRequest:
        """Return a reservation for the maximum cost: the longest possible reply and one prompt token per byte."""
        most = call_maximum(template, self.price, most_tokens(template.system, user, template.schema), self.batch)
        return ReservationRequest(
            reservation=secrets.token_hex(8), key=request.key, term=request.term, stage=template.stage, model=self.model,
            prompt_version=self.template.prompt_version, usd=most.usd, tokens=most.tokens,
        )  # fmt: skip

    def usd(self, raw: RawReply) -> float | None:
        """Return a reply's cost in USD, as reported by the provider or based on the price, or None if it is unknown."""
        if raw.cost_usd is not None:
            return raw.cost_usd
        usage = Usage(raw.tokens_in, raw.tokens_out, raw.tokens_cached, raw.tokens_written, raw.tokens_reasoning)
        return self.price.cost(usage, self.batch) if self.price else None


class CallMaximum(NamedTuple):
    """The maximum cost of one call in USD (0 if the price is unknown) and in tokens."""

    usd: float
    tokens: int


def call_maximum(template: ChatTemplate, price: Price | None, tokens_in: int, batch: bool) -> CallMaximum:
    """Return the amount to reserve for a call whose prompt has at most ``tokens_in`` tokens."""
    longest = longest_reply(template, price) or 0
    return CallMaximum(price.worst(tokens_in, longest, batch) if price else 0.0, tokens_in + longest)


def route_to(template: ChatTemplate, settings: LLMParameters, backend: Backend, batch: bool = False) -> Route:
    """Return the route to the template's model at ``settings.api_base``.

    Raises:
        SettingsError: The model's price, its batch price, or its maximum reply length is unknown.
    """
    price = price_of(template.model, settings.prices)
    if price is None and settings.price == "known":
        suggestion = did_you_mean(template.model)
        correct = " If the name is correct, set" if suggestion else " Set"
        raise SettingsError(
            f"The price of {template.model} is unknown, so budgets in USD cannot be enforced. Nothing was sent."
            f"{suggestion}{correct} the price in llm.prices (parameters_llm.yml), or pass --params llm.price=unknown_ok to "
            "apply only budgets in tokens and requests."
        )
    if price is not None and price.output and not (template.max_tokens or price.longest_reply):
        raise SettingsError(
            f"The maximum length of a reply from {template.model} is unknown, so its cost cannot be limited. Nothing "
            "was sent. Set llm.max_tokens (for example, to 8192)."
        )
    if batch and price is not None and (price.batch_input is None or price.batch_output is None):
        raise SettingsError(
            f"{template.model} has no batch price in {price.source}, so a batch would not be cheaper. Nothing was sent. Use "
            "--params llm.mode=calls, or set batch_input and batch_output in llm.prices."
        )
    return Route(template, backend, price, batch=batch, api_base=settings.api_base)
