"""Identify each model together with its address: the same model at two addresses counts as two endpoints."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.llm.pricing.price_list import entry_of
from korean_flashcards.llm.providers.provider_keys import keys_set

# Environment variables that set a provider's address. litellm reads them if the parameters do not set an address.
_ADDRESS_VARIABLES: Mapping[str, tuple[str, ...]] = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "anthropic": ("ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"),
    "azure": ("AZURE_API_BASE",),
    "openrouter": ("OPENROUTER_API_BASE",),
    "mistral": ("MISTRAL_AZURE_API_BASE",),
    "ollama": ("OLLAMA_API_BASE",),
    "ollama_chat": ("OLLAMA_API_BASE",),
    "deepseek": ("DEEPSEEK_API_BASE",),
    "gemini": ("GEMINI_API_BASE",),
    "groq": ("GROQ_API_BASE",),
    "xai": ("XAI_API_BASE",),
    "litellm_proxy": ("LITELLM_PROXY_API_BASE",),
    "lm_studio": ("LM_STUDIO_API_BASE",),
    "hosted_vllm": ("HOSTED_VLLM_API_BASE",),
}
_SEPARATOR = " @ "


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model and the address at which it is called. ``api_base`` is None for the provider's default address."""

    model: str
    api_base: str | None = None

    @property
    def provider(self) -> str:
        """Return litellm's name for the model's provider, even if the model's name has no prefix (such as "gpt-5")."""
        if "/" in self.model:
            return self.model.partition("/")[0]
        entry = entry_of(self.model)
        return entry["provider"] if entry else ""

    @property
    def address_variables(self) -> tuple[str, ...]:
        """Return the environment variables that can set the address of the model's provider."""
        return _ADDRESS_VARIABLES.get(self.provider, ())

    @property
    def address(self) -> str | None:
        """Return the address from the parameters or the environment, or None for the provider's default address."""
        return self.api_base or next(
            (value for name in self.address_variables if (value := os.environ.get(name))), None
        )

    @property
    def key(self) -> str:
        """Return the name under which circuit breakers and learned rates are stored."""
        return self.model if self.address is None else f"{self.model}{_SEPARATOR}{shown_address(self.address)}"

    @property
    def place(self) -> str:
        """Return a description of where the model is called: its address or its provider's name."""
        if self.model.startswith(OFFLINE_PREFIX):
            return "this computer"
        return shown_address(self.address) if self.address else self.provider or "its provider"


def endpoints_of(settings: LLMParameters) -> list[Endpoint]:
    """Return the endpoints that a stage with these settings may call: its model first, then its fallbacks."""
    own = Endpoint(settings.model, settings.api_base)
    # A batch does not use fallback models.
    fallbacks = () if settings.mode == "batch" else settings.fallbacks
    return list(dict.fromkeys([own, *(Endpoint(each.model, each.api_base) for each in fallbacks)]))


def model_and_place(key: str) -> tuple[str, str | None]:
    """Split an endpoint's key into the model and the displayed address (None for the provider's default address)."""
    model, _, address = key.partition(_SEPARATOR)
    return model, address or None


def shown_address(address: str) -> str:
    """Return an address without its potentially secret parts: the user name, the password, and the query."""
    parts = _split(address)
    if parts is None:
        return address.partition("?")[0].rpartition("@")[2]
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}"


def exposed_host(address: str) -> str | None:
    """Return the host if requests to this address cross a network unencrypted, otherwise None."""
    parts = _split(address)
    if parts is None or parts.scheme != "http":
        return None
    host = parts.hostname or ""
    return None if _is_loopback(host) else host


def sent_key(endpoint: Endpoint) -> str | None:
    """Return the name of the variable whose value is sent with calls to the endpoint, or None if no key is set.

    If several of the provider's variables are set, litellm chooses one, and all names are returned.
    """
    return " or ".join(keys_set(endpoint.provider)) or None


def unencrypted_key(endpoint: Endpoint) -> str | None:
    """Return a warning if a key would be sent to the endpoint unencrypted, over plain HTTP."""
    host = exposed_host(endpoint.address) if endpoint.address else None
    if host is None:
        return None
    sent = " and ".join(keys_set(endpoint.provider))
    if not sent and "@" in (endpoint.address or ""):
        sent = "the password in the address"
    if not sent:
        return None
    return f"{sent} is sent to {host} unencrypted, because the address begins with http://. Use https:// if possible"


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(address: str) -> SplitResult | None:
    """Return the parts of an absolute URL, or None if the text is not an absolute URL."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    return parts if parts.scheme and parts.netloc else None
