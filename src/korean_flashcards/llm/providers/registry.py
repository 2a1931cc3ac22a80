"""Choose a model's backend: a built-in one for the offline model, and litellm for all other models."""

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.llm.providers.base import OFFLINE_MODEL, Backend
from korean_flashcards.llm.providers.litellm import LiteLLMBackend
from korean_flashcards.llm.providers.offline import VERSION, OfflineBackend


def backend_for(model: str) -> Backend:
    """Return a new backend for the model."""
    return OfflineBackend() if model.startswith(OFFLINE_PREFIX) else LiteLLMBackend()


def model_version(model: str) -> str:
    """Return the model's name for cache keys. The offline model changes with our code, so its version is appended.

    Raises:
        SettingsError: The offline model does not exist.
    """
    if not model.startswith(OFFLINE_PREFIX):
        return model
    if model != OFFLINE_MODEL:
        raise SettingsError(
            f"There is no model {model!r}. The only offline model is {OFFLINE_MODEL!r}. Nothing was sent. "
            f"Set llm.model to {OFFLINE_MODEL}, or to a litellm model such as openai/gpt-4o-mini."
        )
    return f"{model}@{VERSION}"
