"""Provide ``LLMClient``, through which all stages call models.

The client sends only requests that have no cached reply.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from korean_flashcards.domain.calls import OFFLINE_PREFIX, PaidReply
from korean_flashcards.domain.errors import InterruptedRun, ModelUnavailableError
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import FailureCode, PendingCode, Stage
from korean_flashcards.domain.requests import (
    ChatReply,
    ChatTemplate,
    Repairer,
    ReplyCheck,
    Request,
    no_quality_check,
    parsed_user_text,
)
from korean_flashcards.files.dangling_links import real_path
from korean_flashcards.korean.morphology import can_be_loaded, load
from korean_flashcards.llm.batch.pending import pending_reply, submitted
from korean_flashcards.llm.batch.round import BatchRound
from korean_flashcards.llm.cache.remembered_replies import RememberedReplies
from korean_flashcards.llm.cache.replies import PART, REPLACED
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.dispatch.dispatcher import Dispatcher
from korean_flashcards.llm.dispatch.progress import ProgressDisplay
from korean_flashcards.llm.dispatch.routes import Route, route_to
from korean_flashcards.llm.dispatch.run_sync import run_sync
from korean_flashcards.llm.null_services import NULL_PORTS
from korean_flashcards.llm.pricing.price_list import did_you_mean, entry_of
from korean_flashcards.llm.providers.base import Backend, BackendError
from korean_flashcards.llm.providers.endpoints import endpoints_of
from korean_flashcards.llm.providers.error_text import as_sentence
from korean_flashcards.llm.providers.litellm import load_early
from korean_flashcards.llm.providers.model_access import check_access
from korean_flashcards.llm.providers.offline.known_failures import KnownFailures
from korean_flashcards.llm.providers.offline.warm_up import warm_up
from korean_flashcards.llm.providers.registry import backend_for, model_version
from korean_flashcards.processes.worker_pool import MOST_WORKERS, WorkerPool, cores
from korean_flashcards.stages.ports import Consent, Ports

T = TypeVar("T")
R = TypeVar("R")

# Requests to a provider. Fewer replies are checked in this process.
SMALLEST_FOR_WORKER = 10
# Words that the offline model composes, or that are checked at the end of a run. Fewer take less time in this process than
# it takes to start others.
SMALLEST_TO_SHARE = 500


class LLMClient:
    """A client that sends requests to models and caches their replies in ``cache_dir``.

    The constructor resolves symbolic links, but it neither uses the network nor writes to disk.
    """

    def __init__(self, cache_dir: Path, failures: KnownFailures | None = None) -> None:
        self._cache = ReplyCache(real_path(cache_dir))
        self._remembered = RememberedReplies(self._cache)
        self._backends: dict[tuple[str, str | None], Backend] = {}
        self._counted: set[str] = set()
        self._reached: dict[str, int] = {}
        self._workers = WorkerPool()
        self._failures = failures or KnownFailures()

    def model_version(self, model: str) -> str:
        """Return the model's name for cache keys. Only the offline model's name has a version appended.

        Raises:
            SettingsError: No offline model has this name.
        """
        return model_version(model)

    def cached(self, keys: Iterable[str]) -> set[str]:
        """Return the keys that have an accepted reply in the cache."""
        return self._cache.present(keys)

    def recall(self, requests: Iterable[Request]) -> dict[str, ChatReply]:
        """Return the stored and archived replies that their requests accept, by key. Nothing is sent or written."""
        return self._remembered.all(requests, keep=False)

    def prepare(self, settings: LLMParameters, words: int) -> None:
        """Start to load what the replies to at least this many words need, without waiting.

        A provider's model needs litellm. The offline model needs worker processes, if they will share the words.
        """
        if settings.cache_only or not words:
            return
        if not _are_local([settings.model]):
            load_early()
        elif words >= SMALLEST_TO_SHARE and (sharing := _sharing()):
            self._workers.start(warm_up, sharing)

    def close(self) -> None:
        """Close the cache, so that a copy of its file contains all replies. The next access opens it again.

        The worker processes end.
        """
        self._workers.close()
        self._cache.close()

    def map_checks(
        self, check: Callable[[T], R], items: Iterable[T], make_room: Callable[[], object] = lambda: None,
        use_room: Callable[[], object] = lambda: None,
    ) -> Iterator[R]:  # fmt: skip
        """Yield the result of a check for each item. Many items are shared among worker processes, which then end.

        These checks are the last work of a run for the processes, and each uses hundreds of megabytes. ``make_room`` is
        called before many items are checked, to end processes that are idle meanwhile, and ``use_room`` after that.
        """
        remaining = iter(items)
        first = list(islice(remaining, SMALLEST_TO_SHARE))
        sharing = _sharing() if len(first) == SMALLEST_TO_SHARE else 0
        if sharing:
            make_room()
            self._workers.start(warm_up, sharing)
        try:
            yield from self._workers.map(check, chain(first, remaining))
        finally:
            self._workers.close()
        if sharing:
            use_room()

    @property
    def folder(self) -> Path:
        """Return the reply cache's folder."""
        return self._cache.folder

    def has_replies(self) -> bool:
        """Return whether the cache contains anything."""
        return any(True for _ in self._cache.store.names())

    def check_cache(self) -> None:
        """Raise CacheDamagedError if any page of the cache's file is damaged."""
        self._cache.store.check_pages()

    def paid(self, key: str, since: float) -> PaidReply | None:
        """Return the cost of the cached reply for a key, or None if no reply arrived after this Unix time."""
        return self._cache.paid(key, since)

    def user_text(self, key: str) -> str | None:
        """Return the user text of the request with this key, or None if it is not stored."""
        stored = self._cache.get(key)
        return stored.user if stored else None

    def rejected_text(self, key: str | None) -> str | None:
        """Return the newest rejected reply to the request with this key, or None if there is none."""
        archived = self._cache.archived(key) if key else []
        # A reply to a repair request contains only some parts of the record.
        rejected = [
            reply.text
            for reply in archived
            if reply.outcome not in (PART, REPLACED) and "problems" not in parsed_user_text(reply.user)
        ]
        return rejected[-1] if rejected else None

    def complete(
        self, template: ChatTemplate, requests: Sequence[Request], settings: LLMParameters, ports: Ports = NULL_PORTS,
        repairer: Repairer | None = None, check: ReplyCheck | None = None, consent: Consent | None = None,
    ) -> list[ChatReply]:  # fmt: skip
        """Return one reply per request, in order. Requests with the same key are sent only once.

        Requests without a cached reply are sent in order, within the limits that ``ports`` enforces. If another run is
        already sending a request, the client waits for that run's reply. Only requests whose tasks were dropped in the
        meantime get no reply. A failed word's reply contains a failure code and a message. The other words are still
        processed. A pending word's reply gives the reason, such as a budget or an outage.

        In batch mode, the client fetches finished batches and submits the remaining requests. Words that are already in
        a batch are not sent as individual calls.

        Args:
            check: Accepts or rejects batch replies to requests that are not in ``requests``. Used only in batch mode.
            consent: Called before the first request is sent or, with ``llm.cache_only``, before words stay without a reply.
                May raise an error. None if no consent is needed.

        Raises:
            SettingsError: The model's price or provider is unknown.
            ModelUnavailableError: A key is not set, or the provider rejects every call.
            CacheError: Replies cannot be stored.
            LedgerError: The ledger behind ``ports`` cannot be used.
            InterruptedRun: The user pressed Ctrl-C. After any error, all replies received so far are in the cache,
                except any that the error names.
        """
        distinct: dict[str, Request] = {}
        for request in requests:
            distinct.setdefault(request.key, request)
        replies = self._remembered.all(distinct.values())
        ports.claims.settle(list(replies.values()))
        missing = [request for key, request in distinct.items() if key not in replies]
        if missing and not settings.cache_only:
            check_access(endpoints_of(settings))
        if missing and settings.cache_only:
            if consent is not None:
                consent(template.stage)
            replies |= {request.key: _not_requested(request) for request in missing}
        elif settings.mode == "batch" and not template.model.startswith(OFFLINE_PREFIX):
            if missing and consent is not None:
                consent(template.stage)
            replies |= self._batch(template, missing, settings, ports, check)
        elif missing:
            replies |= submitted(missing, ports.batches)
            missing = [request for request in missing if request.key not in replies]
            if missing and consent is not None:
                consent(template.stage)
            replies |= self._dispatch(template, missing, settings, ports, repairer, cached=len(replies))
        return [replies[request.key] for request in requests if request.key in replies]

    def _dispatch(
        self, template: ChatTemplate, requests: list[Request], settings: LLMParameters, ports: Ports,
        repairer: Repairer | None, cached: int,
    ) -> dict[str, ChatReply]:  # fmt: skip
        places = self._places(template, settings)
        models = [model for model, _ in places]
        # litellm takes seconds to load, during which the processes already load the analyzer.
        composed = [request for request in requests if self._failures.of((template.stage, request.user)) is None]
        self._workers.start(warm_up if _are_local(models) else load, _workers_for(requests, models, len(composed)))
        with ProgressDisplay(template.stage, template.model, total=len(requests), cached=cached) as display:
            routes = self._routes(template, settings, places)
            if not all(route.local for route in routes):
                self._cache.store.check_pages()
            self._cache.open()
            for route in routes:
                self._cache.note(route.template)
            display.begin()
            dispatcher = Dispatcher(
                routes,
                self._cache,
                settings,
                display,
                ports,
                self._remembered.all,
                repairer,
                self._counted,
                self._reached,
                self._workers,
            )
            try:
                run_sync(lambda: dispatcher.run(requests), dispatcher.drain)
            except KeyboardInterrupt as stop:
                raise InterruptedRun(dispatcher.cut_off, dispatcher.unstored) from stop
        if dispatcher.fatal:
            raise self._unavailable(template.model, dispatcher.fatal, dispatcher.replies) from dispatcher.fatal
        if all(route.local for route in routes):
            self._note_rejected(template.stage, requests, dispatcher.replies)
        return dispatcher.replies

    def _note_rejected(self, stage: Stage, requests: Iterable[Request], replies: Mapping[str, ChatReply]) -> None:
        """Note the offline model's replies that were rejected. It has noted its refusals itself."""
        for request in requests:
            reply = replies.get(request.key)
            if reply and reply.code and reply.text:
                self._failures.add((stage, request.user), reply.text)
        self._failures.save()

    def _batch(
        self,
        template: ChatTemplate,
        requests: list[Request],
        settings: LLMParameters,
        ports: Ports,
        check: ReplyCheck | None,
    ) -> dict[str, ChatReply]:
        if not requests and not ports.batches.waiting(template.stage):
            return {}
        self._cache.store.check_pages()
        self._cache.open()
        route = route_to(template, settings, self._backend(template.model, settings.api_base), batch=True)
        wanted = {request.key: request for request in requests}
        batch = BatchRound(route, wanted, settings, ports, self._cache, self._remembered.one, check, self._backend)
        try:
            run_sync(batch.run, batch.drain)
        except BackendError as problem:
            raise self._unavailable(template.model, problem, batch.replies) from problem
        finally:
            self._cache.close()
        return batch.replies

    def _places(self, template: ChatTemplate, settings: LLMParameters) -> list[tuple[str, str | None]]:
        """Return the names and the addresses of the stage's model and its fallback models."""
        _, *fallbacks = endpoints_of(settings)
        places = [(template.model, settings.api_base)]
        places += [(self.model_version(fallback.model), fallback.api_base) for fallback in fallbacks]
        return [*dict.fromkeys(places)]

    def _routes(
        self, template: ChatTemplate, settings: LLMParameters, places: Iterable[tuple[str, str | None]]
    ) -> list[Route]:
        """Return the routes to models, each at its own address."""
        return [
            route_to(
                replace(template, model=model),
                settings.model_copy(update={"api_base": api_base}),
                self._backend(model, api_base),
            )
            for model, api_base in places
        ]

    def _backend(self, model: str, api_base: str | None) -> Backend:
        """Return the backend for a model at an address. Backends remember which response formats a server accepts."""
        if (model, api_base) not in self._backends:
            self._backends[model, api_base] = backend_for(model, self._workers, self._failures)
        return self._backends[model, api_base]

    def _unavailable(self, model: str, problem: BackendError, replies: dict[str, ChatReply]) -> ModelUnavailableError:
        count = sum(reply.code is None and reply.pending is None for reply in replies.values())
        kept = ""
        if count:
            kept = (
                f" {counted(count, 'reply', 'replies')} from this run {'is' if count == 1 else 'are'} stored in "
                f"{self._cache.folder} and will not be paid for again."
            )
        what, check = "rejects every call", "your key, your credit, and the model name (llm.model)"
        if problem.code is FailureCode.CONNECTION:
            what, check = "cannot be reached", "llm.api_base and the network"
        hint = f" {problem.hint}" if problem.hint else ""
        if problem.code is not FailureCode.CONNECTION and entry_of(model) is None:
            hint += did_you_mean(model)
        return ModelUnavailableError(
            f"{model} {what} ({problem.code}): {as_sentence(str(problem))}{hint}{kept} Check {check}, then run the same "
            "command again. Only the missing replies will be requested."
        )


def _workers_for(requests: Sequence[Request], models: Collection[str], composed: int) -> int:
    """Return how many worker processes to start for requests.

    One process checks the replies of a provider. Loading the analyzer there does not block the calls, but starting the
    process takes half a second of CPU time, which few requests do not justify. An analyzer that this process has already
    loaded is used. The offline model composes many replies in several processes.

    ``composed``: the number of replies that the offline model would not take from an earlier run.
    """
    if _are_local(models):
        return _sharing() if composed >= SMALLEST_TO_SHARE else 0
    checked = len(requests) >= SMALLEST_FOR_WORKER and requests[0].quality_check is not no_quality_check
    any_local = any(model.startswith(OFFLINE_PREFIX) for model in models)
    return int(checked and not any_local and can_be_loaded())


def _are_local(models: Collection[str]) -> bool:
    return all(model.startswith(OFFLINE_PREFIX) for model in models)


def _sharing() -> int:
    """Return how many worker processes share work. With one core, they would only use memory."""
    return min(cores(), MOST_WORKERS) if cores() > 1 else 0


def _not_requested(request: Request) -> ChatReply:
    """Return a pending reply for a request that is not sent because of ``llm.cache_only``."""
    message = "llm.cache_only is on, and no usable reply is stored"
    return pending_reply(request.key, PendingCode.CACHE_ONLY, message)
