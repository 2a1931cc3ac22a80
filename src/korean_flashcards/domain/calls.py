"""Define the types that the model client and the ledger exchange: calls, reservations, batches, and rate limits."""

from dataclasses import dataclass
from typing import Literal

from korean_flashcards.domain.records import Stage

# ask: the request for a word. repair: a request for the failed parts of a reply. probe: a test call made by
# `kedro llm doctor`.
CallKind = Literal["ask", "repair", "probe"]
# The source of a call's tokens and cost. reported: the provider. counted: our own count, because the provider reported
# nothing or something impossible. reserved: the maximum, because the reply could not be counted. corrected: the user.
UsageSource = Literal["reported", "counted", "reserved", "corrected"]
# The names of the offline models begin with this prefix. Their calls are free.
OFFLINE_PREFIX = "offline/"


@dataclass(frozen=True, slots=True)
class Call:
    """One call to a model, as recorded in the ledger.

    Attributes:
        at: The Unix time when the call was made.
        key: The cache key of the request.
        attempt: The attempt number within this run, starting at 1.
        outcome: "ok" or a FailureCode.
        tokens_in: Prompt tokens, including ``tokens_cached``.
        tokens_out: Reply tokens, including ``tokens_reasoning``.
        usd: The cost in USD, or None if the price is unknown.
        latency_s: Seconds from sending the request to receiving the reply.
        queue_s: Seconds that the request spent in the queue because of rate limits and pauses.
        fixed: Whether the reply was accepted only after local JSON repairs, such as removing code fences.
        batch: Whether the call used the provider's batch API.
        reservation: The ID of this call's reservation, if any.
        booked: The source of the token counts and the cost.
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
    """A request to reserve the maximum cost of one call, in USD and tokens.

    ``reservation`` is the ID of the reservation.
    """

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
    """The result of requesting reservations.

    Attributes:
        granted: The number of reservations granted, starting with the first one requested.
        refused: A description of the budget that the next reservation could exceed, or None if all reservations were
            granted.
        outstanding: The number of open reservations across all runs. Settling reservations may free up some budget.
    """

    granted: int
    refused: str | None = None
    outstanding: int = 0


@dataclass(frozen=True, slots=True)
class LeftoverReservation:
    """A reservation left behind by a run that died. The reserved call may already have been made and billed."""

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
    """A cached reply's cost, used if a run died before recording the paid call.

    Attributes:
        usd: The cost in USD, or None if the price is unknown.
        whole: Whether the totals include the same run's earlier calls for the same request.
    """

    usd: float | None
    tokens_in: int
    tokens_out: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class PaidStage:
    """The totals of one run's calls in one stage, including calls without a reply.

    Attributes:
        requests: The number of requests for which calls were made. Calls to a fallback belong to the same request.
        unpriced: The number of calls whose price is unknown.
        reserved: The number of calls booked at their maximum cost, because their actual cost is unknown.
        reserved_usd: The total cost of these calls.
        models: The models that were called, in order of their first call.
        keys: The cache keys of the calls. A fallback's calls have different keys.
    """

    stage: Stage
    requests: int
    calls: int
    tokens_in: int
    tokens_out: int
    usd: float
    unpriced: int
    reserved: int
    reserved_usd: float
    models: tuple[str, ...]
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class RunPayments:
    """A run's own payments by stage, and those of every other run that wrote the same layers at the same time.

    A stage without calls is left out.
    """

    own: list[PaidStage]
    others: dict[str, list[PaidStage]]


# submitting: being sent to the provider. submitted: accepted by the provider. lost: never received by the provider.
# The other states say how the batch ended at the provider.
BatchState = Literal["submitting", "submitted", "completed", "failed", "expired", "cancelled", "lost"]


@dataclass(frozen=True, slots=True)
class ProviderBatch:
    """A batch of requests sent to a provider's batch API.

    Attributes:
        batch_id: The batch's ID in the ledger.
        provider_id: The batch's ID at the provider, or None until the provider confirms the batch.
        file_id: The ID of the uploaded request file. Without this ID, the provider cannot have created a batch.
        reply_format: The requests' response format: json_schema, json_object, or none.
        created: When the batch was created (UTC, ISO 8601).
        total: The number of requests, as last reported by the provider.
        done: The number of completed requests, as last reported by the provider.
        failed: The number of failed requests, as last reported by the provider.
        message: The error message, if the batch failed.
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
    """One request in a batch. ``reservation`` is the ID of the request's reservation."""

    key: str
    term: str
    reservation: str


@dataclass(frozen=True, slots=True)
class BatchStart:
    """The keys of the requests in a new batch.

    ``refused`` describes the budget that the next request could exceed, or is None if the batch contains all requests.
    """

    keys: frozenset[str]
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class RatesSeen:
    """The rate limits in a provider's response headers. A value is None if its header is missing.

    Attributes:
        requests: The maximum number of requests per minute.
        requests_left: The number of requests still allowed before the limit resets.
        requests_reset_s: Seconds until the request limit resets.
        tokens: The maximum number of tokens per minute.
        tokens_left: The number of tokens still allowed before the limit resets.
        tokens_reset_s: Seconds until the token limit resets.
    """

    requests: int | None = None
    requests_left: int | None = None
    requests_reset_s: float | None = None
    tokens: int | None = None
    tokens_left: int | None = None
    tokens_reset_s: float | None = None

    @property
    def wait_s(self) -> float:
        """Return the number of seconds until every rate limit that has been reached is reset."""
        return max(
            self.requests_reset_s or 0.0 if self.requests_left == 0 else 0.0,
            self.tokens_reset_s or 0.0 if self.tokens_left == 0 else 0.0,
        )


@dataclass(frozen=True, slots=True)
class Breaker:
    """A model's circuit breaker.

    ``opened`` and ``probe_at`` are Unix times. ``rest_s`` is the time between probes, in seconds.
    """

    state: Literal["closed", "open", "half_open"] = "closed"
    opened: float = 0.0
    probe_at: float = 0.0
    rest_s: float = 0.0
    reason: str = ""


def names_model(name: str, model: str) -> bool:
    """Return whether a budget's model name refers to the model. A name without a provider refers to every provider's."""
    return name == model if "/" in name else name == model.rpartition("/")[2]


def provider_of(model: str) -> str:
    """Return the provider in a model name: "openrouter" for "openrouter/anthropic/…", or "default" if there is none."""
    return model.partition("/")[0] if "/" in model else "default"
