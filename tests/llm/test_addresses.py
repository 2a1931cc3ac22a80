"""Test that each model is called at its own address only, with its own provider's key."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.model_replies import reply_text
from support.parameters import llm_parameters
from support.raw_server import RawResponse, RawServer, completion, json_response
from support.requests_to_send import NuanceRuns

from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.llm.providers.endpoints import Endpoint, exposed_host, model_and_place, shown_address

USAGE = {"prompt_tokens": 20, "completion_tokens": 30}
DENIED = json_response({"error": {"message": "no such key", "code": "invalid_api_key"}}, 401)
KEYS = {
    "openai": ("OPENAI_API_KEY", "sk-of-openai-0123456789"),
    "openrouter": ("OPENROUTER_API_KEY", "sk-of-openrouter-0123456789"),
    "groq": ("GROQ_API_KEY", "sk-of-groq-0123456789"),
    "mistral": ("MISTRAL_API_KEY", "sk-of-mistral-0123456789"),
}
ADDRESSES = {"openrouter": "OPENROUTER_API_BASE", "groq": "GROQ_API_BASE", "openai": "OPENAI_BASE_URL"}


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set every provider's key, and no address in the environment."""
    for name, value in KEYS.values():
        monkeypatch.setenv(name, value)
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", *ADDRESSES.values()):
        monkeypatch.delenv(name, raising=False)


def reply(body: dict[str, Any], number: int) -> RawResponse:
    """Reply to any request with a record of its word."""
    return json_response(completion(reply_text(json.loads(body["messages"][-1]["content"]), "lantern"), USAGE))


def keys_at(server: RawServer) -> set[str]:
    """Return the providers whose key has arrived at the server."""
    arrived = " ".join(value for headers in server.headers for value in headers.values())
    return {provider for provider, (_, key) in KEYS.items() if key in arrived}


@pytest.mark.parametrize(
    "provider", ["openai", *(pytest.param(name, marks=pytest.mark.slow) for name in ("openrouter", "groq"))]
)
def test_a_fallback_without_an_address_goes_to_its_provider_and_never_to_the_local_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1", "눈#1")
    with RawServer(lambda *_: DENIED) as local, RawServer(reply) as hosted:
        monkeypatch.setenv(ADDRESSES[provider], hosted.url)
        options = {"model": "openai/local", "fallbacks": [f"{provider}/spare"]}
        runs.run(todo, local.url, **options)
        assert keys_at(local) == {"openai"} and {body["model"] for body in local.requests} == {"local"}
        assert keys_at(hosted) == {provider} and len(hosted.requests) == 2


def test_a_fallback_with_an_address_is_called_there(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1", "눈#1")
    with RawServer(lambda *_: DENIED) as local, RawServer(reply) as second:
        fallbacks = [{"model": "mistral/spare", "api_base": second.url}]
        runs.run(todo, local.url, model="openai/local", fallbacks=fallbacks)
        assert keys_at(local) == {"openai"} and keys_at(second) == {"mistral"}


def test_the_same_model_at_a_second_address_is_a_fallback(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1", "눈#1")
    with RawServer(lambda *_: DENIED) as first, RawServer(reply) as second:
        fallbacks = [{"model": "openai/test", "api_base": second.url}]
        replies = runs.run(todo, first.url, fallbacks=fallbacks)
        assert len(second.requests) == 2 and replies["code"].null_count() == 2
        assert set(runs.plan(todo, first.url, fallbacks=fallbacks)["state"]) == {"cached"}


@pytest.mark.parametrize(
    ("stage", "address"),
    [
        ({}, "http://a/v1"),
        ({"temperature": 0.5}, "http://a/v1"),
        ({"model": "openai/local"}, "http://a/v1"),
        ({"model": "openai/other"}, None),
        ({"model": "mistral/other"}, None),
        ({"model": "mistral/other", "api_base": "http://b/v1"}, "http://b/v1"),
        ({"api_base": "http://b/v1"}, "http://b/v1"),
    ],
)
@pytest.mark.parametrize("name", ["nuance", "flashcards", "judge"])
def test_llm_api_base_belongs_to_llm_model(stage: dict[str, Any], address: str | None, name: str) -> None:
    given = llm_parameters(model="openai/local", api_base="http://a/v1", stages={name: stage})
    assert given.of(name).api_base == address  # type: ignore[arg-type]


@pytest.mark.parametrize("given", ["openai/a,openai/b", "openai/a; openai/b", ["openai/a", {"model": "openai/b"}]])
def test_fallbacks_can_be_names(given: Any) -> None:
    found = LLMParameters.model_validate(llm_parameters().model_dump() | {"fallbacks": given})
    assert [(each.model, each.api_base) for each in found.fallbacks] == [("openai/a", None), ("openai/b", None)]


def test_breakers_and_learned_rates_belong_to_a_model_at_an_address(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"단어{number}#1" for number in range(8)))
    breaker = {"failures": 2, "rest": 60, "longest_rest": 60, "give_up": 0}
    limited = {"x-ratelimit-limit-requests": "6000", "x-ratelimit-remaining-requests": "5999"}

    def good(body: dict[str, Any], number: int) -> RawResponse:
        found = reply(body, number)
        return RawResponse(found.body, headers={"Content-Type": "application/json"} | limited)

    with RawServer(lambda *_: json_response({"error": "down"}, 503)) as down, RawServer(good) as well:
        replies = runs.run(todo, down.url, breaker=breaker, max_attempts=2, concurrency=4)
        assert set(replies["pending"]) <= {"outage", None}
        assert runs.sql("SELECT model FROM llm_breakers") == [(f"openai/test @ {down.url}",)]
        replies = runs.run(todo, f"{well.url}/?secret=1", breaker=breaker, max_attempts=2, concurrency=4)
        assert replies["code"].null_count() == 8 and replies["pending"].null_count() == 8
    assert runs.sql("SELECT DISTINCT model FROM llm_rates WHERE source = 'headers'") == [(f"openai/test @ {well.url}",)]
    assert {model for (model,) in runs.sql("SELECT DISTINCT model FROM llm_calls")} == {"openai/test"}


def test_a_response_format_is_learned_for_one_address(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)

    def old(body: dict[str, Any], number: int) -> RawResponse:
        rejected = body.get("response_format", {}).get("type") == "json_schema"
        error = {"error": {"message": "response_format json_schema is not supported", "param": "response_format"}}
        return json_response(error, 400) if rejected else reply(body, number)

    with RawServer(old) as first, RawServer(reply) as second:
        runs.run(runs.take("배#1"), first.url)
        runs.run(runs.take("눈#1"), second.url)
        assert [body["response_format"]["type"] for body in first.requests] == ["json_schema", "json_object"]
        assert [body["response_format"]["type"] for body in second.requests] == ["json_schema"]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://user:secret@Host:80/v1/?api-version=1&key=s#x", "http://host:80/v1"),
        ("https://token@host/v1", "https://host/v1"),
        ("host:8000/v1?key=s", "host:8000/v1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("http://[broken/v1?key=s", "http://[broken/v1"),
    ],
)
def test_a_shown_address_has_no_credentials_and_no_query(address: str, shown: str) -> None:
    assert shown_address(address) == shown
    key = Endpoint("openai/test", address).key
    assert key == f"openai/test @ {shown}" and model_and_place(key) == ("openai/test", shown)
    assert model_and_place("openai/test") == ("openai/test", None)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]", "me.localhost", "LOCALHOST"])
def test_a_key_stays_on_this_computer_at_a_loopback_address(host: str) -> None:
    assert exposed_host(f"http://{host}:8000/v1") is None


@pytest.mark.parametrize("host", ["10.0.0.7", "example.org", "host.docker.internal", "[fe80::1]", "127.0.0.1.evil.org"])
def test_plain_http_to_any_other_host_exposes_a_key(host: str) -> None:
    assert exposed_host(f"http://{host}/v1") == host.strip("[]")
    assert exposed_host(f"https://{host}/v1") is None


def test_azure_gets_its_key_at_the_address_in_the_parameters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable AZURE_API_BASE is not needed then, so its absence must not hide the key."""
    monkeypatch.setenv("AZURE_API_KEY", "az-key-0123456789")
    monkeypatch.setenv("AZURE_API_VERSION", "2024-10-21")
    monkeypatch.delenv("AZURE_API_BASE", raising=False)
    runs = NuanceRuns(tmp_path)
    with RawServer(reply) as server:
        runs.run(runs.take("배#1"), server.url, model="azure/gpt-4o")
        assert [headers["api-key"] for headers in server.headers] == ["az-key-0123456789"]
