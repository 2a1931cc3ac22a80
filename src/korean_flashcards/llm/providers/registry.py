"""Choose a model's backend: the built-in backend for the offline model, and litellm for all others."""

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.llm.providers.base import OFFLINE_MODEL, Backend
from korean_flashcards.llm.providers.litellm import LiteLLMBackend
from korean_flashcards.llm.providers.offline import VERSION, OfflineBackend
from korean_flashcards.llm.providers.offline.known_failures import KnownFailures
from korean_flashcards.processes.worker_pool import WorkerPool


def backend_for(model: str, workers: WorkerPool, failures: KnownFailures) -> Backend:
    """Return a new backend for the model.

    The offline model composes its replies in ``workers``, if any are running, except replies in ``failures``.
    """
    return OfflineBackend(workers, failures) if model.startswith(OFFLINE_PREFIX) else LiteLLMBackend()


def model_version(model: str) -> str:
    """Return the name that identifies the model in cache keys.

    For the offline model, the version of its code is appended.

    Raises:
        SettingsError: No offline model has this name.
    """
    if not model.startswith(OFFLINE_PREFIX):
        return model
    if model != OFFLINE_MODEL:
        raise SettingsError(
            f"There is no model named {model!r}. The only offline model is {OFFLINE_MODEL!r}. Nothing was sent. "
            f"Set llm.model to {OFFLINE_MODEL}, or to a litellm model such as openai/gpt-4o-mini."
        )
    return f"{model}@{VERSION}"
