"""Cancel a batch at the user's request."""

from dataclasses import replace
from datetime import datetime

from korean_flashcards.domain.calls import ProviderBatch
from korean_flashcards.domain.errors import ModelUnavailableError
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.llm.batch.provider import CLOCK_SKEW, BatchProvider, ProviderBatchStatus
from korean_flashcards.llm.dispatch.backoff import Backoff
from korean_flashcards.llm.dispatch.run_sync import run_sync
from korean_flashcards.llm.providers.base import BackendError
from korean_flashcards.llm.providers.error_text import as_sentence
from korean_flashcards.llm.providers.litellm import LiteLLMBackend
from korean_flashcards.stages.ports import Batches

_FETCH = "`kedro run --params llm.mode=batch`"
_AMERICAN = {"cancelled": "canceled"}


def cancelled(batch: ProviderBatch, settings: LLMParameters, batches: Batches) -> str:
    """Cancel the batch and return the outcome as a sentence.

    If the provider has no record of the batch, the batch is marked as lost, and its words can be requested again.

    Raises:
        ModelUnavailableError: The provider cannot be reached, or it rejects the request.
    """
    settings = settings.model_copy(update={"api_base": batch.api_base})
    try:
        status = run_sync(lambda: _stopped(batch, settings), lambda: None)
    except BackendError as problem:
        hint = f" {problem.hint}" if problem.hint else ""
        raise ModelUnavailableError(
            f"The batch could not be canceled ({problem.code}): {as_sentence(str(problem))}{hint} Nothing was changed. "
            "Check the key and the network, then run the same command again."
        ) from problem
    if status is None:
        batches.note(replace(batch, state="lost", message="abandoned: the provider has no record of this batch"))
        words = list(batches.lines(batch))
        batches.settle(batch, [], words)
        return f"The provider has no record of this batch. {counted(len(words), 'word')} can be requested again."
    if status.ended:
        return f"The batch has already ended ({_AMERICAN.get(status.state, status.state)}). Fetch its replies with {_FETCH}."
    return f"The batch is being canceled. Fetch the replies received so far with {_FETCH}."


async def _stopped(batch: ProviderBatch, settings: LLMParameters) -> ProviderBatchStatus | None:
    async with BatchProvider(LiteLLMBackend(), batch.model, settings, Backoff(settings)) as provider:
        return await _cancel(batch, provider)


async def _cancel(batch: ProviderBatch, provider: BatchProvider) -> ProviderBatchStatus | None:
    """Cancel the batch and return its status, or None if the provider has no record of the batch."""
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
