"""Pending replies: of requests that wait for a later run, above all of those that a provider has in a batch."""

from collections.abc import Sequence
from datetime import datetime

from korean_flashcards.domain.calls import ProviderBatch
from korean_flashcards.domain.records import PendingCode
from korean_flashcards.domain.requests import ChatReply, Request
from korean_flashcards.stages.ports import Batches


def pending_reply(key: str, code: PendingCode, message: str) -> ChatReply:
    """Return the reply of a request that waits for a later run, with the reason."""
    return ChatReply(key, None, cached=False, attempts=0, pending=code, message=message)


def submitted(requests: Sequence[Request], batches: Batches) -> dict[str, ChatReply]:
    """Return the pending replies, by key, of requests that are in a batch: a call as well would be paid twice."""
    found, replies = batches.under_way(key for request in requests for key in request.keys), {}
    for request in requests:
        if batch := next((found[key] for key in request.keys if key in found), None):
            message = f"{described(batch)}: llm.mode=batch fetches it, `kedro batches cancel` gives it up"
            replies[request.key] = pending_reply(request.key, PendingCode.BATCH, message)
    return replies


def described(batch: ProviderBatch) -> str:
    """Return a batch in a few words: its id, model, time and progress."""
    at = datetime.fromisoformat(batch.created).astimezone()
    today = at.date() == datetime.now().astimezone().date()
    return (
        f"batch {batch.provider_id or batch.batch_id} of {batch.model} since {at:{'%H:%M' if today else '%Y-%m-%d %H:%M'}}, "
        f"{batch.done:,} of {batch.total:,} done"
    )
