"""What the tests' model server is told to do: plain values, so that they travel to its process as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from support.server_faults import BEHAVIOURS


@dataclass
class Script:
    """The server's part. All durations and latencies are in seconds; a *behaviour* is a name in ``BEHAVIOURS``.

    What a chat request gets is decided by, in this order: ``outage``, ``bans``, ``rates`` and ``token_rates``,
    ``broken_models``, ``rejects_…``, ``by_term``, ``from_call``, ``shares``, ``always``.
    """

    latency: float = 0.0
    # requests worked on at once, each for ``latency``; more wait their turn, so that latency grows with load
    capacity: int | None = None

    # behaviour -> share of all (request, attempt) pairs; decided by a hash with ``seed``, hence reproducible
    shares: dict[str, float] = field(default_factory=dict)
    seed: int = 0
    # a request (model, messages) that failed so often by ``shares`` or ``batch_result`` gets a good reply from then on
    fails_at_most: int = 1
    # term -> behaviours of its 1st, 2nd, … request, repairs among them; the later ones get a good reply
    by_term: dict[str, list[str]] = field(default_factory=dict)
    # (n, behaviour): the n-th chat request of all (from 1) and every later one
    from_call: tuple[int, str] | None = None
    always: str = "ok"
    # (n, seconds, behaviour): from the n-th chat request on and for so long, every chat request
    outage: tuple[int, float, str] | None = None
    # model, as the server sees its name -> behaviour of every request
    broken_models: dict[str, str] = field(default_factory=dict)
    # "METHOD /path/{id}" of a files or batches endpoint -> behaviours of its 1st, 2nd, … call; the later ones work
    endpoint_faults: dict[str, list[str]] = field(default_factory=dict)

    # the header's text of a "429", or None for no header; any text has a "429-rate" send the real seconds to wait
    retry_after: str | None = "1"
    # (since, most): from ``since`` seconds after the first chat request, at most so many within any ``window`` seconds.
    # What is over it gets "429-rate" and does not count
    rates: list[tuple[float, int]] = field(default_factory=list)
    # the same for tokens, prompt and completion together
    token_rates: list[tuple[float, int]] = field(default_factory=list)
    window: float = 60.0
    # OpenAI's x-ratelimit-* headers on every chat reply, of the rates there are
    rate_headers: bool = False
    # after one request over a rate, every later one gets "403-ban"
    bans: bool = False

    # HTTP 400 for response_format json_schema / for json_object too
    rejects_schema: bool = False
    rejects_json_object: bool = False

    # tokens that usage claims, in place of a fourth of the characters; completion tokens never pass the request's limit
    tokens_in: int | None = None
    tokens_out: int | None = None
    # (least, most): completion tokens claimed, evenly spread over the requests by a hash
    tokens_out_spread: tuple[int, int] | None = None
    # prompt tokens claimed as read from the provider's cache, and completion tokens claimed as reasoning (added to the
    # text's own)
    cached_tokens: int = 0
    reasoning_tokens: int = 0

    # until a batch ends, how it ends, behaviour -> share of its lines, and the share done where it does not complete
    batch_seconds: float = 0.0
    batch_end: str = "completed"  # or "expired", "failed", "cancelled"
    batch_result: dict[str, float] = field(default_factory=dict)
    batch_done: float = 0.5

    def __post_init__(self) -> None:
        """Raises ValueError for a behaviour that does not exist."""
        if unknown := set(self._behaviours()) - set(BEHAVIOURS):
            raise ValueError(f"no such behaviour: {', '.join(sorted(unknown))}. There are: {', '.join(BEHAVIOURS)}")

    def _behaviours(self) -> Iterator[str]:
        yield self.always
        yield from (*self.shares, *self.batch_result, *self.broken_models.values())
        for planned in (*self.by_term.values(), *self.endpoint_faults.values()):
            yield from planned
        yield from (plan[-1] for plan in (self.from_call, self.outage) if plan)
