"""Test that requests that are sent without litellm cannot be told from those that litellm sends."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from support.raw_server import RawResponse, RawServer, completion, gzipped, json_response
from support.requests_to_send import TEMPLATE, make_requests, settings, words

from korean_flashcards.llm.client import LLMClient
from korean_flashcards.llm.providers import litellm as litellm_calls
from korean_flashcards.llm.providers.base import BackendError, RawReply, on_leaving
from korean_flashcards.llm.providers.litellm import LiteLLMBackend
from korean_flashcards.llm.providers.repeated_request import repeated

if TYPE_CHECKING:
    from aiohttp import ClientRequest

USAGE = {"prompt_tokens": 20, "completion_tokens": 30, "total_tokens": 50}
GOOD = json_response(completion('{"term": "배"}', USAGE))
SCHEMA_REJECTED = json_response({"error": {"message": "response_format is not supported", "code": 400}}, 400)
DECODED_AS = ("code", "retry", "fatal", "retry_after", "hint", "paid", "possibly_paid", "perhaps_word")
RESPONSES = {
    "good": GOOD,
    "compressed": gzipped(json.dumps(completion('{"term": "배"}', USAGE)).encode()),
    "no usage": json_response(completion('{"term": "배"}')),
    "rate limit": json_response({"error": {"message": "Rate limit reached"}}, 429, Retry_After="7"),
    "no credit": json_response({"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}, 429),
    "outage": json_response({"error": {"message": "The server had an error"}}, 500),
    "overloaded": RawResponse(b"<html>overloaded</html>", 503, {"Content-Type": "text/html"}),
    "wrong key": json_response({"error": {"message": "Incorrect API key provided"}}, 401),
    "no such model": json_response({"error": {"message": "The model does not exist"}}, 404),
    "too long": json_response({"error": {"message": "maximum context length", "code": "context_length_exceeded"}}, 400),
    "empty body": RawResponse(b""),
    "no JSON": RawResponse(b"<html>Sign in</html>", 200, {"Content-Type": "text/html"}),
    "broken JSON": RawResponse(b'{"choices": [{"message": {"content": "{}'),
    "error in a reply": json_response({"error": {"message": "overloaded", "code": 503}}),
    "cut off": RawResponse(json.dumps(completion("{}")).encode(), declared=9999),
    "an error cut off": RawResponse(b'{"error": "', 500, declared=9999),
    "closed": RawResponse(wire=[]),
    "no HTTP": RawResponse(wire=[b"SSH-2.0-OpenSSH_9.6\r\n\r\n"]),
    "invalid header": RawResponse(wire=[b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}"]),
    "too large": RawResponse(wire=[b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"x" * 99]),
    "silent": RawResponse(wire=[b"HTTP/1.1 200 OK\r\n", b""], pause=2.0),
}  # fmt: skip


def outcome(error: BackendError | RawReply) -> object:
    """Return everything that the run learns about a call."""
    return (
        {name: getattr(error, name) for name in DECODED_AS} | {"message": str(error)}
        if isinstance(error, BackendError)
        else error
    )


def second_outcome(respond: Callable[[dict[str, Any], int], RawResponse], timeout: float = 20.0) -> object:
    """Return the outcome of a call that follows a successful one."""

    async def both(url: str) -> object:
        backend = LiteLLMBackend()
        await backend.open()
        try:
            await backend.send(TEMPLATE, "first", settings(url))
            return outcome(await backend.send(TEMPLATE, 'second "말"', settings(url, timeout=timeout)))
        except BackendError as error:
            return outcome(error)
        finally:
            await backend.close()

    with RawServer(respond) as server:
        return asyncio.run(both(server.url))


@pytest.fixture
def calls_of_litellm(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the calls that litellm has made."""
    import litellm  # a late import, because it takes seconds

    made: list[object] = []
    original = litellm.acompletion

    async def noted(*arguments: Any, **named: Any) -> Any:
        if "mock_response" not in named:
            made.append(named["messages"])
        return await original(*arguments, **named)

    monkeypatch.setattr(litellm, "acompletion", noted)
    return made


@pytest.mark.parametrize("name", RESPONSES)
def test_every_response_has_the_same_outcome(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "korean_flashcards.llm.providers.http_exchange.MOST_BYTES", 50 if name == "too large" else 2**20
    )
    good = RawResponse(b'{"choices":[{"text":"{}"}]}') if name == "too large" else GOOD

    def respond(_: object, number: int) -> RawResponse:
        return good if number == 1 else RESPONSES[name]

    timeout = 0.5 if name == "silent" else 20.0
    without_litellm = second_outcome(respond, timeout)
    monkeypatch.setattr(litellm_calls, "repeated", lambda *_: None)
    assert without_litellm == second_outcome(respond, timeout)


def test_litellm_prepares_only_the_first_of_the_requests_and_all_look_the_same(
    client: LLMClient, calls_of_litellm: list[object]
) -> None:
    requests = make_requests([*words(8), 'a "quoted"\nword \\ 말 \U0001f600 \x7f'], json.loads)
    with RawServer(lambda *_: GOOD) as server:
        replies = client.complete(
            TEMPLATE, requests, settings(server.url, concurrency=1, seed=7, extra_body={"top_k": 3})
        )
    assert [reply.code for reply in replies] == [None] * len(requests)
    assert len(calls_of_litellm) == 1
    sent = [body["messages"][1]["content"] for body in server.requests]
    assert sorted(sent) == sorted(request.user for request in requests)
    assert {json.dumps({**body, "messages": body["messages"][:1]}) for body in server.requests} == {
        json.dumps({**server.requests[0], "messages": TEMPLATE.messages("")[:1]})
    }
    headers = [{name: value for name, value in each.items() if name != "content-length"} for each in server.headers]
    assert headers == [headers[0]] * len(headers)


def test_each_request_is_noted_before_it_is_sent() -> None:
    noted: list[int] = []

    def note() -> None:
        noted.append(len(server.requests))

    async def calls() -> None:
        backend = LiteLLMBackend()
        await backend.open()
        on_leaving.set(note)
        for user in ("first", "second", "third"):
            await backend.send(TEMPLATE, user, settings(server.url))
        await backend.close()

    with RawServer(lambda *_: GOOD) as server:
        asyncio.run(calls())
    assert noted == [0, 1, 2]


def test_other_templates_and_weaker_formats_are_prepared_by_litellm(calls_of_litellm: list[object]) -> None:
    other = replace(TEMPLATE, system="Repair.", schema={"type": "array"})

    def respond(body: dict[str, Any], number: int) -> RawResponse:
        rejected = number > 3 and body.get("response_format", {}).get("type") == "json_schema"
        return SCHEMA_REJECTED if rejected else GOOD

    async def calls(url: str) -> None:
        backend = LiteLLMBackend()
        await backend.open()
        for template in (TEMPLATE, TEMPLATE, other, TEMPLATE, TEMPLATE, TEMPLATE):
            await backend.send(template, "word", settings(url))
        await backend.close()

    with RawServer(respond) as server:
        asyncio.run(calls(server.url))
    formats = [body["response_format"]["type"] for body in server.requests]
    assert formats == ["json_schema"] * 4 + ["json_object"] * 3
    assert [body["messages"][0]["content"] for body in server.requests] == [
        each.system for each in (TEMPLATE, TEMPLATE, other, TEMPLATE, TEMPLATE, TEMPLATE, TEMPLATE)
    ]
    assert len(calls_of_litellm) < len(server.requests)


def test_litellm_follows_a_redirect_that_comes_later(calls_of_litellm: list[object]) -> None:
    with RawServer(lambda *_: GOOD) as target:
        moved = RawResponse(b"", 307, {"Location": f"{target.url}/chat/completions"})
        found = second_outcome(lambda _, number: GOOD if number == 1 else moved)
        assert isinstance(found, RawReply) and found.text == '{"term": "배"}'
        assert len(target.requests) == 1
    assert "authorization" not in target.headers[0]
    assert len(calls_of_litellm) == 2


def test_a_key_that_changes_between_two_stages_is_used(client: LLMClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(lambda *_: GOOD) as server:
        for number in range(2):
            monkeypatch.setenv("OPENAI_API_KEY", f"key-{number}")
            client.complete(
                TEMPLATE, make_requests([f"배{number}{n}" for n in range(3)], json.loads), settings(server.url)
            )
    assert [each["authorization"] for each in server.headers] == ["Bearer key-0"] * 3 + ["Bearer key-1"] * 3


@pytest.mark.parametrize(
    "body", ['{"messages": [{"role": "user", "content": "word"}], "user": "word"}', '{"prompt": "word"}', "{}"]
)
def test_a_request_whose_user_text_has_no_clear_place_is_not_repeated(body: str) -> None:
    request = SimpleNamespace(
        proxy=None, server_hostname=None, ssl=True, headers={}, body=SimpleNamespace(decode=lambda: body)
    )
    assert repeated(cast("ClientRequest", request), [{"role": "user", "content": "word"}]) is None


def test_a_refused_connection_has_the_same_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    def outcomes() -> object:
        async def both() -> object:
            backend = LiteLLMBackend()
            await backend.open()
            with RawServer(lambda *_: replace(GOOD, declared=len(GOOD.body))) as server:
                await backend.send(TEMPLATE, "first", settings(server.url))
            await asyncio.sleep(0.1)  # until the client has noticed that the connection is closed
            try:
                await backend.send(TEMPLATE, "second", settings(server.url))
            except BackendError as error:
                return error.code, error.retry, error.fatal, re.sub(r":\d+", "", str(error))
            finally:
                await backend.close()
            raise AssertionError("the call succeeded")

        return asyncio.run(both())

    without_litellm = outcomes()
    monkeypatch.setattr(litellm_calls, "repeated", lambda *_: None)
    assert without_litellm == outcomes()
