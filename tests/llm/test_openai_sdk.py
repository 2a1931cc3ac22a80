"""Test that the client for files and batches uses the same address and key as litellm's calls."""

import asyncio
from typing import Any

import pytest
from support.raw_server import RawResponse, RawServer, json_response

from korean_flashcards.llm.providers.openai_sdk import openai_client

AZURE = "2025-02-01-preview"
ACCESS = {"timeout": 20.0, "max_retries": 0}
VARIABLES = (
    "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_ORGANIZATION", "OPENAI_ORG_ID", "AZURE_API_BASE",
    "AZURE_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN", "AZURE_API_VERSION", "AZURE_OPENAI_ENDPOINT",
    "LITELLM_PROXY_API_BASE", "LITELLM_PROXY_API_KEY",
)  # fmt: skip


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset all variables of providers."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_openai_is_called_with_the_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    monkeypatch.setenv("OPENAI_ORGANIZATION", "org-1")
    client = openai_client("openai", ACCESS, AZURE)
    assert (str(client.base_url), client.api_key, client.organization) == (
        "https://api.openai.com/v1/",
        "sk-1",
        "org-1",
    )
    assert (client.timeout, client.max_retries) == (20.0, 0)


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "OPENAI_API_BASE"])
def test_the_address_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:1/v1")
    assert str(openai_client("openai", ACCESS | {"api_key": "k"}, AZURE).base_url) == "http://127.0.0.1:1/v1/"


def test_the_users_own_server_takes_precedence_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    access = ACCESS | {"api_key": "not-needed", "api_base": "http://127.0.0.1:2/v1"}
    client = openai_client("litellm_proxy", access, AZURE)
    assert (str(client.base_url), client.api_key) == ("http://127.0.0.1:2/v1/", "not-needed")


@pytest.mark.parametrize("name", ["AZURE_API_KEY", "AZURE_OPENAI_API_KEY"])
@pytest.mark.parametrize(
    ("version", "address", "query"),
    [
        (None, "https://x.openai.azure.com/openai/", {"api-version": AZURE}),
        ("2024-10-21", "https://x.openai.azure.com/openai/", {"api-version": "2024-10-21"}),
        ("v1", "https://x.openai.azure.com/openai/v1/", {}),
    ],
)
def test_azure_is_called_as_by_litellm(
    monkeypatch: pytest.MonkeyPatch, name: str, version: str | None, address: str, query: dict[str, str]
) -> None:
    monkeypatch.setenv("AZURE_API_BASE", "https://x.openai.azure.com")
    monkeypatch.setenv(name, "az-1")
    if version:
        monkeypatch.setenv("AZURE_API_VERSION", version)
    client = openai_client("azure", ACCESS, AZURE)
    assert (str(client.base_url), client.api_key, dict(client.default_query)) == (address, "az-1", query)


@pytest.mark.parametrize("provider", ["openai", "azure"])
def test_a_missing_key_raises_a_clear_error(monkeypatch: pytest.MonkeyPatch, provider: str) -> None:
    monkeypatch.setenv("AZURE_API_BASE", "https://x.openai.azure.com")
    with pytest.raises(Exception, match=r"Missing credentials|api_key"):
        openai_client(provider, ACCESS, AZURE)


def test_a_proxy_gets_its_own_key_and_never_the_openai_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai")
    monkeypatch.setenv("LITELLM_PROXY_API_BASE", "http://127.0.0.1:3/v1")
    with pytest.raises(Exception, match="LITELLM_PROXY_API_KEY is not set"):
        openai_client("litellm_proxy", ACCESS, AZURE)
    monkeypatch.setenv("LITELLM_PROXY_API_KEY", "sk-proxy")
    client = openai_client("litellm_proxy", ACCESS, AZURE)
    assert (str(client.base_url), client.api_key) == ("http://127.0.0.1:3/v1/", "sk-proxy")


@pytest.mark.parametrize(
    ("provider", "variable", "header"),
    [
        ("openai", "OPENAI_API_KEY", "authorization"),
        ("azure", "AZURE_API_KEY", "api-key"),
        ("litellm_proxy", "LITELLM_PROXY_API_KEY", "authorization"),
    ],
)
def test_a_redirected_batch_call_takes_no_key_to_a_different_host(
    monkeypatch: pytest.MonkeyPatch, provider: str, variable: str, header: str
) -> None:
    monkeypatch.setenv(variable, "secret-of-mine-12345")
    with RawServer(lambda *_: json_response({})) as other:
        away = RawResponse(b"", 307, {"Location": f"{other.url}/batches"})
        with RawServer(lambda *_: away) as server:
            client = openai_client(provider, ACCESS | {"api_base": server.url}, AZURE)
            asyncio.run(_create_batch(client))
            assert "secret-of-mine" in server.headers[0][header]
        assert other.headers and not any("secret-of-mine" in value for value in other.headers[0].values())


async def _create_batch(client: Any) -> None:
    await client.batches.create(completion_window="24h", endpoint="/v1/chat/completions", input_file_id="file-1")
    await client.close()
