"""Test responses as providers really send them: every paid reply is used or archived, and booked."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from support.raw_server import RawResponse, RawServer, completion, gzipped, json_response
from support.requests_to_send import TEMPLATE, NuanceRuns, make_requests, settings

from korean_flashcards.domain.errors import ModelUnavailableError
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.domain.requests import ChatReply
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.llm.providers import http_exchange
from korean_flashcards.llm.providers import litellm as litellm_calls
from korean_flashcards.llm.providers.litellm import LEAN_ROUTE
from korean_flashcards.llm.providers.reply_body import read_body

GOOD = '{"term": "배", "meaning": "pear"}'
USAGE = {"prompt_tokens": 20, "completion_tokens": 30, "total_tokens": 50}
PAGE = b"<!DOCTYPE html><html><head><title>Sign in to the hotel Wi-Fi</title></head><body></body></html>"
CHUNKS = (
    b': OPENROUTER PROCESSING\n\ndata: {"choices": [{"delta": {"content": "{\\"term\\": "}}]}\n\n'
    b'data: {"choices": [{"delta": {"content": "\\"\xeb\xb0\xb0\\"}"}, "finish_reason": "stop"}], '
    b'"usage": {"prompt_tokens": 20, "completion_tokens": 30}}\n\ndata: [DONE]\n\n'
)


def send(client: LLMClient, server: RawServer, **changes: Any) -> ChatReply:
    (reply,) = client.complete(TEMPLATE, make_requests(["배"]), settings(server.url, **{"backoff": 0.0} | changes))
    return reply


@pytest.fixture(params=["own server", pytest.param("OpenAI's SDK", marks=pytest.mark.slow)])
def route(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Use both of litellm's ways to an OpenAI-compatible server."""
    monkeypatch.setenv(LEAN_ROUTE, "true" if request.param == "own server" else "")
    return str(request.param)


@pytest.mark.parametrize(
    "response",
    [
        json_response(completion([{"type": "thinking", "thinking": "{}"}, {"type": "text", "text": GOOD}], USAGE)),
        json_response(completion([{"type": "output_text", "text": GOOD}], USAGE)),
        json_response(completion([GOOD[:9], GOOD[9:]], USAGE)),
        json_response(completion("", USAGE, reasoning_content=GOOD)),
        json_response(completion(None, USAGE, reasoning=GOOD)),
        json_response(completion(None, USAGE, tool_calls=[{"function": {"name": "json", "arguments": GOOD}}])),
        json_response({"choices": [{"text": GOOD, "finish_reason": "stop"}], "usage": USAGE}),
        json_response(completion(json.loads(GOOD), USAGE)),
        json_response(completion([json.loads(GOOD)], USAGE)),
        json_response({"choices": [{"message": GOOD}], "usage": USAGE}),
        json_response([completion(GOOD, USAGE)]),
        json_response(completion(GOOD, "many")),
        json_response(completion(GOOD, {"prompt_tokens": "x", "completion_tokens": [1], "prompt_tokens_details": 3})),
        json_response(completion(GOOD, {"prompt_tokens": 1.5, "completion_tokens": None})),
        json_response(completion(GOOD) | {"usage": None, "created": "yesterday", "id": None, "model": None}),
        RawResponse(CHUNKS, headers={"Content-Type": "text/event-stream"}),
        RawResponse(b"\xef\xbb\xbf\n\n" + json.dumps(completion(GOOD, USAGE)).encode()),
        gzipped(json.dumps(completion(GOOD, USAGE)).encode()),
    ],
)
def test_a_good_reply_is_found_wherever_it_is(client: LLMClient, route: str, response: RawResponse) -> None:
    with RawServer(lambda *_: response) as server:
        reply = send(client, server)
        assert len(server.requests) == 1, reply.message
    assert reply.code is None and reply.text is not None and json.loads(reply.text)["term"] == "배"
    assert reply.tokens_in > 0 and reply.tokens_out > 0


def test_a_reply_in_openais_format_is_neither_translated_nor_priced_by_litellm(
    client: LLMClient, route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    translated: list[object] = []
    monkeypatch.setattr(litellm_calls, "translated_reply", translated.append)
    with RawServer(lambda *_: json_response(completion(GOOD, USAGE))) as server:
        assert send(client, server).text == GOOD
    assert translated == []


@pytest.mark.parametrize(
    "calls",
    [['{"tab_name": "Scene"}', '{"tab_name": "Hanja"}'], [{"tab_name": "Scene"}, {"tab_name": "Hanja"}],
     [None, '{"tab_name": "Scene"}', "", '{"tab_name": "Hanja"}']],
)  # fmt: skip
def test_the_arguments_of_all_tool_calls_are_kept(calls: list[object]) -> None:
    tool_calls = [{"function": {"name": "flashcard", "arguments": arguments}} for arguments in calls]
    body = read_body(json.dumps(completion(None, USAGE, tool_calls=tool_calls)).encode())
    assert body is not None
    assert [json.loads(line) for line in body.text.split("\n")] == [{"tab_name": "Scene"}, {"tab_name": "Hanja"}]


@pytest.mark.parametrize(
    ("response", "code", "requests", "said"),
    [
        (json_response(completion(None, USAGE, refusal="I can't help with that.")), FailureCode.REFUSED, 1, "refused"),
        (json_response(completion("", USAGE, "content_filter")), FailureCode.REFUSED, 1, "refused"),
        (json_response(completion(None, USAGE, refusal={"reason": "policy"})), FailureCode.REFUSED, 1, "refused"),
        (json_response(completion(None, USAGE, refusal=True)), FailureCode.REFUSED, 1, "refused"),
        (RawResponse(b"Request Entity Too Large", 413, {}), FailureCode.CONTEXT_LENGTH, 1, "Too Large"),
        (RawResponse(b"", 400, {}), FailureCode.BAD_REQUEST, 1, "HTTP 400 without a readable message"),
        (RawResponse(gzip.compress(b"x" * 99), 422, {}), FailureCode.BAD_REQUEST, 1, "without a readable message"),
        (
            json_response(completion([{"type": "refusal", "refusal": "No."}], USAGE, "refusal")),
            FailureCode.REFUSED,
            1,
            "refused",
        ),
        # The case b05b: blocked, although the finish reason is "stop".
        (json_response(completion(None, USAGE)), FailureCode.EMPTY, 2, "empty"),
        (json_response(completion(" \n", USAGE)), FailureCode.EMPTY, 2, "empty"),
        (json_response({"choices": [], "usage": USAGE}), FailureCode.EMPTY, 2, "empty"),
        (json_response({"choices": None, "usage": USAGE}), FailureCode.EMPTY, 2, "empty"),
        (
            json_response(completion("", USAGE, reasoning_content="Well, a pear is a fruit.")),
            FailureCode.EMPTY,
            2,
            "empty",
        ),
        (
            json_response({"error": {"message": "flagged by moderation", "code": 403}}, 403),
            FailureCode.REFUSED,
            1,
            "flagged",
        ),
        (
            json_response({"error": {"message": "Bad text", "code": "invalid_value"}}, 400),
            FailureCode.BAD_REQUEST,
            1,
            "Bad text",
        ),
    ],
)
def test_other_responses_have_the_right_code(
    client: LLMClient, route: str, response: RawResponse, code: FailureCode, requests: int, said: str
) -> None:
    with RawServer(lambda *_: response) as server:
        reply = send(client, server)
        assert len(server.requests) == requests
    assert reply.code is code and said in (reply.message or "")
    assert "Traceback" not in (reply.message or "") and "litellm" not in (reply.message or "").lower()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("response", "pending", "said"),
    [
        (json_response({"error": {"message": "Upstream failed", "code": 502}}), "outage", "Upstream failed"),
        (json_response({"error": {"message": "Slow down", "code": 429}}), "rate_limit", "Slow down"),
        (json_response({"error": "overloaded"}), "outage", "overloaded"),
        (json_response({"error": {"message": "Slow down"}}, 429), "rate_limit", "Slow down"),
        (json_response({"error": {"message": "Down"}}, 529), "outage", "Down"),
        (RawResponse(PAGE, 502, headers={"Content-Type": "text/html"}), "outage", "Sign in"),
        (json_response({"error": {"message": "Gateway"}}, 504), "timeout", "Gateway"),
    ],
)
def test_problems_of_the_provider_leave_the_word_pending_without_an_attempt(
    tmp_path: Path, response: RawResponse, pending: str, said: str
) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1")
    with RawServer(lambda *_: response) as server:
        for _ in range(4):  # one run more than a word may fail
            before = len(server.requests)
            replies = runs.run(todo, server.url, backoff=0.0, max_pause=0.3)
            assert replies["pending"].to_list() == [pending] and said in replies["message"][0]
            assert len(server.requests) > before
    assert runs.task("배#1", "state, attempts") == ("pending", 0)


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (RawResponse(PAGE, headers={"Content-Type": "text/html"}), "Sign in to the hotel Wi-Fi"),
        (RawResponse(PAGE, 403, headers={"Content-Type": "text/html"}), "Sign in to the hotel Wi-Fi"),
        (RawResponse(b"OK", headers={"Content-Type": "text/plain"}), "not JSON: OK"),
        (json_response({"status": "ok"}), "not a chat completion"),
    ],
)
def test_a_response_of_something_else_counts_against_no_word(tmp_path: Path, response: RawResponse, said: str) -> None:
    runs = NuanceRuns(tmp_path)
    with RawServer(lambda *_: response) as server, pytest.raises(ModelUnavailableError, match=said):
        runs.run(runs.take("배#1"), server.url, backoff=0.0)
    assert runs.task("배#1", "state, attempts") == ("pending", 0)


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (
            json_response({"error": {"code": "insufficient_quota", "message": "You exceeded your current quota"}}, 429),
            "quota",
        ),
        (json_response({"error": {"message": "Payment required"}}, 402), "quota"),
        (
            json_response(
                {
                    "type": "error",
                    "error": {"type": "invalid_request_error", "message": "Your credit balance is too low"},
                },
                400,
            ),
            "quota",
        ),
        (
            json_response({"error": {"message": "The model `x` does not exist", "code": "model_not_found"}}, 404),
            "bad_request",
        ),
        (
            json_response({"error": {"message": "API key not valid", "status": "INVALID_ARGUMENT"}}, 400),
            "authentication",
        ),
    ],
)
def test_errors_that_concern_every_call_stop_the_run(client: LLMClient, response: RawResponse, code: str) -> None:
    with RawServer(lambda *_: response) as server:
        if code == "quota":
            reply = send(client, server)
            assert reply.pending is not None and reply.code is None
        else:
            with pytest.raises(ModelUnavailableError, match=code):
                send(client, server)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "error",
    [
        {
            "message": "You exceeded your current quota, please check your plan and billing details.",
            "status": "RESOURCE_EXHAUSTED",
            "details": [{"retryDelay": "0s"}],
        },
        {
            "message": "Rate limit: 3 requests per minute. Add a payment method at billing.",
            "code": "rate_limit_exceeded",
        },
        {"message": "insufficient_quota for this minute; try again in 0.01s", "code": "insufficient_quota"},
    ],
)
def test_a_limit_per_minute_is_not_missing_credit(client: LLMClient, error: dict[str, Any]) -> None:
    with RawServer(
        lambda _, n: json_response({"error": error}, 429) if n < 3 else json_response(completion(GOOD, USAGE))
    ) as server:
        assert send(client, server).code is None


def test_an_error_inside_a_choice_is_booked_and_its_text_archived(tmp_path: Path) -> None:
    broken = completion('{"term": "배', USAGE, "error")
    broken["choices"][0]["error"] = {"code": 502, "message": "Provider disconnected"}
    runs = NuanceRuns(tmp_path)
    with RawServer(lambda *_: json_response(broken)) as server:
        runs.run(runs.take("배#1"), server.url, max_attempts=2, backoff=0.0)
    calls = runs.sql("SELECT outcome, tokens_out FROM llm_calls")
    assert calls == [("provider_outage", 30)] * 2


@pytest.mark.parametrize(
    "usage", [None, {}, {"prompt_tokens": 0, "completion_tokens": 0}, {"completion_tokens": "x"}, "?", [1]]
)
def test_calls_without_usable_usage_are_counted_and_marked_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, usage: Any
) -> None:
    runs = NuanceRuns(tmp_path)
    with RawServer(lambda *_: json_response(completion(GOOD, usage))) as server:
        runs.run(runs.take("배#1", "말#1"), server.url, max_attempts=1)
    rows = runs.sql("SELECT booked, tokens_in > 0, tokens_out > 0 FROM llm_calls")
    assert rows == [("counted", 1, 1)] * 2
    assert sum("is missing or implausible" in record.message for record in caplog.records) == 1


def test_an_oversized_response_is_abandoned_and_booked_at_its_maximum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_exchange, "MOST_BYTES", 100_000)
    runs = NuanceRuns(tmp_path)
    body = json.dumps(completion("x" * 10_000_000, USAGE)).encode()
    for response in (RawResponse(body), gzipped(body)):
        with RawServer(lambda *_, found=response: found) as server:
            replies = runs.run(runs.take("배#1"), server.url, max_tokens=500, max_attempts=1)
        assert replies["text"].null_count() == 1
    assert runs.sql("SELECT DISTINCT booked, tokens_out >= 500 FROM llm_calls WHERE outcome = 'malformed'") == [
        ("reserved", 1)
    ]


@pytest.mark.parametrize(
    "said", ["The text mentions a json_schema keyword.", "Schema of the world in the text", "response text"]
)
def test_a_400_that_mentions_a_schema_by_chance_weakens_nothing(client: LLMClient, said: str) -> None:
    def respond(body: dict[str, Any], _: int) -> RawResponse:
        if "말" in body["messages"][-1]["content"]:
            return json_response({"error": {"message": said, "param": "messages", "code": "invalid_value"}}, 400)
        return json_response(completion(GOOD, USAGE))

    with RawServer(respond) as server:
        for term in ("말", "배"):
            client.complete(TEMPLATE, make_requests([term]), settings(server.url))
        assert [body.get("response_format", {}).get("type") for body in server.requests] == ["json_schema"] * 2


def test_a_format_is_weakened_only_if_that_helps(client: LLMClient) -> None:
    def respond(body: dict[str, Any], _: int) -> RawResponse:
        return json_response({"error": {"message": "response_format: something else is wrong"}}, 400)

    with RawServer(respond) as server:
        send(client, server)
        send(client, server, max_attempts=1)
        formats = [body.get("response_format", {}).get("type") for body in server.requests]
    assert formats == ["json_schema", "json_object", None] * 2


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("model", ["openai/test", "anthropic/claude-test", "mistral/test"])
def test_a_redirect_to_a_different_host_gets_no_key(
    client: LLMClient, monkeypatch: pytest.MonkeyPatch, model: str, status: int
) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "MISTRAL_API_KEY"):
        monkeypatch.setenv(name, "sk-secret-of-mine-12345")
    with RawServer(lambda *_: json_response(completion(GOOD, USAGE))) as other:
        away = RawResponse(b"", status, {"Location": f"{other.url}/chat/completions"})
        with RawServer(lambda *_: away) as server:
            template = TEMPLATE.__class__("nuance", model, "Analyze the word.", {"type": "object"}, None, 100)
            client.complete(template, make_requests(["배"]), settings(server.url, model=model, max_attempts=1))
            assert any("sk-secret" in value for headers in server.headers for value in headers.values())
        assert other.headers and not any(
            "sk-secret" in value for headers in other.headers for value in headers.values()
        )


@pytest.mark.parametrize(
    "response",
    [
        json_response(completion(GOOD[:9], USAGE, "error")),
        json_response({"error": {"message": "the model crashed", "code": 500}} | completion(GOOD[:9], USAGE)),
        RawResponse(json.dumps(completion(GOOD, USAGE)).encode()[:-9]),
    ],
    ids=["error in the choice", "error beside the choice", "cut off"],
)
def test_paid_errors_count_as_attempts_even_if_all_words_get_them(tmp_path: Path, response: RawResponse) -> None:
    requests = make_requests(["배", "문", "물"])
    with RawServer(lambda *_: response) as server:
        replies = LLMClient(tmp_path / "cache").complete(
            TEMPLATE, requests, settings(server.url, backoff=0.0, max_attempts=2, max_pause=30.0)
        )
        assert len(server.requests) == 6
    assert {reply.pending for reply in replies} == {"outage"}


def test_a_redirect_loop_ends_after_a_few_requests(client: LLMClient) -> None:
    loop = RawResponse(b"", 307, {"Location": "/v1/chat/completions"})
    with RawServer(lambda *_: loop) as server:
        with pytest.raises(ModelUnavailableError, match="the server keeps redirecting the call"):
            send(client, server)
        assert len(server.requests) <= 4


@pytest.mark.slow
@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9\r\n", b"220 mail ESMTP\r\n"])
def test_a_server_that_does_not_use_http_is_not_paid(tmp_path: Path, greeting: bytes) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1")
    with RawServer(lambda *_: RawResponse(wire=[greeting])) as server:
        priced = {"price": "known", "prices": {"openai/test": {"input": 10.0, "output": 10.0}}, "max_tokens": 100}
        replies = runs.run(todo, server.url, backoff=0.0, max_attempts=2, max_pause=2.0, **priced)
    assert replies["message"][0].endswith("the server's reply is not valid HTTP")
    assert runs.sql("SELECT sum(usd), sum(tokens_out) FROM llm_calls") == [(0.0, 0)]


def test_a_lost_reply_is_booked_with_at_most_the_allowed_output(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1")
    cut = RawResponse(b"{", declared=99)
    with RawServer(lambda *_: cut) as server:
        priced = {"price": "known", "prices": {"openai/test": {"input": 1.0, "output": 10.0}}, "max_tokens": 100}
        runs.run(todo, server.url, backoff=0.0, max_attempts=1, max_pause=2.0, **priced)
    ((tokens_in, tokens_out, usd, booked),) = runs.sql("SELECT tokens_in, tokens_out, usd, booked FROM llm_calls")
    assert tokens_out == 100 and tokens_in > 100 and booked == "reserved"
    assert usd == pytest.approx((tokens_in + 10 * tokens_out) / 1e6)
