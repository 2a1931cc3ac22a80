"""The HTTP session for all calls, which limits response sizes, protects keys on redirects, and keeps raw responses.

litellm parses each response, so a single unexpected value can hide a reply that was paid for. This session keeps the
received bytes, even if litellm cannot parse them. A reply that this project reads itself ends the call at once, because
litellm would need more than a millisecond to translate and price it.
"""

import asyncio
import contextlib
import contextvars
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from korean_flashcards.llm.providers.base import on_leaving
from korean_flashcards.llm.providers.reply_body import ReplyBody, read_body

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, ClientSession, StreamReader

# Maximum size of a response in bytes, compressed or not. The longest replies from current models (128,000 tokens) are
# smaller than a megabyte.
MOST_BYTES = 32 * 2**20
# The only headers that are sent to a different host after a redirect. All others may contain a key.
HARMLESS_HEADERS = frozenset({"accept", "accept-encoding", "content-length", "content-type", "host", "user-agent"})
# Maximum size of a header in bytes. Proxies send long cookies and policies, and with aiohttp's default of 8 KiB, such a
# reply would be lost.
_LONGEST_HEADER = 2**17
# Providers redirect a call at most once or twice. A loop would send the same request again and again.
_MOST_REDIRECTS = 3
# The compression formats that can be decompressed incrementally, which is necessary to enforce the size limit.
_ENCODINGS = "gzip, deflate"


@dataclass(slots=True)
class HttpExchange:
    """The last response received during a call.

    Attributes:
        status: The HTTP status, or None before the first response.
        headers: The response headers, with lowercase names.
        body: The decoded bytes, or None if the response was not received in full or cannot be decoded.
        too_large: Whether the response was discarded because it exceeded ``MOST_BYTES``.
        reply: The content of a successful response, if it is in OpenAI's chat format.
        unreadable: Why the response cannot be decoded, or None.
        request: The last request for the call that was sent through this session.
        requests: Number of requests for the call that were sent through this session. A redirect causes another one.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    reply: ReplyBody | None = None
    too_large: bool = False
    request: "ClientRequest | None" = None
    requests: int = 0
    origin: tuple[str, str | None, int | None] | None = None
    unreadable: str | None = None

    @property
    def left(self) -> bool:
        """Return whether a request for the call was sent through this session."""
        return self.requests > 0

    @property
    def redirected(self) -> bool:
        """Return whether the last response redirects the call."""
        return self.status is not None and 300 <= self.status < 400

    @property
    def redirect_loop(self) -> bool:
        """Return whether the server redirected the call too often."""
        return self.requests > _MOST_REDIRECTS

    @property
    def was_cut_off(self) -> bool:
        """Return whether a successful response started to arrive but was cut off. The call may have been billed."""
        return self.status is not None and 200 <= self.status < 300 and self.body is None


class ReplyArrived(BaseException):
    """Raised to end a call when its reply has arrived and litellm does not have to translate it.

    Like ``asyncio.CancelledError``, it is not an ``Exception``, so libraries do not handle it as a failed request.
    """


_current: contextvars.ContextVar[HttpExchange] = contextvars.ContextVar("http_exchange")


@contextlib.contextmanager
def recorded_exchange() -> Iterator[HttpExchange]:
    """Yield an exchange that records the responses to calls made in this context."""
    exchange = HttpExchange()
    token = _current.set(exchange)
    try:
        yield exchange
    finally:
        _current.reset(token)


def recording_session() -> "ClientSession":
    """Return an HTTP session that records responses in the current exchange. The caller must close it."""
    # A late import saves 0.3 s in runs that make no calls.
    from aiohttp import ClientSession, DummyCookieJar, TCPConnector, TraceConfig

    # Connections need no limit, because ``llm.concurrency`` limits the calls.
    connector = TCPConnector(limit=0, ttl_dns_cache=300)
    # A call leaves when it has a connection. If the run dies while it is still connecting, nothing was sent.
    leaving = TraceConfig()
    leaving.on_connection_create_end.append(_leave)
    leaving.on_connection_reuseconn.append(_leave)
    return ClientSession(
        connector=connector, cookie_jar=DummyCookieJar(), middlewares=(_record,), max_line_size=_LONGEST_HEADER,
        max_field_size=_LONGEST_HEADER, trace_configs=[leaving],
    )  # fmt: skip


async def _record(request: "ClientRequest", handler: "ClientHandlerType") -> "ClientResponse":
    """Send one of a call's requests, and keep the response in the current exchange."""
    from aiohttp import ClientConnectionError  # a late import, as above

    exchange = _current.get(None)
    if exchange is None:
        return await handler(request)
    if exchange.redirect_loop:
        raise ClientConnectionError("too many redirects")
    _protect_keys(request, exchange)
    exchange.requests += 1
    exchange.request = request
    exchange.status, exchange.headers, exchange.body, exchange.reply = None, {}, None, None
    response = await _response(request, handler, exchange)
    exchange.status = response.status
    exchange.headers = {name.lower(): value for name, value in response.headers.items()}
    received = await _received(response, exchange)
    exchange.body = _decoded(received, exchange)
    if exchange.too_large:
        raise _too_large(response, exchange)
    exchange.reply = _chat_reply(exchange)
    if exchange.reply is not None:
        raise ReplyArrived
    response.content = _replayed(received)
    return response


def _chat_reply(exchange: HttpExchange) -> ReplyBody | None:
    """Return the content of a successful response in OpenAI's chat format, or None for any other response."""
    if exchange.status is None or not 200 <= exchange.status < 300 or exchange.body is None:
        return None
    read = read_body(exchange.body)
    return read if read is not None and read.chat else None


async def _leave(*_: object) -> None:
    """Record that a call leaves now. The call is not sent if this fails."""
    if (note := on_leaving.get()) is not None:
        note()


async def _response(request: "ClientRequest", handler: "ClientHandlerType", exchange: HttpExchange) -> "ClientResponse":
    """Send the request. Mark the exchange as unreadable if the headers are invalid: a reply may still have arrived."""
    from aiohttp import ClientResponseError  # a late import, as above
    from aiohttp.http_exceptions import BadStatusLine  # a late import, as above

    try:
        return await handler(request)
    except ClientResponseError as error:
        # aiohttp's two parsers report a server that does not use HTTP in different ways. Such a server sent no reply.
        if not (isinstance(error.__cause__, BadStatusLine) or error.message.startswith("Bad status line")):
            exchange.unreadable = "its HTTP headers are invalid"
        raise


def _protect_keys(request: "ClientRequest", exchange: HttpExchange) -> None:
    """Remove all headers that may contain a key from a request that a redirect sends to a different host."""
    origin = (request.url.scheme, request.url.host, request.url.port)
    exchange.origin = exchange.origin or origin
    if origin != exchange.origin:
        for name in [name for name in request.headers if name.lower() not in HARMLESS_HEADERS]:
            del request.headers[name]
    request.headers["Accept-Encoding"] = _ENCODINGS


async def _received(response: "ClientResponse", exchange: HttpExchange) -> bytes:
    """Return the response's bytes exactly as they were sent."""
    parts, size = [], 0
    try:
        async for part in response.content.iter_any():
            size += len(part)
            if size > MOST_BYTES:
                raise _too_large(response, exchange)
            parts.append(part)
    except BaseException:  # including timeouts; otherwise, aiohttp would report an unclosed connection
        response.close()
        raise
    return b"".join(parts)


def _too_large(response: "ClientResponse", exchange: HttpExchange) -> Exception:
    from aiohttp import ClientPayloadError  # a late import, as above

    exchange.too_large = True
    response.close()
    return ClientPayloadError(f"the response is larger than {MOST_BYTES // 2**20} MiB")


def _decoded(received: bytes, exchange: HttpExchange) -> bytes | None:
    """Return the decompressed bytes. If that is impossible, set ``too_large`` or ``unreadable`` and return None."""
    encoding = exchange.headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity") or _is_text(received):
        return received  # some servers declare a compression that they do not use
    # 47: gzip or zlib, recognized by the header. -15: deflate without a header, which some servers send.
    for window in (47, -15) if encoding in ("gzip", "x-gzip", "deflate") else ():
        with contextlib.suppress(zlib.error):
            decoded = _decompressed(received, window)
            exchange.too_large = len(decoded) > MOST_BYTES
            return None if exchange.too_large else decoded
    if exchange.was_cut_off:
        exchange.unreadable = f"it cannot be decompressed ({encoding[:20]})"
        return None
    return b""  # for an error, the status is enough


def _decompressed(received: bytes, window: int) -> bytes:
    """Return the decompressed bytes of all parts, stopping soon after ``MOST_BYTES``.

    Raises:
        zlib.error: The bytes are not in this compression format, or they end too early.
    """
    decoded, rest = b"", received
    while rest:
        decoder = zlib.decompressobj(window)
        try:
            decoded += decoder.decompress(rest, MOST_BYTES + 1)
        except zlib.error:
            if decoded:
                break  # other data follows the compressed data
            raise
        if len(decoded) > MOST_BYTES:
            break
        if not decoder.eof:
            raise zlib.error("the data ends too early")
        rest = decoder.unused_data.lstrip(b"\x00")  # gzip data may be followed by zeros
    return decoded


def _is_text(received: bytes) -> bool:
    """Return whether the bytes are valid UTF-8, which compressed data never is."""
    try:
        received.decode()
    except UnicodeDecodeError:
        return False
    return True


def _replayed(received: bytes) -> "StreamReader":
    """Return a stream from which litellm can read the same bytes again."""
    from aiohttp import StreamReader  # a late import, as above
    from aiohttp.base_protocol import BaseProtocol  # a late import, as above

    loop = asyncio.get_running_loop()
    stream = StreamReader(BaseProtocol(loop), limit=2**16, loop=loop)
    if received:
        stream.feed_data(received)
    stream.feed_eof()
    return stream
