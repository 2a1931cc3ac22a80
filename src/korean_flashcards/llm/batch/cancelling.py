"""Cancel a batch on a user's request."""

from dataclasses import replace
from datetime import datetime

from korean_flashcards.domain.calls import ProviderBatch
from korean_flashcards.domain.errors import ModelUnavailableError
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.llm.batch.provider import CLOCK_SKEW, BatchProvider, ProviderBatchStatus
from korean_flashcards.llm.dispatch.limits import Backoff
from korean_flashcards.llm.dispatch.run_sync import run_sync
from korean_flashcards.llm.providers.base import BackendError
from korean_flashcards.llm.providers.litellm import LiteLLMBackend
from korean_flashcards.stages.ports import Batches


def cancelled(batch: ProviderBatch, settings: LLMParameters, batches: Batches) -> str:
    """Cancel the batch; return the outcome. A batch that the provider does not have is given up: its words are free again.

    Raises ModelUnavailableError when the provider cannot be reached.
    """
    settings = settings.model_copy(update={"api_base": batch.api_base})
    try:
        status = run_sync(lambda: _stopped(batch, settings), lambda: None)
    except BackendError as problem:
        raise ModelUnavailableError(
            f"The batch could not be cancelled ({problem.code}): {problem} {problem.hint} Nothing was changed. Check the "
            "key and the network, then run the same command again."
        ) from problem
    if status is None:
        batches.note(replace(batch, state="lost", message="given up: the provider does not have it"))
        words = list(batches.lines(batch))
        batches.settle(batch, [], words)
        return f"The provider does not have the batch. It is given up: {counted(len(words), 'word')} can be requested again."
    if status.ended:
        return f"The batch has ended already ({status.state}): `kedro run --params llm.mode=batch` fetches its replies."
    return "The batch is being cancelled. `kedro run --params llm.mode=batch` fetches the replies that it has by then."


async def _stopped(batch: ProviderBatch, settings: LLMParameters) -> ProviderBatchStatus | None:
    async with BatchProvider(LiteLLMBackend(), batch.model, settings, Backoff(settings)) as provider:
        return await _cancel(batch, provider)


async def _cancel(batch: ProviderBatch, provider: BatchProvider) -> ProviderBatchStatus | None:
    """How it stands, None where the provider does not have it."""
    provider_id = batch.provider_id
    if provider_id is None:
        since = datetime.fromisoformat(batch.created).timestamp() - CLOCK_SKEW
        found = await provider.find(batch.batch_id, since) if batch.file_id else None
        provider_id = found.provider_id if found else None
    if provider_id is None:
        return None
    try:
        status = await provider.retrieve(provider_id)
    except BackendError as problem:
        if problem.code is FailureCode.BAD_REQUEST:
            return None
        raise
    return status if status.ended else await provider.cancel(provider_id)
