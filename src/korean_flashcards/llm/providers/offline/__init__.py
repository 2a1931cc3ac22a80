"""Provide the offline model ``offline/dictionary``, which works without a network and invents nothing.

The offline model's replies go through the same cache, parsers, and checks as any other model's. The replies are based
on the word list's columns, standard pronunciation rules, morphological analysis, and a hanja dictionary. Unknown fields
are null. Each scene consists of the list's example and meaning.
"""

from contextlib import suppress

from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import ChatTemplate, Request
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.llm.providers.offline.composition import Refusal, compose
from korean_flashcards.llm.providers.offline.known_failures import KnownFailures
from korean_flashcards.processes.worker_pool import WorkerPool
from korean_flashcards.processes.worker_process import WorkerError

# Part of the cache key. Increment it only if a change here or in ``korean`` makes earlier replies unusable, because all
# words are then requested again.
VERSION = 6


class OfflineBackend:
    """A backend that replies to requests from both stages.

    The Korean-language code is imported on the first request. If worker processes are running, they compose the replies.
    Requests in ``failures`` get the same reply again.
    """

    def __init__(self, workers: WorkerPool, failures: KnownFailures | None = None) -> None:
        self._workers, self._failures = workers, failures or KnownFailures()
        self._prepared: dict[tuple[Stage, str], str | Refusal] = {}

    async def open(self) -> None:
        """Do nothing, because everything is loaded on the first request."""

    async def prepare(self, template: ChatTemplate, requests: list[Request]) -> None:
        """Compose the replies in the worker processes, if any are running. ``send`` returns each reply once."""
        asked = ((template.stage, request.user) for request in requests)
        wanted = [request for request in asked if self._failures.of(request) is None]
        with suppress(WorkerError):  # because of a bug, with which ``send`` fails for only one of the words
            replies = await self._workers.run_each(compose, wanted) if self._workers.running else []
            self._prepared.update(zip(wanted, replies, strict=False))

    async def send(self, template: ChatTemplate, user: str, settings: LLMParameters) -> RawReply:
        """Return the reply as JSON text, at no cost. Raises BackendError for a word that the model cannot describe."""
        request = template.stage, user
        composed = self._prepared.pop(request, None) or self._failures.of(request) or await self._composed(request)
        if isinstance(composed, Refusal):
            self._failures.add(request, composed)
            raise BackendError(composed.code, composed.message, retry=False)
        return RawReply(text=composed, finish_reason="stop", tokens_in=0, tokens_out=0, cost_usd=0.0)

    def reports_leaving(self, model: str, settings: LLMParameters) -> bool:
        """Return False, because no request is sent."""
        return False

    async def close(self) -> None:
        """Do nothing. The checks and stage 2 use the analyzer again, and loading it takes 0.8 s."""

    async def _composed(self, request: tuple[Stage, str]) -> str | Refusal:
        """Return the reply from a worker process, or from this process if none is running or the function fails."""
        try:
            return await self._workers.run(compose, request)
        except WorkerError:  # because of a bug, whose own error says more
            return compose(request)
