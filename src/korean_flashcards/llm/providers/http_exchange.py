"""The HTTP session for all calls: it limits the size of responses, protects keys on redirects, and keeps the raw response.

litellm parses a response before it returns it, so a single odd value can hide a reply that was paid for. This session
keeps the bytes that arrived, whatever litellm makes of them.
"""

import asyncio
import contextlib
import contextvars
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, ClientSession, StreamReader

# Bytes of a response, compressed or not. The longest replies of current models (128,000 tokens) take less than a megabyte.
MOST_BYTES = 32 * 2**20
# The only headers that are sent to a different host after a redirect. All others may contain a key.
HARMLESS_HEADERS = frozenset({"accept", "accept-encoding", "content-length", "content-type", "host", "user-agent"})
# The compressions that can be undone step by step, which the size limit needs.
_ENCODINGS = "gzip, deflate"


@dataclass(slots=True)
class HttpExchange:
    """The last response to one call.

    Attributes:
        status: The HTTP status, or None before the first response.
        headers: The response headers, with lower-case names.
        body: The decoded bytes, or None if the response was not received in full.
        too_large: Whether the response was abandoned because it exceeds ``MOST_BYTES``.
        redirected_to: The host to which a redirect led, or None.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    too_large: bool = False
    redirected_to: str | None = None
    origin: tuple[str, str | None, int | None] | None = None

    @property
    def was_cut_off(self) -> bool:
        """Return whether a successful response began but did not arrive in full. It may have been billed."""
        return self.status == 200 and self.body is None


_current: contextvars.ContextVar[HttpExchange] = contextvars.ContextVar("http_exchange")


@contextlib.contextmanager
def recorded_exchange() -> Iterator[HttpExchange]:
    """Yield an exchange that records the responses to the calls in this context."""
    exchange = HttpExchange()
    token = _current.set(exchange)
    try:
        yield exchange
    finally:
        _current.reset(token)


def recording_session() -> "ClientSession":
    """Return an HTTP session for the running event loop that records into the current exchange. The caller closes it."""
    # A late import saves 0.3 s in runs that send nothing.
    from aiohttp import ClientSession, DummyCookieJar, TCPConnector

    # No limit on connections, because ``llm.concurrency`` limits the calls.
    connector = TCPConnector(limit=0, ttl_dns_cache=300)
    return ClientSession(connector=connector, cookie_jar=DummyCookieJar(), middlewares=(_record,))


async def _record(request: "ClientRequest", handler: "ClientHandlerType") -> "ClientResponse":
    """Send one request of a call, and keep its response in the current exchange."""
    exchange = _current.get(None)
    if exchange is None:
        return await handler(request)
    _protect_keys(request, exchange)
    exchange.status, exchange.headers, exchange.body = None, {}, None
    response = await handler(request)
    exchange.status = response.status
    exchange.headers = {name.lower(): value for name, value in response.headers.items()}
    received = await _received(response, exchange)
    exchange.body = _decoded(received, exchange)
    response.content = _replayed(received)
    return response


def _protect_keys(request: "ClientRequest", exchange: HttpExchange) -> None:
    """Remove all headers that may contain a key from a request that a redirect sends to a different host."""
    origin = (request.url.scheme, request.url.host, request.url.port)
    exchange.origin = exchange.origin or origin
    if origin != exchange.origin:
        exchange.redirected_to = request.url.host
        for name in [name for name in request.headers if name.lower() not in HARMLESS_HEADERS]:
            del request.headers[name]
    request.headers["Accept-Encoding"] = _ENCODINGS


async def _received(response: "ClientResponse", exchange: HttpExchange) -> bytes:
    """Return the bytes of the response as they were sent."""
    parts, size = [], 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > MOST_BYTES:
            raise _too_large(response, exchange)
        parts.append(part)
    received = b"".join(parts)
    if _decoded(received, exchange) is None and exchange.too_large:
        raise _too_large(response, exchange)
    return received


def _too_large(response: "ClientResponse", exchange: HttpExchange) -> Exception:
    from aiohttp import ClientPayloadError  # a late import, as above

    exchange.too_large = True
    response.close()
    return ClientPayloadError(f"the response is larger than {MOST_BYTES // 2**20} MiB")


def _decoded(received: bytes, exchange: HttpExchange) -> bytes | None:
    """Return the decompressed bytes. Return None, and set ``too_large``, if they exceed ``MOST_BYTES``."""
    encoding = exchange.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("gzip", "x-gzip", "deflate"):
        return received
    # 47: gzip or zlib, recognized by the header. -15: deflate without a header, which some servers send.
    for window in (47, -15):
        decoder = zlib.decompressobj(window)
        try:
            decoded = decoder.decompress(received, MOST_BYTES)
        except zlib.error:
            continue
        exchange.too_large = bool(decoder.unconsumed_tail)
        return None if exchange.too_large else decoded
    return received


def _replayed(received: bytes) -> "StreamReader":
    """Return a stream from which litellm reads the same bytes again."""
    from aiohttp import StreamReader  # a late import, as above
    from aiohttp.base_protocol import BaseProtocol  # a late import, as above

    loop = asyncio.get_running_loop()
    stream = StreamReader(BaseProtocol(loop), limit=2**16, loop=loop)
    if received:
        stream.feed_data(received)
    stream.feed_eof()
    return stream
