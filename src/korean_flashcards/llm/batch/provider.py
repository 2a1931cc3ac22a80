"""Manage a provider's files and batches through OpenAI's SDK."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from korean_flashcards.domain.calls import BatchState
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.llm.batch.lines import ENDPOINT
from korean_flashcards.llm.dispatch.backoff import Backoff
from korean_flashcards.llm.providers.base import BackendError
from korean_flashcards.llm.providers.error_text import plain_text
from korean_flashcards.llm.providers.litellm import LiteLLMBackend
from korean_flashcards.llm.providers.openai_sdk import openai_client

if TYPE_CHECKING:
    from openai import AsyncOpenAI

# These providers accept OpenAI's files unchanged, keep a batch's metadata, and can list and cancel batches. The other
# batch providers in litellm convert the file, cannot list batches, or run the batch within litellm's own proxy.
PROVIDERS = ("openai", "azure", "litellm_proxy")
# The name of our ID in a batch's metadata.
METADATA_KEY = "kfp"
# Timeout in seconds, long enough to send the largest file.
FILE_TIMEOUT = 600.0
# Maximum difference in seconds between the provider's clock and this machine's clock.
CLOCK_SKEW = 3600
_PAGE = 100  # batches; OpenAI does not list more at once
_FINAL_STATES: dict[str, BatchState] = {
    "completed": "completed", "failed": "failed", "expired": "expired", "cancelled": "cancelled",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProviderBatchStatus:
    """A batch's status, as reported by the provider.

    ``files``: the IDs of the result files. ``message``: why the batch failed.
    """

    provider_id: str
    state: BatchState
    done: int
    failed: int
    files: tuple[str, ...]
    message: str | None

    @property
    def ended(self) -> bool:
        """Return whether the batch has ended and will produce no more replies."""
        return self.state != "submitted"


class BatchProvider:
    """A client for a provider's batch API.

    The client is an async context manager that closes its connections on exit. All methods raise BackendError after
    ``max_attempts`` failed attempts. The constructor raises SettingsError if the provider has no suitable batch API.
    """

    def __init__(self, backend: LiteLLMBackend, model: str, settings: LLMParameters, backoff: Backoff) -> None:
        self._backend, self._model = backend, model
        self._settings, self._backoff = settings, backoff
        self._client: AsyncOpenAI | None = None
        _, self.name = backend.provider(model, settings.api_base)
        if self.name not in PROVIDERS:
            raise SettingsError(
                f"Batches are not supported for {model}: batches work with {', '.join(PROVIDERS)}, and compatible "
                f"servers, but not with {self.name}. Nothing was sent. Use --params llm.mode=calls."
            )

    async def upload(self, path: Path) -> str:
        """Upload a request file and return its ID."""

        async def send(client: "AsyncOpenAI") -> Any:
            with path.open("rb") as file:
                return await client.files.create(file=(path.name, file), purpose="batch", timeout=FILE_TIMEOUT)

        return str((await self._call(send)).id)

    async def create(self, file_id: str, batch_id: str) -> ProviderBatchStatus:
        """Create the batch, but never twice: retry only after HTTP 429, which means that no batch was created."""

        async def send(client: "AsyncOpenAI") -> Any:
            return await client.batches.create(
                completion_window="24h", endpoint=ENDPOINT, input_file_id=file_id, metadata={METADATA_KEY: batch_id}
            )

        return _batch_status(await self._call(send, once=True))

    async def retrieve(self, provider_id: str) -> ProviderBatchStatus:
        """Return the current status of the batch."""
        return _batch_status(await self._call(lambda client: client.batches.retrieve(provider_id)))

    async def find(self, batch_id: str, since: float) -> ProviderBatchStatus | None:
        """Return the batch whose metadata contains our ID, or None if no such batch is found.

        Batches older than ``since`` (Unix time) may be skipped.
        """
        after: dict[str, str] = {}
        while True:
            page = await self._page(after)
            for batch in page.data:
                if (batch.metadata or {}).get(METADATA_KEY) == batch_id:
                    return _batch_status(batch)
            # The newest batches come first.
            if not getattr(page, "has_more", False) or page.data[-1].created_at < since:
                return None
            after = {"after": page.data[-1].id}

    async def content(self, file_id: str) -> bytes:
        """Return a file's content."""
        found = await self._call(lambda client: client.files.content(file_id, timeout=FILE_TIMEOUT))
        return bytes(found.content)

    async def cancel(self, provider_id: str) -> ProviderBatchStatus:
        """Cancel the batch. Replies that are already available can still be fetched."""
        return _batch_status(await self._call(lambda client: client.batches.cancel(provider_id)))

    async def close(self) -> None:
        """Close the connections. The next call opens new connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def _page(self, after: dict[str, str]) -> Any:
        return await self._call(lambda client: client.batches.list(limit=_PAGE, **after))

    async def _call(self, send: Callable[["AsyncOpenAI"], Awaitable[Any]], once: bool = False) -> Any:
        attempt = 0
        while True:
            attempt += 1
            try:
                if self._client is None:
                    access = self._backend.access(self._model, self._settings)
                    self._client = openai_client(self.name, access, self._backend.azure_api_version)
                return await send(self._client)
            except Exception as error:  # the SDK's errors and built-in errors
                problem = self._backend.explained(error, self._model, self._settings)
                hopeless = not problem.retry or (once and problem.code is not FailureCode.RATE_LIMIT)
                if hopeless or attempt >= self._settings.max_attempts or self._backoff.stopped:
                    # Not "from error": the provider's message may contain the key.
                    raise problem from None
                await self._backoff.back_off(problem, attempt)


def may_have_arrived(problem: BackendError) -> bool:
    """Return whether the provider may have processed the request despite this error."""
    return problem.retry and problem.code is not FailureCode.RATE_LIMIT


def _batch_status(batch: Any) -> ProviderBatchStatus:
    counts, errors = batch.request_counts, getattr(batch.errors, "data", None) or []
    files = (batch.output_file_id, batch.error_file_id)
    return ProviderBatchStatus(
        provider_id=str(batch.id),
        state=_FINAL_STATES.get(batch.status, "submitted"),
        done=counts.completed if counts else 0,
        failed=counts.failed if counts else 0,
        files=tuple(name for name in files if name),
        message="; ".join(plain_text(str(error.message)) for error in errors[:3]) or None,
    )
