"""One call of a model, and what surrounds it, as values that the client and the ledger exchange. Pure."""

from dataclasses import dataclass
from typing import Literal

from korean_flashcards.domain.records import Stage

# ask: a word's question; repair: only what failed of a reply; probe: whether a provider answers (`kedro llm doctor`).
CallKind = Literal["ask", "repair", "probe"]
# How the names of the embedded models begin; their calls cost nothing.
OFFLINE_PREFIX = "offline/"


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the ledger records it.

    ``at``: Unix time when it was sent. ``key``: of the question. ``attempt``: from 1, of the question in this run.
    ``outcome``: "ok" or a FailureCode. ``tokens_in`` includes ``tokens_cached``, ``tokens_out`` ``tokens_reasoning``.
    ``usd`` is None where the price is unknown. ``latency_s``: from sending to the answer; ``queue_s``: from readiness to
    sending (rates, pauses). ``fixed``: the reply was accepted after it had been mended on the spot (fences, commas).
    ``batch``: answered through the provider's batch API. ``reservation``: the money set aside for it.
    """

    at: float
    stage: Stage
    term: str
    model: str
    provider: str
    prompt_version: str
    key: str
    kind: CallKind
    attempt: int
    outcome: str
    message: str | None
    tokens_in: int
    tokens_out: int
    tokens_cached: int
    tokens_reasoning: int
    usd: float | None
    latency_s: float
    queue_s: float
    fixed: bool = False
    batch: bool = False
    reservation: str | None = None


@dataclass(frozen=True, slots=True)
class ReservationRequest:
    """Money and tokens to set aside for one call, at the most that it can take. ``reservation`` names it."""

    reservation: str
    key: str
    term: str
    stage: Stage
    model: str
    prompt_version: str
    usd: float
    tokens: int


@dataclass(frozen=True, slots=True)
class ReservationResult:
    """The first ``granted`` of the wants are reserved. ``refused``: the budget that the next one could exceed, in words.

    ``outstanding``: reservations of anybody for calls under way: when they are settled there may be room again.
    """

    granted: int
    refused: str | None = None
    outstanding: int = 0


@dataclass(frozen=True, slots=True)
class LeftoverReservation:
    """Money that a dead run had set aside: its call may have been answered and paid."""

    reservation: str
    key: str
    stage: Stage
    term: str
    model: str
    prompt_version: str
    usd: float
    tokens: int
    at: float


# submitting: on its way to the provider; submitted: the provider has it; the others: how it ended there. lost: it never
# arrived.
BatchState = Literal["submitting", "submitted", "completed", "failed", "expired", "cancelled", "lost"]


@dataclass(frozen=True, slots=True)
class ProviderBatch:
    """Questions handed to the batch API of a provider together.

    ``batch_id`` is ours. ``provider_id``: the provider's, None until it has confirmed it. ``file_id``: of the uploaded
    questions; without one the provider can have no batch of them. ``reply_format``: the response format they ask for.
    ``done`` and ``failed`` of ``total`` as the provider said last. ``created``: UTC, ISO 8601. ``message``: what went wrong.
    """

    batch_id: str
    stage: Stage
    model: str
    api_base: str | None
    prompt_version: str
    reply_format: str
    created: str
    provider_id: str | None = None
    file_id: str | None = None
    state: BatchState = "submitting"
    total: int = 0
    done: int = 0
    failed: int = 0
    message: str | None = None


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One question of a batch. ``reservation`` names the money that is set aside for it."""

    key: str
    term: str
    reservation: str


@dataclass(frozen=True, slots=True)
class BatchStart:
    """The questions that a new batch holds, by key; ``refused``: the budget that the next one could exceed, in words."""

    keys: frozenset[str]
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class RatesSeen:
    """What a provider's headers say of its limits, each None where not said: per minute, and what is left of it now."""

    requests: int | None = None
    requests_left: int | None = None
    requests_reset_s: float | None = None
    tokens: int | None = None
    tokens_left: int | None = None
    tokens_reset_s: float | None = None


@dataclass(frozen=True, slots=True)
class Breaker:
    """A model's circuit breaker. ``opened`` and ``probe_at`` are Unix times; ``rest_s`` the time between probes."""

    state: Literal["closed", "open", "half_open"] = "closed"
    opened: float = 0.0
    probe_at: float = 0.0
    rest_s: float = 0.0
    reason: str = ""


def provider_of(model: str) -> str:
    """The provider that a model's name begins with ("openrouter/anthropic/…": openrouter), "default" for a bare name."""
    return model.partition("/")[0] if "/" in model else "default"
