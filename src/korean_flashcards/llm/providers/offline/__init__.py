"""Provide the offline model ``offline/dictionary``, which works without a network and invents nothing.

The offline model's replies go through the same cache, parsers, and checks as any other model's. The replies are based
on the word list's columns, standard pronunciation rules, morphological analysis, and a hanja dictionary. Unknown fields
are null. Each scene consists of the list's example and meaning.
"""

import asyncio
from collections import deque

from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import ChatTemplate
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.llm.providers.offline.composition import Refusal, compose
from korean_flashcards.processes.worker_pool import WorkerPool
from korean_flashcards.processes.worker_process import WorkerError

# Part of the cache key. Increment it only if a change here or in ``korean`` makes earlier replies unusable, because all
# words are then requested again.
VERSION = 6
_CHUNK = 32  # requests in a message to a worker process
_MESSAGES = 2  # for each process. With one, a process would be idle until its replies have been read.

_Waiting = tuple[tuple[Stage, str], "asyncio.Future[str | Refusal]"]


class OfflineBackend:
    """A backend that replies to requests from both stages.

    The Korean-language code is imported on the first request. If worker processes are running, they compose the replies.
    """

    def __init__(self, workers: WorkerPool) -> None:
        self._workers = workers
        self._waiting: deque[_Waiting] = deque()
        self._senders: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Do nothing, because everything is loaded on the first request."""

    async def send(self, template: ChatTemplate, user: str, settings: LLMParameters) -> RawReply:
        """Return the reply as JSON text, at no cost. Raises BackendError for a word that the model cannot describe."""
        request = template.stage, user
        composed = await self._shared(request) if self._workers.running else compose(request)
        if isinstance(composed, Refusal):
            raise BackendError(composed.code, composed.message, retry=False)
        return RawReply(text=composed, finish_reason="stop", tokens_in=0, tokens_out=0, cost_usd=0.0)

    def reports_leaving(self, model: str, settings: LLMParameters) -> bool:
        """Return False, because no request is sent."""
        return False

    async def close(self) -> None:
        """Do nothing. The checks and stage 2 use the analyzer again, and loading it takes 0.8 s."""

    async def _shared(self, request: tuple[Stage, str]) -> str | Refusal:
        """Return the reply from a worker process. Requests that arrive at the same time share a message."""
        composed: asyncio.Future[str | Refusal] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, composed))
        if len(self._senders) < self._workers.running * _MESSAGES:
            sender = asyncio.create_task(self._send_waiting())
            self._senders.add(sender)
            sender.add_done_callback(self._senders.discard)
        return await composed

    async def _send_waiting(self) -> None:
        """Send the waiting requests to a worker process, one message after the other."""
        while self._waiting:
            chunk = [self._waiting.popleft() for _ in range(min(_CHUNK, len(self._waiting)))]
            try:
                replies = await self._workers.run_each(compose, [request for request, _ in chunk])
            except WorkerError:  # because of a bug, which must fail only one of the words
                for request, composed in chunk:
                    _compose_here(request, composed)
            else:
                for (_, composed), reply in zip(chunk, replies, strict=True):
                    if not composed.done():
                        composed.set_result(reply)


def _compose_here(request: tuple[Stage, str], composed: "asyncio.Future[str | Refusal]") -> None:
    if not composed.done():
        try:
            composed.set_result(compose(request))
        except Exception as error:
            composed.set_exception(error)
