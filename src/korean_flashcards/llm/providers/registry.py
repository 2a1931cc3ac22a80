"""Which provider serves a model: the embedded offline model, or litellm for every other."""

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.llm.providers.base import OFFLINE_MODEL, Backend
from korean_flashcards.llm.providers.litellm import LiteLLMBackend
from korean_flashcards.llm.providers.offline import VERSION, OfflineBackend


def backend_for(model: str) -> Backend:
    """Return the backend that serves ``model``."""
    return OfflineBackend() if model.startswith(OFFLINE_PREFIX) else LiteLLMBackend()


def model_version(model: str) -> str:
    """Return the model's name for the cache key: the offline model changes with our code, so its version is added.

    Raises SettingsError for an offline model that does not exist.
    """
    if not model.startswith(OFFLINE_PREFIX):
        return model
    if model != OFFLINE_MODEL:
        raise SettingsError(
            f"There is no model {model!r}: the only embedded model is {OFFLINE_MODEL!r}. Nothing was sent. "
            f"Set llm.model to it, or to any litellm model such as openai/gpt-4o-mini."
        )
    return f"{model}@{VERSION}"
