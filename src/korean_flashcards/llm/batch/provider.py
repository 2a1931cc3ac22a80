"""The files and batches of one provider, through litellm; like the backend, which loaded it, it imports litellm late."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from korean_flashcards.domain.calls import BatchState
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.llm.batch.lines import ENDPOINT
from korean_flashcards.llm.dispatch.limits import Backoff
from korean_flashcards.llm.providers.base import BackendError
from korean_flashcards.llm.providers.litellm import LiteLLMBackend

# Of those in litellm/batches/main.py: they take OpenAI's files as they are, keep a batch's metadata, and list and cancel
# batches. The others translate the file, know no list, or run it within litellm's own proxy.
PROVIDERS = ("openai", "azure", "litellm_proxy")
# Under which our id stands in the metadata of a batch.
MARK = "kfp"
# Seconds for a file of the largest size.
FILE_TIMEOUT = 600.0
# Seconds that the clocks of provider and machine may differ.
CLOCKS = 3600
_PAGE = 100  # batches, the most that OpenAI lists at once
_ENDS: dict[str, BatchState] = {
    "completed": "completed", "failed": "failed", "expired": "expired", "cancelled": "cancelled",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """A batch as the provider shows it. ``files``: ids of what it has answered; ``message``: why it failed."""

    provider_id: str
    state: BatchState
    done: int
    failed: int
    files: tuple[str, ...]
    message: str | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state != "submitted"


class BatchProvider:
    """All methods raise BackendError, once ``max_attempts`` did not help. Raises SettingsError for other providers."""

    def __init__(self, backend: LiteLLMBackend, model: str, settings: LLMParameters, backoff: Backoff) -> None:
        # Saves 3 s: only a batch that is sent or fetched needs it.
        import litellm

        self._litellm, self._backend, self._model = litellm, backend, model
        self._settings, self._backoff = settings, backoff
        _, self.name = backend.provider(model, settings.api_base)
        if self.name not in PROVIDERS:
            raise SettingsError(
                f"{model} cannot be asked in batches: that works with {', '.join(PROVIDERS)} (and compatible servers), "
                f"not with {self.name}. Nothing was asked. Ask with --params llm.mode=calls."
            )
        self._access = {**backend.access(model, settings), "custom_llm_provider": self.name}

    async def upload(self, path: Path) -> str:
        """Upload the questions; returns the file's id."""

        async def send() -> Any:
            with ExitStack() as stack:
                file = stack.enter_context(path.open("rb"))
                access = self._access | {"timeout": FILE_TIMEOUT}
                return await self._litellm.acreate_file(file=(path.name, file), purpose="batch", **access)

        return str((await self._call(send)).id)

    async def create(self, file_id: str, batch_id: str) -> Seen:
        """Create the batch; never twice: only a call that was turned away (429) is made again."""

        send = partial(
            self._litellm.acreate_batch, completion_window="24h", endpoint=ENDPOINT, input_file_id=file_id,
            metadata={MARK: batch_id}, **self._access,
        )  # fmt: skip
        return _seen(await self._call(send, once=True))

    async def look(self, provider_id: str) -> Seen:
        """How the batch stands."""
        # Otherwise litellm fetches the whole output in the background, to reckon what it cost.
        quiet = {"litellm_metadata": {"batch_ignore_default_logging": True}}
        send = partial(self._litellm.aretrieve_batch, batch_id=provider_id, **quiet, **self._access)
        return _seen(await self._call(send))

    async def find(self, batch_id: str, since: float) -> Seen | None:
        """The batch with our id in its metadata, None where the provider has none since then (Unix time)."""
        after: dict[str, str] = {}
        while True:
            page = await self._call(partial(self._litellm.alist_batches, limit=_PAGE, **self._access, **after))
            for batch in page.data:
                if (batch.metadata or {}).get(MARK) == batch_id:
                    return _seen(batch)
            # They come the newest first.
            if not getattr(page, "has_more", False) or page.data[-1].created_at < since:
                return None
            after = {"after": page.data[-1].id}

    async def content(self, file_id: str) -> bytes:
        """A file that the provider made."""
        access = self._access | {"timeout": FILE_TIMEOUT}
        found = await self._call(partial(self._litellm.afile_content, file_id=file_id, **access))
        return bytes(found.content)

    async def cancel(self, provider_id: str) -> Seen:
        """Stop the batch; what it has answered by then can be fetched."""
        return _seen(await self._call(partial(self._litellm.acancel_batch, batch_id=provider_id, **self._access)))

    async def _call(self, send: Callable[[], Awaitable[Any]], once: bool = False) -> Any:
        attempt = 0
        while True:
            attempt += 1
            try:
                return await send()
            except Exception as error:  # litellm raises its own, its providers' and plain Python's errors
                problem = self._backend.explained(error, self._model, self._settings)
                hopeless = not problem.retry or (once and problem.code is not FailureCode.RATE_LIMIT)
                if hopeless or attempt >= self._settings.max_attempts or self._backoff.stopped:
                    raise problem from error
                await self._backoff.back_off(problem, attempt)


async def close_connections() -> None:
    """Close what the calls of this loop have left open.

    litellm makes a client for each call and leaves it to the garbage collector, which must find it while its loop runs.
    """
    before = asyncio.all_tasks()
    gc.collect()
    if closing := asyncio.all_tasks() - before:
        await asyncio.wait(closing)


def arrived_perhaps(problem: BackendError) -> bool:
    """Whether a call that ended so may have been carried out all the same."""
    return problem.retry and problem.code is not FailureCode.RATE_LIMIT


def _seen(batch: Any) -> Seen:
    counts, errors = batch.request_counts, getattr(batch.errors, "data", None) or []
    files = (batch.output_file_id, batch.error_file_id)
    return Seen(
        provider_id=str(batch.id),
        state=_ENDS.get(batch.status, "submitted"),
        done=counts.completed if counts else 0,
        failed=counts.failed if counts else 0,
        files=tuple(name for name in files if name),
        message="; ".join(str(error.message) for error in errors[:3]) or None,
    )
