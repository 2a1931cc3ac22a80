"""Test responses that are damaged on the way or encoded oddly: nothing of them is lost, and no damaged text is used."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from support.raw_server import RawResponse, RawServer, completion, json_response
from support.requests_to_send import TEMPLATE, NuanceRuns, make_requests, settings

from korean_flashcards.domain.records import FailureCode, PendingCode
from korean_flashcards.domain.requests import ChatReply
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.llm.providers.error_text import plain_text
from korean_flashcards.llm.providers.reply_body import read_body

GOOD = '{"term": "배", "meaning": "a pear"}'
USAGE = {"prompt_tokens": 20, "completion_tokens": 30}
BODY = json.dumps(completion(GOOD, USAGE), ensure_ascii=False).encode()
JSON = {"Content-Type": "application/json"}


def send(client: LLMClient, response: RawResponse) -> ChatReply:
    with RawServer(lambda *_: response) as server:
        (reply,) = client.complete(
            TEMPLATE,
            make_requests(["배"]),
            settings(server.url, backoff=0.0, max_attempts=1, max_pause=0.3, timeout=5.0),
        )
    return reply


def stream(*deltas: dict[str, Any], end: str = "\n\n") -> bytes:
    chunks = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    return "".join(f"data: {json.dumps(chunk, ensure_ascii=False)}{end}" for chunk in chunks).encode()


def with_usage(number: str) -> bytes:
    return BODY.replace(b'"prompt_tokens": 20', f'"prompt_tokens": {number}'.encode())


def wire(*lines: bytes, body: bytes = BODY) -> RawResponse:
    head = [b"HTTP/1.1 200 OK", b"Content-Type: application/json", b"Connection: close", *lines, b"", b""]
    return RawResponse(wire=[b"\r\n".join(head), body])


@pytest.mark.parametrize(
    "response",
    [
        RawResponse(BODY.decode().encode("utf-16")),
        RawResponse(BODY.decode().encode("utf-32-le")),
        RawResponse(b"\x00" * 9 + BODY + b"\x00\n"),
        RawResponse(b")]}',\n" + BODY),
        RawResponse(BODY + b"\n" + BODY),
        RawResponse(with_usage("9" * 5000)),
        RawResponse(with_usage("NaN")),
        RawResponse(with_usage("[" * 5000 + "]" * 5000)),
        RawResponse(BODY.replace(b'"id": "chatcmpl-1"', b'"id": "\xff\xfe"')),
        RawResponse(gzip.compress(BODY[:40]) + gzip.compress(BODY[40:]), headers=JSON | {"Content-Encoding": "gzip"}),
        RawResponse(gzip.compress(BODY) + b"\x00" * 9, headers=JSON | {"Content-Encoding": "x-gzip"}),
        RawResponse(zlib.compress(BODY), headers=JSON | {"Content-Encoding": "deflate"}),
        RawResponse(BODY, headers=JSON | {"Content-Encoding": "gzip"}),
        RawResponse(BODY, headers=JSON | {"Content-Encoding": "br"}),
        RawResponse(BODY, headers=JSON | {"Set-Cookie": "x" * 30_000}),
    ],
)
def test_an_oddly_encoded_reply_is_read(client: LLMClient, response: RawResponse) -> None:
    reply = send(client, response)
    assert reply.code is None and reply.text == GOOD, reply.message


@pytest.mark.slow
@pytest.mark.parametrize(
    "response",
    [
        RawResponse(BODY[:-9]),
        RawResponse(BODY[: len(BODY) // 2]),
        RawResponse(BODY.replace("배".encode(), b"\xeb\xb0\xb0\xff")),
        RawResponse(BODY.replace(b"a pear", b"a p\xc3ar")),
        RawResponse(BODY.decode().encode("utf-16")[:-7]),
        RawResponse(stream({"content": GOOD[:20]}, {"content": GOOD[20:]}).replace(b'{"index"', b'{"ind', 1)),
        RawResponse(gzip.compress(BODY)[:-12], headers=JSON | {"Content-Encoding": "gzip"}),
        RawResponse(b"\x1f\x8b\x08\x00\xff" + BODY, headers=JSON | {"Content-Encoding": "gzip"}),
        RawResponse(b"\x0b\x80\xff\x00" * 9, headers=JSON | {"Content-Encoding": "br"}),
        wire(b"Content-Length: -1"),
        wire(b"Content-Length: 9999"),
        wire(b"Transfer-Encoding: chunked", body=b"zz\r\n" + BODY),
        json_response({"id": "chatcmpl-1", "object": "chat.completion", "model": "test"}),
        json_response({"type": "message", "role": "assistant", "id": "msg_1"}),
    ],
)
def test_a_damaged_reply_is_not_used_but_booked(tmp_path: Path, response: RawResponse) -> None:
    runs = NuanceRuns(tmp_path)
    with RawServer(lambda *_: response) as server:
        replies = runs.run(
            runs.take("배#1"),
            server.url,
            backoff=0.0,
            max_attempts=1,
            max_pause=0.3,
            max_tokens=500,
            timeout=2.0,
            breaker={"failures": 9},
        )
    # A problem of the connection leaves the word pending, any other one fails it.
    assert (replies["code"].is_not_null() | replies["pending"].is_not_null()).all()
    assert "internal" not in replies["code"].to_list()
    ((tokens, booked),) = runs.sql("SELECT tokens_in + tokens_out, booked FROM llm_calls")
    assert tokens > 0 and booked in ("counted", "reserved", "reported")
    assert all(message.isprintable() for message in replies["message"])


@pytest.mark.parametrize(
    ("chunks", "text"),
    [
        (stream({"content": "a"}, {"content": " "}, {"content": "\n"}, {"content": "b"}), "a \nb"),
        (stream({"content": "a\u2028b\u0085c"}, {"content": "d"}), "a\u2028b\u0085cd"),
        (stream({"reasoning_content": "{"}, {"reasoning_content": "x}"}, {"content": "b"}), "b"),
        (stream({"reasoning_content": "{"}, {"reasoning_content": "x}"}), "{x}"),
        (stream({"content": "a"}, {"content": "b"}, end="\r\n\r\n"), "ab"),
        (stream({"content": [{"type": "text", "text": "a"}]}, {"content": "b"}), "ab"),
        (b'data: {"choices":\ndata: [{"delta": {"content": "ab"}}]}\n\n', "ab"),
        (
            b'data: {"choices": [{"index": 1, "delta": {"content": "x"}}]}\n\n'
            b'data: {"choices": [{"index": 0, "delta": {"content": "ab"}}]}\n\n',
            "ab",
        ),
        (
            b'data: {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": "{\\"a\\""}}]}}]}\n\n'
            b'data: {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": ": 1}"}}]}}]}\n\n',
            '{"a": 1}',
        ),
    ],
)
def test_the_chunks_of_a_stream_are_joined_without_loss(chunks: bytes, text: str) -> None:
    read = read_body(b": PROCESSING\n\n" + chunks + b"data: [DONE]\n\n")
    assert read is not None and read.text == text and not read.damaged


def test_all_text_that_is_paid_for_is_counted_once() -> None:
    both = completion("answer", USAGE, reasoning_content="why", refusal="no")
    both["choices"].append({"message": {"content": "second"}})
    found = read_body(json.dumps(both).encode())
    assert found is not None and found.text == "answer" and found.reasoning == "whynosecond"
    moved = read_body(json.dumps(completion("", USAGE, reasoning_content=GOOD)).encode())
    assert moved is not None and moved.text == GOOD and moved.reasoning == ""


@pytest.mark.parametrize("blanks", ["", "\n" * 300, " \t\r\n"])
def test_a_whole_reply_is_used_although_it_ended_at_the_token_limit(client: LLMClient, blanks: str) -> None:
    reply = send(client, json_response(completion(GOOD + blanks, USAGE, "length")))
    assert reply.code is None and reply.text is not None and json.loads(reply.text)["term"] == "배"


def test_a_reply_that_is_cut_at_the_token_limit_is_not_used(client: LLMClient) -> None:
    assert send(client, json_response(completion(GOOD[:-1], USAGE, "length"))).code is FailureCode.CUT_SHORT


def test_halves_of_characters_are_left_out(client: LLMClient) -> None:
    body = json.dumps(completion(GOOD.replace("pear", "pear\ud83d"))).encode()
    assert send(client, RawResponse(body)).text == GOOD


@pytest.mark.parametrize(("status", "pending"), [(429, PendingCode.RATE_LIMIT), (500, PendingCode.OUTAGE)])
def test_an_error_that_cannot_be_decompressed_keeps_its_status(
    client: LLMClient, status: int, pending: PendingCode
) -> None:
    response = RawResponse(b"\x0b\x80\xff\x00" * 9, status, JSON | {"Content-Encoding": "br"})
    assert send(client, response).pending is pending


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"error": "a\\u0000b\\u001b[31m\\ud800"}', "a b [31m"),
        ('"litellm.BadRequestError: no"', "no"),
        ("upstream: litellm.BadRequestError: no", "upstream: BadRequestError: no"),
        ("\x00\x01\ufffd", "an error without a readable message"),
    ],
)
def test_messages_are_short_and_printable(text: str, shown: str) -> None:
    assert plain_text(text) == shown
