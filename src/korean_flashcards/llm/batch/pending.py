"""Describe requests that are left pending for a later run, such as those in a batch."""

from collections.abc import Sequence

from korean_flashcards.domain.calls import ProviderBatch
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.records import PendingCode
from korean_flashcards.domain.requests import ChatReply, Request
from korean_flashcards.stages.ports import Batches


def pending_reply(key: str, code: PendingCode, message: str) -> ChatReply:
    """Return a reply that marks a request as pending for a later run and gives the reason."""
    return ChatReply(key, None, cached=False, attempts=0, pending=code, message=message)


def submitted(requests: Sequence[Request], batches: Batches) -> dict[str, ChatReply]:
    """Return pending replies, by key, for requests that are already in a batch.

    Making individual calls for these requests would mean paying for them twice.
    """
    found, replies = batches.under_way(key for request in requests for key in request.keys), {}
    for request in requests:
        if batch := next((found[key] for key in request.keys if key in found), None):
            message = f"{described(batch)}: fetch it with llm.mode=batch, or cancel it with `kedro llm batches cancel`"
            replies[request.key] = pending_reply(request.key, PendingCode.BATCH, message)
    return replies


def described(batch: ProviderBatch) -> str:
    """Return a short description of a batch: its ID, model, submission time, and progress."""
    return (
        f"batch {batch.provider_id or batch.batch_id} for {batch.model}, submitted {local_time(batch.created)}, "
        f"{batch.done:,} of {batch.total:,} done"
    )
