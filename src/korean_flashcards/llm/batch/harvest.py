"""Read a batch's replies. Each accepted reply is stored in the cache before it is used."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from korean_flashcards.domain.calls import BatchLine, Call, ProviderBatch
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.domain.requests import ChatReply, ChatTemplate, ReplyCheck, Request
from korean_flashcards.llm.batch.lines import BatchReply, read_replies
from korean_flashcards.llm.batch.provider import BatchProvider, ProviderBatchStatus
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.dispatch.call import Caller
from korean_flashcards.llm.dispatch.provider_problems import PENDING, described
from korean_flashcards.llm.dispatch.reply_writer import ReplyWriter
from korean_flashcards.llm.dispatch.request_progress import RequestProgress
from korean_flashcards.llm.dispatch.routes import Route
from korean_flashcards.llm.pricing.prices import price_of
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.llm.providers.litellm import LiteLLMBackend
from korean_flashcards.llm.providers.responses import outcome_of
from korean_flashcards.processes.worker_pool import WorkerPool
from korean_flashcards.stages.ports import Ports

# Number of lines whose calls are recorded together. After Ctrl-C, at most this many lines are still processed.
CHUNK = 500


@dataclass
class _Ends:
    """The outcomes of a group of batch lines."""

    calls: list[Call] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    replies: list[ChatReply] = field(default_factory=list)


class Harvest:
    """A reader for one stage's batches. ``replies``: the replies to ``requests``, by key.

    ``again``: the keys of requests whose response format was rejected by the provider. These requests are sent again
    with a less strict response format. ``check``: a function that accepts or rejects replies to requests that are not
    in ``requests``. Without ``check``, such replies are only archived.
    """

    def __init__(
        self, template: ChatTemplate, requests: Mapping[str, Request], settings: LLMParameters, ports: Ports,
        cache: ReplyCache, check: ReplyCheck | None,
    ) -> None:  # fmt: skip
        self._template, self._requests, self._settings = template, requests, settings
        self._ports, self._check = ports, check or _unknown
        self._writer = ReplyWriter(cache, lambda: None)
        self.replies: dict[str, ChatReply] = {}
        self.again: set[str] = set()

    async def gather(
        self, batch: ProviderBatch, status: ProviderBatchStatus, provider: BatchProvider, backend: LiteLLMBackend
    ) -> None:
        """Fetch all replies from a batch that has ended. Requests without a reply can then be sent again.

        Raises:
            BackendError: A file could not be fetched, but a later attempt may succeed.
            CacheError: Replies cannot be stored.
        """
        reader = _LineReader(self, batch, backend)
        lines = await asyncio.to_thread(self._ports.batches.lines, batch)
        for file_id in status.files:
            found = read_replies((await provider.content(file_id)).split(b"\n"))
            while chunk := list(islice(found, CHUNK)):
                known = {reply.key: reply for reply in chunk if reply.key in lines}
                ends = reader.read({key: (lines.pop(key), reply) for key, reply in known.items()})
                await asyncio.to_thread(self._settle, batch, ends)
        await asyncio.to_thread(self._ports.batches.settle, batch, [], list(lines))

    def request_of(self, line: BatchLine) -> Request:
        """Return the request for a batch line. If the request is not part of this run, only its term is known."""
        user = json.dumps({"term": line.term}, ensure_ascii=False)
        return self._requests.get(line.key) or Request(line.key, user, self._check(line.term))

    def user_of(self, key: str) -> str | None:
        """Return a request's user text, or None if the request is not part of this run."""
        return self._requests[key].user if key in self._requests else None

    def caller_of(self, batch: ProviderBatch, backend: LiteLLMBackend) -> tuple[Caller, Route]:
        """Return the caller and route used to check and record replies from the batch's model."""
        template = replace(self._template, model=batch.model)
        route = Route(
            template, backend, price_of(batch.model, self._settings.prices), batch=True, api_base=batch.api_base
        )
        return Caller([route], self._writer, self._settings, None, set(), WorkerPool()), route

    def _settle(self, batch: ProviderBatch, ends: _Ends) -> None:
        """Record the calls before settling the replies, so that each line's cost is recorded exactly once.

        If a reply cannot be stored, nothing is recorded, and a later run fetches the reply again.
        """
        self._writer.sync()
        if self._writer.problem:
            raise self._writer.problem
        self._ports.batches.settle(batch, ends.calls, ends.undone)
        mine = {reply.key: reply for reply in ends.replies if reply.key in self._requests}
        failed = [key for key, reply in mine.items() if reply.code is not None]
        if failed:
            # A failure counts only if this run has claimed the task.
            mine |= self._ports.claims.claim(failed).failed
        self._ports.claims.settle(list(mine.values()))
        self.replies |= mine


class _LineReader:
    """A reader that checks the replies in one batch."""

    def __init__(self, harvest: Harvest, batch: ProviderBatch, backend: LiteLLMBackend) -> None:
        self._harvest, self._batch, self._backend = harvest, batch, backend
        self._caller, self._route = harvest.caller_of(batch, backend)
        self._template = self._route.template
        self._sent_at = datetime.fromisoformat(batch.created).timestamp()

    def read(self, replies: Mapping[str, tuple[BatchLine, BatchReply]]) -> _Ends:
        """Store each reply in the cache or the archive. Return the outcomes to record."""
        ends = _Ends()
        for key, (line, reply) in replies.items():
            raw = self._raw(reply)
            if raw is None:
                ends.undone.append(key)
                continue
            progress = RequestProgress(self._harvest.request_of(line), attempts=1, sent_at=self._sent_at)
            outcome = raw if isinstance(raw, BackendError) else self._caller.keep_reply(progress, self._route, raw)
            call = self._caller.record(progress, self._route, raw, outcome, latency=0.0)
            ends.calls.append(
                replace(call, batch=True, prompt_version=self._batch.prompt_version, reservation=line.reservation)
            )
            ends.replies.append(_ended(progress, outcome))
        return ends

    def _raw(self, reply: BatchReply) -> RawReply | BackendError | None:
        """Return a line's raw reply or error.

        Return None if the request must be sent again because it was not processed or because the provider rejected its
        response format.
        """
        if reply.undone:
            return None
        status = 200 if reply.status is None else reply.status
        outcome = outcome_of(status, {}, json.dumps(reply.body).encode())
        if isinstance(outcome, RawReply):
            return self._caller.booked(outcome, self._route, self._template, self._harvest.user_of(reply.key))
        if outcome.rejects_format and self._backend.weaken_format(self._batch.reply_format, self._batch.model):
            self._harvest.again.add(reply.key)
            return None
        return outcome


def _ended(progress: RequestProgress, problem: BackendError | None) -> ChatReply:
    """Return the final reply.

    A provider problem does not count against the word: the next run requests the word again.
    """
    if problem is not None and problem.code in PENDING:
        return progress.pending(PENDING[problem.code], described(problem))
    return progress.reply(problem)


def _unknown(term: str) -> Callable[[str], object]:
    """Return a check that rejects every reply, because a reply cannot be checked without its request."""

    def reject(text: str) -> object:
        raise ReplyError(FailureCode.CONTRACT, f"{term} was not requested in this run")

    return reject
