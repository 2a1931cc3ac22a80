"""Define the model server's settings as plain values, which are passed to its process as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from support.server_faults import BEHAVIORS


@dataclass
class Script:
    """The server's behavior. All durations are in seconds. A *behavior* is a name in ``BEHAVIORS``.

    The first applicable setting in this list determines the behavior for a chat request: ``outage``, ``bans``,
    ``rates`` and ``token_rates``, ``broken_models``, ``rejects_…``, ``by_term``, ``from_call``, ``shares``, and
    ``always``.
    """

    latency: float = 0.0
    # if not 0, ``latency`` is a median: each request's latency is drawn from a log-normal distribution with this sigma, by
    # a hash with ``seed``
    latency_sigma: float = 0.0
    # maximum of requests processed at once, each for ``latency``; others wait, so latency grows with load
    capacity: int | None = None

    # behavior -> share of all (request, attempt) pairs, chosen by a hash with ``seed``, so it is reproducible
    shares: dict[str, float] = field(default_factory=dict)
    seed: int = 0
    # after this many failures by ``shares`` or ``batch_result``, a request (model, messages) gets a good reply
    fails_at_most: int = 1
    # term -> behaviors of its 1st, 2nd, … request, including repairs; later requests get a good reply
    by_term: dict[str, list[str]] = field(default_factory=dict)
    # (n, behavior): applies to the n-th chat request (from 1) and all later ones
    from_call: tuple[int, str] | None = None
    always: str = "ok"
    # (n, seconds, behavior): applies to all chat requests for that many seconds from the n-th chat request
    outage: tuple[int, float, str] | None = None
    # model name in the request -> behavior of every request
    broken_models: dict[str, str] = field(default_factory=dict)
    # "METHOD /path/{id}" of a files or batches endpoint -> behaviors of its 1st, 2nd, … call; later calls succeed
    endpoint_faults: dict[str, list[str]] = field(default_factory=dict)

    # Retry-After of a "429", None for no header; if set, a "429-rate" sends the real seconds to wait
    retry_after: str | None = "1"
    # (since, most): from ``since`` seconds after the first chat request, at most this many in any ``window`` seconds.
    # A request above the limit gets "429-rate" and does not count
    rates: list[tuple[float, int]] = field(default_factory=list)
    # the same for tokens, prompt and completion together
    token_rates: list[tuple[float, int]] = field(default_factory=list)
    window: float = 60.0
    # send OpenAI's x-ratelimit-* headers for these limits with every chat reply
    rate_headers: bool = False
    # after one request above a limit, every later one gets "403-ban"
    bans: bool = False

    # send HTTP 400 for the response_format json_schema, and for json_object
    rejects_schema: bool = False
    rejects_json_object: bool = False

    # tokens in usage (default: a fourth of the characters); completion tokens never exceed the request's limit
    tokens_in: int | None = None
    tokens_out: int | None = None
    # (least, most): completion tokens in usage, evenly spread over the requests by a hash
    tokens_out_spread: tuple[int, int] | None = None
    # prompt tokens in usage that were read from the provider's cache, and completion tokens for reasoning, which are
    # added to those of the text
    cached_tokens: int = 0
    reasoning_tokens: int = 0

    # time until a batch ends, how it ends, behavior -> share of its lines, and the share processed if it does not complete
    batch_seconds: float = 0.0
    batch_end: str = "completed"  # or "expired", "failed", "cancelled"
    batch_result: dict[str, float] = field(default_factory=dict)
    batch_done: float = 0.5

    def __post_init__(self) -> None:
        """Raise ValueError if any behavior does not exist."""
        if unknown := set(self._behaviors()) - set(BEHAVIORS):
            raise ValueError(f"unknown behavior: {', '.join(sorted(unknown))}. Known behaviors: {', '.join(BEHAVIORS)}")

    def _behaviors(self) -> Iterator[str]:
        yield self.always
        yield from (*self.shares, *self.batch_result, *self.broken_models.values())
        for planned in (*self.by_term.values(), *self.endpoint_faults.values()):
            yield from planned
        yield from (plan[-1] for plan in (self.from_call, self.outage) if plan)
