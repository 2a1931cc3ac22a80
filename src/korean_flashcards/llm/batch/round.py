"""Fetch a stage's finished batches, submit its remaining requests, and report unfinished requests as pending."""

import asyncio
import logging
import secrets
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from korean_flashcards.domain.calls import BatchState, ProviderBatch
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import FailureCode, PendingCode
from korean_flashcards.domain.requests import ChatReply, ReplyCheck, Request
from korean_flashcards.llm.batch import lines
from korean_flashcards.llm.batch.harvest import Harvest
from korean_flashcards.llm.batch.pending import described, pending_reply
from korean_flashcards.llm.batch.provider import CLOCK_SKEW, BatchProvider, ProviderBatchStatus, may_have_arrived
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.dispatch.backoff import Backoff
from korean_flashcards.llm.dispatch.routes import Route
from korean_flashcards.llm.providers.base import Backend, BackendError
from korean_flashcards.llm.providers.litellm import LiteLLMBackend
from korean_flashcards.stages.ports import Ports

logger = logging.getLogger(__name__)

# Seconds between checks for batches that another run is submitting or fetching.
LOOK_EVERY = 0.3
# Seconds after which a batch that the provider does not list is considered never created, because the call that creates
# it must have ended by then.
GRACE = 300
# Number of checks while a run waits for a batch, and the minimum and maximum number of seconds between checks.
_LOOKS, _LEAST_POLL, _MOST_POLL = 20, 0.2, 30.0


class BatchRound:
    """A round that fetches one stage's finished batches and submits the stage's remaining requests.

    Call ``run`` only once. ``replies``: one reply for each request, by key.
    """

    def __init__(
        self, route: Route, requests: Mapping[str, Request], settings: LLMParameters, ports: Ports, cache: ReplyCache,
        recall: Callable[[Request], ChatReply | None], check: ReplyCheck | None,
        backend_of: Callable[[str, str | None], Backend],
    ) -> None:  # fmt: skip
        self._route, self._requests, self._settings = route, requests, settings
        self._ports, self._recall, self._backend_of, self._paid = ports, recall, backend_of, cache.paid
        self._backoff = Backoff(settings)
        self._harvest = Harvest(route.template, requests, settings, ports, cache, check)
        self._open = dict(requests)
        self._submitted: set[str] = set()
        self._held_back: dict[str, tuple[PendingCode, str]] = {}
        self._notes: dict[str, str] = {}
        self._providers: dict[tuple[str, str | None], BatchProvider] = {}
        self._connections = AsyncExitStack()
        self.replies: dict[str, ChatReply] = {}

    async def run(self) -> None:
        """Fetch and submit batches once, or repeatedly until ``batch_wait`` seconds have passed.

        Even after an error, all replies fetched so far are stored, and all submitted batches are recorded.

        Raises:
            SettingsError: The provider has no suitable batch API.
            BackendError: The provider rejects every request.
            CacheError: Replies cannot be stored.
            LedgerError: The ledger cannot be used.
        """
        async with self._connections:
            await self._fetch_and_submit()

    async def _fetch_and_submit(self) -> None:
        provider = await self._provider(self._route.model, self._settings.api_base) if self._open else None
        ends_at = time.monotonic() + self._settings.batch_wait
        poll = min(_MOST_POLL, max(_LEAST_POLL, self._settings.batch_wait / _LOOKS))
        try:
            await asyncio.to_thread(self._ports.budgets.settle_dead, self._paid)
            while True:
                await self._fetch()
                if provider is not None:
                    await self._submit(provider)
                await asyncio.to_thread(self._ports.batches.leave)
                if self._backoff.stopped or not self._open or time.monotonic() >= ends_at:
                    break
                await self._backoff.sleep(poll)
            await asyncio.to_thread(self._report_pending)
        finally:
            await asyncio.to_thread(self._ports.batches.leave)
            await asyncio.to_thread(self._ports.claims.release)

    def drain(self) -> None:
        """Finish the current fetch or submission, then stop."""
        self._backoff.stop()

    async def _fetch(self) -> None:
        """Check the stage's batches, and wait for batches that another run is handling."""
        elsewhere = True
        while elsewhere and not self._backoff.stopped:
            mine, elsewhere = await asyncio.to_thread(self._ports.batches.take, self._route.template.stage)
            for batch in mine:
                if not self._backoff.stopped:
                    await self._visit(batch)
            # Release the batches before waiting. Otherwise, two runs could wait for each other forever.
            await asyncio.to_thread(self._ports.batches.leave)
            if elsewhere:
                await self._backoff.sleep(LOOK_EVERY)
        for key, reply in self._harvest.replies.items():
            self._end(key, reply)
        await asyncio.to_thread(self._take_fetched_elsewhere)

    def _take_fetched_elsewhere(self) -> None:
        """Use replies that another run has fetched from this run's batches.

        Any run may fetch the replies from any batch.
        """
        mine = [key for key in self._open if key in self._submitted]
        under_way = self._ports.batches.under_way(mine)
        replies = {key: self._recall(self._requests[key]) for key in mine if key not in under_way}
        found = {key: reply for key, reply in replies.items() if reply is not None}
        self._ports.claims.settle(list(found.values()))
        for key, reply in found.items():
            self._end(key, reply)

    async def _visit(self, batch: ProviderBatch) -> None:
        """Check one batch, and fetch its replies if it has ended.

        If one batch cannot be checked, the other batches are still processed.
        """
        self._notes.pop(batch.batch_id, None)
        try:
            provider = await self._provider(batch.model, batch.api_base)
            status = await self._status(batch, provider)
            if status is None:
                return
            batch = await self._note(batch, status)
            if status.ended:
                logger.info("%s: fetching %s", batch.stage, described(batch))
                await self._harvest.gather(batch, status, provider, self._backend(batch.model, batch.api_base))
        except BackendError as problem:
            gone = problem.code is FailureCode.BAD_REQUEST
            advice = "; to abandon it, run `kedro llm batches cancel`" if gone else ""
            self._notes[batch.batch_id] = f"cannot be fetched ({problem.code}: {problem}{advice})"
            logger.warning("%s: %s: %s", batch.stage, described(batch), self._notes[batch.batch_id])

    async def _status(self, batch: ProviderBatch, provider: BatchProvider) -> ProviderBatchStatus | None:
        """Return a batch's status, or None if the provider does not list the batch.

        The run that submitted the batch may have died.
        """
        if batch.provider_id is not None:
            return await provider.retrieve(batch.provider_id)
        created = datetime.fromisoformat(batch.created).timestamp()
        if batch.file_id is not None:
            status = await provider.find(batch.batch_id, created - CLOCK_SKEW)
            if status is not None:
                # The list may be out of date.
                return await provider.retrieve(status.provider_id)
            if time.time() < created + GRACE:
                self._notes[batch.batch_id] = "not yet confirmed by the provider"
                return None
        await self._give_up(batch, "lost", "the provider never received the batch")
        return None

    async def _note(self, batch: ProviderBatch, status: ProviderBatchStatus) -> ProviderBatch:
        batch = replace(
            batch, provider_id=status.provider_id, state=status.state, done=status.done, failed=status.failed,
            message=status.message,
        )  # fmt: skip
        await asyncio.to_thread(self._ports.batches.note, batch)
        if status.state == "failed":
            logger.warning("%s: the provider rejected %s: %s", batch.stage, described(batch), status.message)
            self._blame(batch, f"the provider rejected {described(batch)}: {status.message}")
        return batch

    async def _submit(self, provider: BatchProvider) -> None:
        """Submit each request that is not in a batch, at most once per run.

        Wait for requests that another run is submitting.
        """
        # The budget may now allow more requests.
        self._held_back = {key: why for key, why in self._held_back.items() if why[0] is not PendingCode.BUDGET}
        self._submitted -= self._harvest.again
        while not self._backoff.stopped:
            left = [
                request
                for key, request in self._open.items()
                if key not in self._submitted and key not in self._held_back
            ]
            known = await asyncio.to_thread(self._ports.batches.under_way, [request.key for request in left])
            left = [request for request in left if request.key not in known]
            if not left:
                return
            mine = await self._claim(left)
            if mine:
                begun = await self._begin(mine)
                await asyncio.to_thread(self._ports.claims.release)
                while begun:
                    try:
                        await self._send(*begun.pop(0), provider)
                    except BackendError as problem:
                        for batch, _ in begun:
                            await self._give_up(batch, "failed", f"{problem.code}: {problem}")
                        raise
            else:
                await self._backoff.sleep(LOOK_EVERY)

    async def _claim(self, requests: Sequence[Request]) -> list[Request]:
        claims = await asyncio.to_thread(self._ports.claims.claim, [request.key for request in requests])
        granted, mine = set(claims.granted), []
        for request in requests:
            if request.key in claims.failed:
                self._end(request.key, claims.failed[request.key])
            elif request.key in claims.dropped:
                del self._open[request.key]
            elif request.key in granted:
                # Another run may have fetched the reply since the cache was last read.
                if reply := self._recall(request):
                    self._end(request.key, reply)
                    await asyncio.to_thread(self._ports.claims.settle, [reply])
                else:
                    mine.append(request)
        return mine

    async def _begin(self, requests: Sequence[Request]) -> list[tuple[ProviderBatch, list[Request]]]:
        """Record the batches and reserve their cost before sending them, so that no request is sent twice."""
        reply_format, body = self._bodies()
        sizes = [len(lines.request_line(request.key, body(request.user))) for request in requests]
        template, begun = self._route.template, []
        for part in lines.split_files(sizes, lines.MOST_REQUESTS, lines.MOST_BYTES):
            reservations = [
                self._route.reservation_request(request, template, request.user) for request in requests[part]
            ]
            batch = ProviderBatch(
                batch_id=f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(4)}", stage=template.stage, model=template.model,
                api_base=self._settings.api_base, prompt_version=template.prompt_version, reply_format=reply_format,
                created=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            )  # fmt: skip
            held = await asyncio.to_thread(self._ports.batches.begin, batch, reservations, self._settings.budget)
            inside = [request for request in requests[part] if request.key in held.keys]
            if inside:
                begun.append((replace(batch, total=len(inside)), inside))
            if held.refused:
                reason = f"{held.refused} does not allow another request in a batch"
                self._held_back |= {request.key: (PendingCode.BUDGET, reason) for request in requests}
                break
        self._submitted.update(request.key for _, inside in begun for request in inside)
        return begun

    async def _send(self, batch: ProviderBatch, requests: Sequence[Request], provider: BatchProvider) -> None:
        try:
            file_id = await self._upload(requests, provider)
            batch = replace(batch, file_id=file_id)
            await asyncio.to_thread(self._ports.batches.note, batch)
            status = await self._create(batch, provider)
        except BackendError as problem:
            await self._give_up(batch, "failed", f"{problem.code}: {problem}")
            if problem.code is FailureCode.QUOTA:
                message = f"the account for {batch.model} has no credit left ({problem})"
                self._blame(batch, message, requests, PendingCode.QUOTA)
            elif problem.retry:
                message = f"{batch.model} did not accept the batch ({problem.code}: {problem})"
                self._blame(batch, message, requests, PendingCode.OUTAGE)
            else:
                raise
            return
        if status is None:
            self._notes[batch.batch_id] = "not yet confirmed by the provider"
        else:
            batch = await self._note(batch, status)
            logger.info("%s: submitted %s: %s", batch.stage, counted(batch.total, "word"), described(batch))

    async def _upload(self, requests: Sequence[Request], provider: BatchProvider) -> str:
        _, body = self._bodies()
        with tempfile.TemporaryDirectory(prefix="kedro-batch-") as folder:
            path = Path(folder, "requests.jsonl")
            with path.open("wb") as file:
                file.writelines(lines.request_line(request.key, body(request.user)) for request in requests)
            return await provider.upload(path)

    async def _create(self, batch: ProviderBatch, provider: BatchProvider) -> ProviderBatchStatus | None:
        """Create the batch.

        Return None if it is unclear whether the batch was created. A later check then looks for the batch.
        """
        assert batch.file_id is not None
        try:
            return await provider.create(batch.file_id, batch.batch_id)
        except BackendError as problem:
            if not may_have_arrived(problem):
                raise
        try:
            return await provider.find(batch.batch_id, time.time() - CLOCK_SKEW)
        except BackendError:
            return None

    async def _give_up(self, batch: ProviderBatch, state: BatchState, message: str) -> None:
        """Mark a batch as ended without replies.

        The batch's requests can be sent again, and their reservations are released.
        """
        ended = replace(batch, state=state, message=message)
        await asyncio.to_thread(self._ports.batches.note, ended)
        keys = list(await asyncio.to_thread(self._ports.batches.lines, batch))
        await asyncio.to_thread(self._ports.batches.settle, ended, [], keys)

    def _blame(
        self,
        batch: ProviderBatch,
        message: str,
        requests: Sequence[Request] = (),
        code: PendingCode = PendingCode.BATCH,
    ) -> None:
        """Record why requests are no longer in this run's batch, so that they are not immediately resubmitted."""
        keys = [request.key for request in requests] or list(self._ports.batches.lines(batch))
        self._held_back |= {key: (code, message) for key in keys if key in self._submitted}

    def _report_pending(self) -> None:
        under_way = self._ports.batches.under_way(self._open)
        for key in self._open:
            if batch := under_way.get(key):
                note = f": {text}" if (text := self._notes.get(batch.batch_id)) else ""
                reason = PendingCode.BATCH, described(batch) + note
            else:
                reason = self._held_back.get(key, (PendingCode.BATCH, "the batch ended without a reply for this word"))
            self.replies[key] = pending_reply(key, *reason)

    def _bodies(self) -> tuple[str, Callable[[str], dict[str, object]]]:
        backend = self._backend(self._route.model, self._settings.api_base)
        return backend.bodies(self._route.template, self._settings)

    async def _provider(self, model: str, api_base: str | None) -> BatchProvider:
        """Return the batch API client for a model at an address.

        The client's connections are closed when the run ends.
        """
        if (model, api_base) not in self._providers:
            settings = self._settings.model_copy(update={"api_base": api_base})
            provider = BatchProvider(self._backend(model, api_base), model, settings, self._backoff)
            self._providers[model, api_base] = await self._connections.enter_async_context(provider)
        return self._providers[model, api_base]

    def _backend(self, model: str, api_base: str | None) -> LiteLLMBackend:
        backend = self._backend_of(model, api_base)
        assert isinstance(backend, LiteLLMBackend)  # the offline model has no batch mode
        return backend

    def _end(self, key: str, reply: ChatReply) -> None:
        self._open.pop(key, None)
        self.replies[key] = reply
