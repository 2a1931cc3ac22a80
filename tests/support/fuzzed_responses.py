"""Create random HTTP responses from a provider: good replies, errors, and other pages, each changed in a few ways.

The same seed always gives the same responses.
"""

import gzip
import json
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from support.fuzzed_json import changed_json, odd_usage
from support.model_replies import reply_text
from support.raw_server import RawResponse, completion

TERM = "우산"
RECORD = reply_text({"term": TERM, "definition": "umbrella"}, "1")
PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>object at 0x7f <b>…</b></body></html>"


@dataclass(frozen=True)
class FuzzedResponse:
    """A response and the known facts about it.

    Attributes:
        paid: Whether a model wrote a reply, which means that the call must be booked.
        altered: Whether the reply may contain wrong bytes, in which case its text may differ from ``RECORD``.
        free: Whether the call must not be booked because an error or an unrelated page arrives intact.
        steps: The names of the changes made, for use in messages.
    """

    number: int
    model: str
    response: RawResponse
    paid: bool
    altered: bool
    free: bool
    steps: tuple[str, ...]


@dataclass
class _Draft:
    """A response that is being changed. ``framing`` is one of ``_FRAMINGS``."""

    value: Any
    paid: bool
    model: str = "openai/test"
    status: int = 200
    body: bytes | None = None
    content_type: str = "application/json"
    headers: list[tuple[str, str]] | None = None
    framing: str = "length"
    altered: bool = False
    free: bool = False
    pause: float = 0.0


def fuzzed_response(number: int, slow: bool = True) -> FuzzedResponse:
    """Return response number ``number``. ``slow``: whether it may take longer than the timeout."""
    rng = random.Random(number)
    name = rng.choices(list(_SEEDS), [weight for _, weight in _SEEDS.values()])[0]
    seed = _SEEDS[name][0](rng)
    seed.headers, steps = [], [name]
    for _ in range(rng.randint(1, 3)):
        step = rng.choice([*_TREE * 2, *_BYTES, *_HTTP])
        steps.append(step.__name__.strip("_"))
        step(seed, rng)
    if seed.framing in ("trickle", "chunked broken") and not slow:
        seed.framing = "length"
    if seed.body is None:
        seed.body = _bytes(seed.value)
    if seed.status >= 300 or seed.status < 200 or seed.status == 204 or not seed.body:
        seed.paid = False
    if seed.framing in ("none", "garbage"):
        seed.paid = False
    free = (seed.free and not seed.altered) or seed.status >= 300
    free = free and not _unknown_status(seed)
    response = RawResponse(wire=_wire(seed, rng), pause=seed.pause)
    return FuzzedResponse(number, seed.model, response, seed.paid, seed.altered, free, tuple(steps))


def _unknown_status(draft: _Draft) -> bool:
    """Return whether the HTTP is so invalid that no client can read the status."""
    return (
        draft.framing == "odd length"
        or draft.status in (204, 304)
        or any("\x01" in value for _, value in draft.headers or ())
    )


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


# Seeds: what a provider or something in between sends.


def _good(rng: random.Random) -> _Draft:
    return _Draft(completion(RECORD, odd_usage(rng)), paid=True)


def _parts(rng: random.Random) -> _Draft:
    cut = rng.randrange(len(RECORD))
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": '{"term": "양산"}'}]}
    parts = [thinking, {"type": "text", "text": RECORD[:cut]}, {"type": "text", "text": RECORD[cut:]}]
    return _Draft(completion(parts, odd_usage(rng)), paid=True)


def _elsewhere(rng: random.Random) -> _Draft:
    messages = (
        {"reasoning_content": RECORD}, {"reasoning": RECORD},
        {"tool_calls": [{"id": "1", "type": "function", "function": {"name": "json", "arguments": RECORD}}]},
        {"refusal": "I can't help with that."},
        {"reasoning_content": "It rains."},
    )  # fmt: skip
    return _Draft(completion(rng.choice([None, "", []]), odd_usage(rng), **rng.choice(messages)), paid=True)


def _ended(rng: random.Random) -> _Draft:
    reason = rng.choice(["length", "content_filter", "error", "SAFETY", "eos", "", None, 7, ["stop"], "x" * 500])
    text = rng.choice([RECORD, RECORD[: rng.randrange(len(RECORD))], "", f"Sure!\n```json\n{RECORD}\n```"])
    value = completion(text, odd_usage(rng), reason)
    if rng.random() < 0.3:
        value["choices"][0]["error"] = rng.choice([{"code": 502, "message": "Provider disconnected"}, "gone", 502, [1]])
    return _Draft(value, paid=True)


def _anthropic(rng: random.Random) -> _Draft:
    usage = rng.choice([
        {"input_tokens": 2000, "output_tokens": 300}, {"input_tokens": 0, "output_tokens": 0}, {},
        {"input_tokens": 200, "cache_read_input_tokens": 1800, "output_tokens": 300}, None, odd_usage(rng),
    ])  # fmt: skip
    content = rng.choice([
        [{"type": "text", "text": RECORD}],
        [{"type": "thinking", "thinking": "Rain.", "signature": "x"}, {"type": "text", "text": RECORD}],
        [{"type": "tool_use", "id": "t", "name": "json_tool_call", "input": json.loads(RECORD)}],
    ])  # fmt: skip
    value = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test", "content": content,
        "stop_reason": rng.choice(["end_turn", "max_tokens", "refusal", "tool_use", None]), "usage": usage,
    }  # fmt: skip
    return _Draft(value, paid=True, model="anthropic/claude-test")


def _stream(rng: random.Random) -> _Draft:
    size, end = rng.choice([1, 7, 200]), rng.choice(["\n\n", "\r\n\r\n"])
    chunks: list[Any] = [{"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}]
    chunks += [
        {"choices": [{"index": 0, "delta": {"content": RECORD[at : at + size]}}]} for at in range(0, len(RECORD), size)
    ]
    chunks += [{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": odd_usage(rng)}]
    lines = [": PROCESSING", *(f"data: {json.dumps(chunk, ensure_ascii=False)}" for chunk in chunks), "data: [DONE]"]
    draft = _Draft(None, paid=True, content_type="text/event-stream", altered=False)
    draft.body = (end.join(lines) + end).encode()
    return draft


def _error(rng: random.Random) -> _Draft:
    message = rng.choice([
        "Rate limit exceeded", "Traceback (most recent call last):\n  File x", "<b>bad</b> object at 0x7f3a", "", "한국",
        "litellm.BadRequestError: no", "Please retry in 0.01s", "x" * 5000, "\ud800 \x00 \x1b[31mred", {"a": 1}, None,
    ])  # fmt: skip
    code = rng.choice(["rate_limit_exceeded", "server_error", "invalid_value", None, 429, "502", -1, 10**30, {}, True])
    value = rng.choice([
        {"error": {"message": message, "type": "x", "code": code}}, {"error": message}, {"detail": message},
        {"type": "error", "error": {"type": "overloaded_error", "message": message}},
        [{"error": {"code": code, "message": message, "status": "UNAVAILABLE"}}], {"errors": [message]}, message,
    ])  # fmt: skip
    status = rng.choice([400, 404, 408, 409, 413, 422, 425, 429, 429, 500, 502, 503, 504, 520, 529])
    return _Draft(value, paid=False, status=status, free=True)


def _error_as_200(rng: random.Random) -> _Draft:
    draft = _error(rng)
    draft.value = {"error": draft.value.get("error", 1) if isinstance(draft.value, dict) else draft.value or "no"}
    draft.status = 200
    return draft


def _page(rng: random.Random) -> _Draft:
    body = rng.choice([PAGE.encode(), b"OK", b"", b"upstream connect error", b"\x00\x01\x02", PAGE.encode("utf-16")])
    draft = _Draft(None, paid=False, status=rng.choice([200, 200, 403, 404, 502, 503]), content_type="text/html")
    draft.body, draft.free = body, True
    return draft


_SEEDS: dict[str, tuple[Callable[[random.Random], _Draft], int]] = {
    "good": (_good, 30), "parts": (_parts, 8), "elsewhere": (_elsewhere, 10), "ended": (_ended, 12),
    "anthropic": (_anthropic, 12), "stream": (_stream, 8), "error": (_error, 12), "error_as_200": (_error_as_200, 4),
    "page": (_page, 5),
}  # fmt: skip

# Changes of the JSON value. They keep the outermost object, so that it still looks like what it is.


def _tree(draft: _Draft, rng: random.Random) -> None:
    if draft.body is None:
        draft.value, altered = changed_json(draft.value, rng)
        draft.altered |= altered


def _usage(draft: _Draft, rng: random.Random) -> None:
    if draft.body is None and isinstance(draft.value, dict) and draft.paid:
        draft.value["usage"] = odd_usage(rng)


def _duplicate(draft: _Draft, rng: random.Random) -> None:
    """Repeat the outermost object's keys in the text, before or after the real ones."""
    if draft.body is None and isinstance(draft.value, dict) and draft.paid:
        text = _bytes(draft.value).decode("utf-8", "surrogatepass")
        name = rng.choice(['"usage": null', '"usage": {"prompt_tokens": "x"}', '"id": 7', '"created": NaN', '"x": {}'])
        text = rng.choice([f"{{{name}, {text[1:]}", f"{text[:-1]}, {name}}}"])
        draft.body = text.encode("utf-8", "surrogatepass")


def _odd_number(draft: _Draft, rng: random.Random) -> None:
    """Write a number that JSON allows or almost allows into the usage object."""
    if draft.body is None and isinstance(draft.value, dict) and draft.paid:
        draft.value["usage"] = {"prompt_tokens": "@", "completion_tokens": 300}
        number = rng.choice(["NaN", "Infinity", "-Infinity", "1e400", "9" * 5000, "-0", "1E2", "9" * 30, "[" * 3000])
        draft.body = _bytes(draft.value).replace(b'"@"', (number + "]" * number.count("[")).encode())


_TREE = (_tree, _tree, _tree, _usage, _duplicate, _odd_number)

# Changes of the bytes.


def _truncate(draft: _Draft, rng: random.Random) -> None:
    body = draft.body if draft.body is not None else _bytes(draft.value)
    draft.body, draft.altered = body[: rng.randrange(len(body) + 1)], True
    draft.free = draft.free or not draft.body


def _flip(draft: _Draft, rng: random.Random) -> None:
    body = bytearray(draft.body if draft.body is not None else _bytes(draft.value))
    for _ in range(rng.randint(1, 2)):
        if body:
            body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
    draft.body, draft.altered = bytes(body), True


def _insert(draft: _Draft, rng: random.Random) -> None:
    body = draft.body if draft.body is not None else _bytes(draft.value)
    at = rng.choice([0, len(body), rng.randrange(len(body) + 1)])
    odd = rng.choice(
        [b"\x00", b"\x00" * 50, b"\xff\xfe", b"\n\n   \n", b"\xef\xbb\xbf", b"x", b")]}',\n", b"\xed\xa0\x80"]
    )
    draft.body, draft.altered = body[:at] + odd + body[at:], True


def _recode(draft: _Draft, rng: random.Random) -> None:
    body = draft.body if draft.body is not None else _bytes(draft.value)
    text = body.decode("utf-8", "replace")
    draft.body = text.encode(rng.choice(["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp949"]), "replace")
    draft.altered = True  # the characters that the encoding lacks are replaced


_BYTES = (_truncate, _flip, _flip, _insert, _recode)

# Changes of the HTTP response.


def _status(draft: _Draft, rng: random.Random) -> None:
    draft.status = rng.choice(
        [rng.randrange(100, 600), 201, 202, 204, 206, 301, 302, 304, 307, 308, 401, 402, 403, 429]
    )
    draft.free = draft.free or draft.status in (204, 304)


def _header(draft: _Draft, rng: random.Random) -> None:
    assert draft.headers is not None
    for _ in range(rng.randint(1, 3)):
        draft.headers.append((rng.choice(_NAMES), rng.choice(_VALUES)))


def _type(draft: _Draft, rng: random.Random) -> None:
    draft.content_type = rng.choice([
        "text/html", "text/plain; charset=euc-kr", "", "application/octet-stream", "text/event-stream", "x" * 300,
        "application/json; charset=utf-16", "application/json; charset=nonsense", "multipart/form-data; boundary=x", "\xff",
    ])  # fmt: skip


def _frame(draft: _Draft, rng: random.Random) -> None:
    draft.framing = rng.choice(_FRAMINGS)
    if draft.framing in ("gzip garbage", "chunked broken", "label", "trickle", "long"):
        draft.altered = True


_HTTP = (_status, _header, _header, _type, _frame, _frame, _frame)

_NAMES = (
    "Retry-After", "Retry-After", "retry-after-ms", "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests",
    "x-ratelimit-reset-requests", "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
    "anthropic-ratelimit-requests-limit", "anthropic-ratelimit-requests-reset", "anthropic-ratelimit-tokens-remaining",
    "x-ratelimit-reset", "x-ratelimit-remaining", "Location", "Location", "Content-Encoding", "Set-Cookie", "Date",
    "Content-Language", "Link", "x-odd",
)  # fmt: skip
_VALUES = (
    "0", "1", "0.01", "-5", "soon", "86400", "1e9", "NaN", "9" * 400, "1790035200000", "1790000000", "23h59m", "12ms", "",
    "Wed, 21 Oct 2026 07:28:00 GMT", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59Z", "Wed, 99 Foo 9999 99:99:99 GMT",
    "1,000,000", "٣", "\xff\xfe", "x" * 7000, "x" * 20_000, "/v1/chat/completions", "http://[::1", "//", "file:///etc",
    "http://127.0.0.1:1/", "identity", "br", "zstd", "gzip, deflate", "http://exa mple/", "\x01", "1-01-01T00:00:00+23:59",
)  # fmt: skip
_FRAMINGS = (
    "gzip", "deflate", "raw deflate", "two gzips", "gzip garbage", "gzip cut", "label", "chunked", "chunked broken",
    "short", "long", "odd length", "no length", "none", "garbage", "trickle", "interim", "http10",
)  # fmt: skip


def _wire(draft: _Draft, rng: random.Random) -> list[bytes]:
    body = draft.body or b""
    encoding, body = _compressed(draft.framing, body)
    lines = [f"HTTP/1.{0 if draft.framing == 'http10' else 1} {draft.status} X", "Connection: close"]
    lines += [f"Content-Type: {draft.content_type}"] if draft.content_type else []
    lines += [f"{name}: {value}" for name, value in draft.headers or ()]
    lines += [f"Content-Encoding: {encoding}"] if encoding else []
    length, body = _framed(draft.framing, body, rng)
    head = "\r\n".join([*lines, *length, "", ""]).encode("latin-1", "backslashreplace")
    if draft.framing == "none":
        return [] if rng.random() < 0.5 else [head[: rng.randrange(len(head))]]
    if draft.framing == "garbage":
        return [rng.choice([b"\x15\x03\x01\x00\x02\x02\x16", b"SSH-2.0-x\r\n", b"\x00" * 9000, b"HTTP/9 abc\r\n\r\n"])]
    if draft.framing == "interim":
        return [b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", head, body]
    if draft.framing == "trickle":
        draft.pause = 0.5
        return [head, *(body[at : at + 1] for at in range(4)), body[4:]]
    return [head, body]


def _compressed(framing: str, body: bytes) -> tuple[str, bytes]:
    """Return the content encoding and the encoded body."""
    packer = zlib.compressobj(wbits=-15)
    return {
        "gzip": lambda: ("gzip", gzip.compress(body, 1)),
        "deflate": lambda: ("deflate", zlib.compress(body)),
        "raw deflate": lambda: ("deflate", packer.compress(body) + packer.flush()),
        "two gzips": lambda: ("gzip", gzip.compress(body[:50]) + gzip.compress(body[50:])),
        "gzip garbage": lambda: ("gzip", b"\x1f\x8b\x08\x00" + body[::-1]),
        "gzip cut": lambda: ("gzip", gzip.compress(body, 1)[:-12]),
        "label": lambda: ("gzip", body),
    }.get(framing, lambda: ("", body))()


def _framed(framing: str, body: bytes, rng: random.Random) -> tuple[list[str], bytes]:
    """Return the length headers and the bytes to send."""
    if framing.startswith("chunked"):
        cut = len(body) // 2
        chunks = (
            b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:cut], body[cut:]) if part) + b"0\r\n\r\n"
        )
        if framing == "chunked broken":
            chunks = rng.choice(
                [chunks[:-7], chunks.replace(b"\r\n", b"\n", 1), b"zz\r\n" + chunks, b"f" * 20 + chunks]
            )
        return ["Transfer-Encoding: chunked"], chunks
    length = {
        "short": str(max(0, len(body) - 20)), "long": rng.choice([str(len(body) + 9), "9" * 18, "9" * 40]),
        "odd length": rng.choice(["-1", "abc", "", "1, 2", "+5"]),
    }.get(framing, str(len(body)))  # fmt: skip
    return [] if framing == "no length" else [f"Content-Length: {length}"], body
