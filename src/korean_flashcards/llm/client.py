"""The one way to ask a model: memoized, many at once, from synchronous code."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from korean_flashcards.chat import Ask, ChatReply, ChatTemplate
from korean_flashcards.contracts import FailureCode, ReplyError
from korean_flashcards.errors import ModelUnavailableError
from korean_flashcards.llm.backend import Backend, BackendError, backend_for, model_version
from korean_flashcards.llm.cache import ReplyCache
from korean_flashcards.llm.desk import Desk, OwnDesk
from korean_flashcards.llm.fanout import FanOut
from korean_flashcards.llm.own_loop import run_in_own_loop
from korean_flashcards.llm.progress import Progress
from korean_flashcards.parameters import LLMParameters

_OWN_DESK = OwnDesk()


class LLMClient:
    """Asks models and keeps what they answered in ``cache_dir``. Constructing it touches neither disk nor network."""

    def __init__(self, cache_dir: Path) -> None:
        self._cache = ReplyCache(cache_dir)
        self._backends: dict[tuple[str, str | None], Backend] = {}

    def model_version(self, model: str) -> str:
        """The model as it enters the key: "offline/dictionary@<version>", any litellm model as it is.

        Raises SettingsError for an offline model that does not exist.
        """
        return model_version(model)

    def cached(self, keys: Iterable[str]) -> set[str]:
        """Those of ``keys`` whose reply is in the cache."""
        return self._cache.present(keys)

    def recall(self, asks: Iterable[Ask]) -> dict[str, ChatReply]:
        """The replies in the cache that their questions accept, by key; asks nobody."""
        return {ask.key: reply for ask in asks if (reply := self._remembered(ask))}

    def complete(
        self, template: ChatTemplate, asks: Sequence[Ask], settings: LLMParameters, desk: Desk = _OWN_DESK
    ) -> list[ChatReply]:
        """One reply for each of ``asks``, in their order; questions with the same key are asked once.

        What is missing in the cache is asked in the order given, as far as the ``desk`` grants it; what another run is
        asking is waited for. Only a question that was dropped there meanwhile has no reply. A word that failed has a code
        and a message in its reply and never stops the others.
        Raises ModelUnavailableError when the provider refuses every call, CacheError when replies cannot be stored,
        LedgerError when the desk fails, KeyboardInterrupt on Ctrl-C; whatever arrived until then is in the cache.
        """
        distinct: dict[str, Ask] = {}
        for ask in asks:
            distinct.setdefault(ask.key, ask)
        replies = self.recall(distinct.values())
        desk.settle(list(replies.values()))
        missing = [ask for key, ask in distinct.items() if key not in replies]
        if missing:
            replies |= self._fan_out(template, missing, settings, desk, cached=len(replies))
        return [replies[ask.key] for ask in asks if ask.key in replies]

    def _remembered(self, ask: Ask) -> ChatReply | None:
        """The cached reply if the question still accepts it: checks may have become stricter since it was paid."""
        stored = self._cache.get(ask.key)
        if stored is None:
            return None
        try:
            ask.accept(stored.text)
        except ReplyError:
            return None
        return ChatReply(
            key=ask.key,
            text=stored.text,
            cached=True,
            attempts=stored.attempts,
            tokens_in=stored.tokens_in,
            tokens_out=stored.tokens_out,
            cost_usd=stored.cost_usd,
            latency_s=stored.latency_s,
        )

    def _fan_out(
        self, template: ChatTemplate, asks: list[Ask], settings: LLMParameters, desk: Desk, cached: int
    ) -> dict[str, ChatReply]:
        self._cache.open()
        backend = self._backend(template.model, settings.api_base)
        with Progress(template.stage, template.model, total=len(asks), cached=cached) as progress:
            fan_out = FanOut(backend, self._cache, template, settings, progress, desk, self._remembered)
            run_in_own_loop(lambda: fan_out.run(asks), fan_out.drain)
        if fan_out.fatal:
            raise self._unavailable(template.model, fan_out.fatal, fan_out.replies) from fan_out.fatal
        return fan_out.replies

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
