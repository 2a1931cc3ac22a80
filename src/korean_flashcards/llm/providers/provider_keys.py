"""List the environment variables that hold common providers' keys, because importing litellm takes seconds."""

import os
from collections.abc import Mapping

from korean_flashcards.domain.lazy_regex import lazy_regex

# Any one of a provider's variables is enough. The first one is the most common. Source: litellm's validate_environment,
# and the additional variables that its provider modules read. litellm handles all other providers.
KEY_VARIABLES: Mapping[str, tuple[str, ...]] = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
    "openrouter": ("OPENROUTER_API_KEY", "OR_API_KEY"),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "mistral": ("MISTRAL_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "groq": ("GROQ_API_KEY",),
    "xai": ("XAI_API_KEY",),
    "cerebras": ("CEREBRAS_API_KEY",),
    "cohere": ("COHERE_API_KEY", "CO_API_KEY"),
    "perplexity": ("PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"),
    "together_ai": ("TOGETHERAI_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHER_API_KEY", "TOGETHER_AI_TOKEN"),
    "huggingface": ("HUGGINGFACE_API_KEY", "HF_TOKEN"),
    "replicate": ("REPLICATE_API_KEY", "REPLICATE_API_TOKEN"),
}
_KEY_NAME = lazy_regex(r"_(?:KEY|TOKEN)$")


def keys_set(provider: str) -> list[str]:
    """Return the provider's key variables that are set. Empty variables do not count as set."""
    names = KEY_VARIABLES.get(provider) or (f"{provider}_API_KEY".upper(),)
    return [name for name in names if os.environ.get(name, "").strip()]


def discard_empty_keys() -> None:
    """Remove empty key variables from this process's environment. litellm would treat an empty variable as a key."""
    for name in [name for name, value in os.environ.items() if _KEY_NAME.search(name) and not value.strip()]:
        del os.environ[name]
