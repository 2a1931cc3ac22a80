"""Test that a key is sent to its own provider only."""

import asyncio
from dataclasses import replace

import pytest
from support.echo_server import EchoServer
from support.requests_to_send import TEMPLATE, settings

from korean_flashcards.llm.providers.base import BackendError
from korean_flashcards.llm.providers.litellm import LiteLLMBackend

KEY = "sk-openai-0123456789abcdef"


async def _keys_seen(model: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    template = replace(TEMPLATE, model=model)
    with EchoServer(always="401") as server:
        backend = LiteLLMBackend()
        await backend.open()
        with pytest.raises(BackendError):
            await backend.send(template, '{"term": "배"}', settings(server.url))
        await backend.close()
        return server.keys


@pytest.mark.parametrize("provider", ["litellm_proxy", "lm_studio", "sambanova", "github", "deepseek", "groq"])
def test_the_openai_key_is_not_sent_to_a_different_provider(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "LITELLM_PROXY_API_KEY",
        "LM_STUDIO_API_KEY",
        "SAMBANOVA_API_KEY",
        "GITHUB_API_KEY",
        "DEEPSEEK_API_KEY",
    ):
        monkeypatch.delenv(name, raising=False)
    seen = asyncio.run(_keys_seen(f"{provider}/some-model", monkeypatch))
    assert seen and not [header for header in seen if KEY in header], seen


def test_a_providers_own_key_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_PROXY_API_KEY", "sk-proxy-0123456789")
    assert asyncio.run(_keys_seen("litellm_proxy/some-model", monkeypatch)) == {"Bearer sk-proxy-0123456789"}


def test_the_openai_key_is_sent_to_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asyncio.run(_keys_seen("openai/some-model", monkeypatch)) == {f"Bearer {KEY}"}
