"""Define the values that the model client and the ledger exchange: calls, reservations, batches and rate limits."""

from dataclasses import dataclass
from typing import Literal

from korean_flashcards.domain.records import Stage

# ask: the request for a word. repair: a request for the failed parts of a reply. probe: a test call by
# `kedro llm doctor`.
CallKind = Literal["ask", "repair", "probe"]
# The source of a call's tokens and cost. reported: the provider. counted: our own count, because the provider reported
# nothing or something impossible. reserved: the maximum, because the reply could not be counted. corrected: the user.
UsageSource = Literal["reported", "counted", "reserved", "corrected"]
# The names of the offline models begin with this prefix. Their calls are free.
OFFLINE_PREFIX = "offline/"


@dataclass(frozen=True, slots=True)
class Call:
    """Represent one call to a model, as the ledger records it.

    Attributes:
        at: When the call was sent, in Unix time.
        key: The cache key of the request.
        attempt: The number of the attempt in this run, from 1.
        outcome: "ok" or a FailureCode.
        tokens_in: Prompt tokens, including ``tokens_cached``.
        tokens_out: Reply tokens, including ``tokens_reasoning``.
        usd: The cost in USD, or None if the price is unknown.
        latency_s: Seconds from sending the request to receiving the reply.
        queue_s: Seconds that the request spent in the queue because of rate limits and pauses.
        fixed: Whether the reply was accepted only after its JSON was repaired locally (fences, commas).
        batch: Whether the call used the provider's batch API.
        reservation: The id of the reservation for this call, if there is one.
        booked: Where the tokens and the cost come from.
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
    booked: UsageSource = "reported"


@dataclass(frozen=True, slots=True)
class ReservationRequest:
    """Request a reservation of the maximum cost of one call, in USD and tokens. ``reservation`` is its id."""

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
    """Report how many of the requested reservations were granted.

    Attributes:
        granted: The number of granted reservations, beginning with the first one requested.
        refused: A description of the budget that the next reservation could exceed; None if all were granted.
        outstanding: The number of open reservations of all runs. When they are settled, the budget may have room again.
    """

    granted: int
    refused: str | None = None
    outstanding: int = 0


@dataclass(frozen=True, slots=True)
class LeftoverReservation:
    """Represent a reservation that a dead run left behind. Its call may have been completed and billed."""

    reservation: str
    key: str
    stage: Stage
    term: str
    model: str
    prompt_version: str
    usd: float
    tokens: int
    at: float


@dataclass(frozen=True, slots=True)
class PaidReply:
    """Represent what the cache knows about the cost of a call whose run died before it recorded the call.

    Attributes:
        usd: The cost in USD, or None if the price is unknown.
        whole: Whether the numbers include the earlier calls of this run for the same request.
    """

    usd: float | None
    tokens_in: int
    tokens_out: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class PaidStage:
    """Sum up the calls that one run made in one stage. ``unpriced`` is the number of calls of unknown price."""

    stage: Stage
    requests: int
    calls: int
    tokens_in: int
    tokens_out: int
    usd: float
    unpriced: int


@dataclass(frozen=True, slots=True)
class RunPayments:
    """Report what a run paid itself, and what each run paid that wrote the same layers at the same time."""

    own: list[PaidStage]
    others: dict[str, list[PaidStage]]


# submitting: being sent to the provider. submitted: accepted by the provider. lost: never received by the provider.
# The other states tell how the batch ended at the provider.
BatchState = Literal["submitting", "submitted", "completed", "failed", "expired", "cancelled", "lost"]


@dataclass(frozen=True, slots=True)
class ProviderBatch:
    """Represent a batch of requests that was sent to a provider's batch API.

    Attributes:
        batch_id: The id that the ledger gives to the batch.
        provider_id: The id that the provider gives to it; None until the provider confirms the batch.
        file_id: The id of the uploaded request file. Without it, the provider cannot have created a batch.
        reply_format: The response format of the requests: json_schema, json_object or none.
        created: When the batch was created, in UTC, ISO 8601.
        total: The number of requests, as last reported by the provider.
        done: The number of completed requests, as last reported.
        failed: The number of failed requests, as last reported.
        message: The error, if the batch failed.
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
    """Represent one request in a batch. ``reservation`` is the id of its reservation."""

    key: str
    term: str
    reservation: str


@dataclass(frozen=True, slots=True)
class BatchStart:
    """List the keys of the requests in a new batch.

    ``refused`` describes the budget that the next request could exceed. It is None if all requests are in the batch.
    """

    keys: frozenset[str]
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class RatesSeen:
    """Represent the rate limits in a provider's response headers, each None if the header is missing.

    Attributes:
        requests: The limit in requests per minute.
        requests_left: How many requests remain now.
        requests_reset_s: Seconds until the limit resets.
        tokens: The limit in tokens per minute.
        tokens_left: How many tokens remain now.
        tokens_reset_s: Seconds until the limit resets.
    """

    requests: int | None = None
    requests_left: int | None = None
    requests_reset_s: float | None = None
    tokens: int | None = None
    tokens_left: int | None = None
    tokens_reset_s: float | None = None


@dataclass(frozen=True, slots=True)
class Breaker:
    """Represent the circuit breaker of a model.

    ``opened`` and ``probe_at`` are Unix times. ``rest_s`` is the time between two probes, in seconds.
    """

    state: Literal["closed", "open", "half_open"] = "closed"
    opened: float = 0.0
    probe_at: float = 0.0
    rest_s: float = 0.0
    reason: str = ""


def provider_of(model: str) -> str:
    """Return the provider in a model's name: "openrouter" for "openrouter/anthropic/…", "default" if it names none."""
    return model.partition("/")[0] if "/" in model else "default"
