"""The one way to ask a model: memoized, many at once, from synchronous code."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from korean_flashcards.domain.errors import ModelUnavailableError
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode, PendingCode, ReplyError, Stage
from korean_flashcards.domain.requests import Ask, ChatReply, ChatTemplate, Check, Repairer
from korean_flashcards.llm.batch.waiting import handed_in, waiting
from korean_flashcards.llm.cache.replies import StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.dispatch.dispatcher import FanOut
from korean_flashcards.llm.dispatch.progress import Progress
from korean_flashcards.llm.dispatch.routes import Route, route_to
from korean_flashcards.llm.dispatch.run_sync import run_in_own_loop
from korean_flashcards.llm.null_services import OWN_OFFICE
from korean_flashcards.llm.providers.base import OFFLINE_PREFIX, Backend, BackendError, backend_for, model_version
from korean_flashcards.stages.ports import Office


class LLMClient:
    """Asks models and keeps what they answered in ``cache_dir``. Constructing it touches neither disk nor network.

    ``consent`` is called with the stage before its first question leaves; what it raises stops the run.
    """

    def __init__(self, cache_dir: Path) -> None:
        self.consent: Callable[[Stage], None] | None = None
        self._cache = ReplyCache(cache_dir)
        self._backends: dict[tuple[str, str | None], Backend] = {}

    def model_version(self, model: str) -> str:
        """The model as it enters the key: "offline/dictionary@<version>", any litellm model as it is.

        Raises SettingsError for an offline model that does not exist.
        """
        return model_version(model)

    def cached(self, keys: Iterable[str]) -> set[str]:
        """Those of ``keys`` whose accepted reply is in the cache."""
        return self._cache.present(keys)

    def recall(self, asks: Iterable[Ask]) -> dict[str, ChatReply]:
        """The replies in the cache and the archive that their questions accept, by key; asks nobody, writes nothing."""
        return {ask.key: reply for ask in asks if (reply := self._remembered(ask, keep=False))}

    def asked(self, key: str) -> str | None:
        """The user text that the key's reply answers, None where there is no reply or it is not known."""
        stored = self._cache.get(key)
        return stored.user if stored else None

    def complete(
        self, template: ChatTemplate, asks: Sequence[Ask], settings: LLMParameters, office: Office = OWN_OFFICE,
        repairer: Repairer | None = None, check: Check | None = None,
    ) -> list[ChatReply]:  # fmt: skip
        """One reply for each of ``asks``, in their order; questions with the same key are asked once.

        What is missing in the cache is asked in the order given, as far as the ``office`` grants it; what another run is
        asking is waited for. Only a question that was dropped there meanwhile has no reply. A word that failed has a code
        and a message in its reply and never stops the others; one that had to wait (a budget, an outage) says why.
        In batch mode what is done at the provider is fetched and the rest handed in; with a ``check``, also replies to
        questions that are not among these are kept. Words in a batch are not asked by calls.
        Raises SettingsError for a model whose price is not known, ModelUnavailableError when the provider refuses every
        call, CacheError when replies cannot be stored, LedgerError when the office fails, KeyboardInterrupt on Ctrl-C, and
        what ``consent`` raises; whatever arrived until then is in the cache.
        """
        distinct: dict[str, Ask] = {}
        for ask in asks:
            distinct.setdefault(ask.key, ask)
        replies = {ask.key: reply for ask in distinct.values() if (reply := self._remembered(ask))}
        office.desk.settle(list(replies.values()))
        missing = [ask for key, ask in distinct.items() if key not in replies]
        if missing and settings.cache_only:
            replies |= {ask.key: _not_asked(ask) for ask in missing}
        elif settings.mode == "batch" and not template.model.startswith(OFFLINE_PREFIX):
            if missing and self.consent is not None:
                self.consent(template.stage)
            replies |= self._batch(template, missing, settings, office, check)
        elif missing:
            replies |= handed_in(missing, office.batches)
            missing = [ask for ask in missing if ask.key not in replies]
            if missing and self.consent is not None:
                self.consent(template.stage)
            replies |= self._fan_out(template, missing, settings, office, repairer, cached=len(replies))
        return [replies[ask.key] for ask in asks if ask.key in replies]

    def _remembered(self, ask: Ask, keep: bool = True) -> ChatReply | None:
        """A reply that was paid for, if the question accepts it today.

        Checks may have become stricter since it was paid, or parsers better: then what was archived is accepted, newest
        first, and enters the cache (where ``keep`` says so).
        """
        for key in ask.keys:
            stored = self._cache.get(key)
            if stored and _accepts(ask, stored.text):
                return _found(ask, key, stored)
        for key in ask.keys:
            for archived in reversed(self._cache.archived(key)):
                if archived.answers(ask.user) and _accepts(ask, archived.text):
                    stored = archived.stored()
                    if keep:
                        self._cache.put(key, stored)
                    return _found(ask, key, stored)
        return None

    def _fan_out(
        self, template: ChatTemplate, asks: list[Ask], settings: LLMParameters, office: Office,
        repairer: Repairer | None, cached: int,
    ) -> dict[str, ChatReply]:  # fmt: skip
        self._cache.open()
        routes = self._routes(template, settings)
        for route in routes:
            self._cache.note(route.template)
        with Progress(template.stage, template.model, total=len(asks), cached=cached) as progress:
            fan_out = FanOut(routes, self._cache, settings, progress, office, self._remembered, repairer)
            run_in_own_loop(lambda: fan_out.run(asks), fan_out.drain)
        if fan_out.fatal:
            raise self._unavailable(template.model, fan_out.fatal, fan_out.replies) from fan_out.fatal
        return fan_out.replies

    def _batch(
        self, template: ChatTemplate, asks: list[Ask], settings: LLMParameters, office: Office, check: Check | None
    ) -> dict[str, ChatReply]:
        if not asks and not office.batches.waiting(template.stage):
            return {}
        self._cache.open()
        route = route_to(template, settings, self._backend(template.model, settings.api_base), batch=True)
        wanted = {ask.key: ask for ask in asks}
        from korean_flashcards.llm.batch.round import BatchRound

        batch = BatchRound(route, wanted, settings, office, self._cache, self._remembered, check, self._backend)
        try:
            run_in_own_loop(batch.run, batch.drain)
        except BackendError as problem:
            raise self._unavailable(template.model, problem, batch.replies) from problem
        finally:
            self._cache.close()
        return batch.replies

    def _routes(self, template: ChatTemplate, settings: LLMParameters) -> list[Route]:
        models = [template.model, *map(self.model_version, settings.fallbacks)]
        return [
            route_to(replace(template, model=model), settings, self._backend(model, settings.api_base))
            for model in dict.fromkeys(models)
        ]

    def _backend(self, model: str, api_base: str | None) -> Backend:
        """A backend learns what its provider takes, so it is kept; another address may take something else."""
        if (model, api_base) not in self._backends:
            self._backends[model, api_base] = backend_for(model)
        return self._backends[model, api_base]

    def _unavailable(self, model: str, problem: BackendError, replies: dict[str, ChatReply]) -> ModelUnavailableError:
        kept = sum(reply.code is None for reply in replies.values())
        what, check = "refuses every call", "the key, the credit and the name in llm.model"
        if problem.code is FailureCode.CONNECTION:
            what, check = "cannot be reached", "llm.api_base and the network"
        hint = f" {problem.hint}" if problem.hint else ""
        return ModelUnavailableError(
            f"{model} {what} ({problem.code}): {problem}{hint} {kept:,} replies of this run are kept in "
            f"{self._cache.folder} and are not paid again. Check {check}, then run the same command again: only what "
            "is missing is asked."
        )


def _accepts(ask: Ask, text: str) -> bool:
    try:
        ask.accept(text)
    except ReplyError:
        return False
    return True


def _found(ask: Ask, key: str, stored: StoredReply) -> ChatReply:
    """A reply from the cache as the end of its question."""
    return ChatReply(
        key=ask.key,
        text=stored.text,
        cached=True,
        attempts=stored.attempts,
        found=None if key == ask.key else key,
        model=None if key == ask.key else stored.model,
        tokens_in=stored.tokens_in,
        tokens_out=stored.tokens_out,
        cost_usd=stored.cost_usd,
        latency_s=stored.latency_s,
    )


def _not_asked(ask: Ask) -> ChatReply:
    message = "llm.cache_only is on and its reply is neither in the cache nor, readable, in the archive"
    return waiting(ask.key, PendingCode.CACHE_ONLY, message)
