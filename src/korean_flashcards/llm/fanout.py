"""Asks many questions at once: workers, retries, and the order of things that makes a paid reply safe.

A reply that its question accepts is in the cache before anything else happens with it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable

from korean_flashcards.chat import Ask, ChatReply, ChatTemplate
from korean_flashcards.contracts import FailureCode, ReplyError
from korean_flashcards.llm.account import Account
from korean_flashcards.llm.backend import Backend, BackendError, RawReply
from korean_flashcards.llm.cache import ReplyCache
from korean_flashcards.llm.desk import Desk
from korean_flashcards.llm.pace import Pace
from korean_flashcards.llm.progress import Progress
from korean_flashcards.llm.supply import Supply
from korean_flashcards.parameters import LLMParameters

logger = logging.getLogger(__name__)

# A 429 with Retry-After is not the question's fault: so many are waited out beside ``max_attempts``.
RATE_LIMIT_PATIENCE = 10
# A reply cut short at the token limit is dear and mostly comes again: it is asked once more only.
CUT_SHORT_ATTEMPTS = 2
YIELD_EVERY = 16  # questions


class _Unusable(BackendError):
    """A reply came and was paid for, but its content must not be used."""


class FanOut:
    """One template asked for many words, once. ``fatal``: why it stopped, if it did."""

    def __init__(
        self,
        backend: Backend,
        cache: ReplyCache,
        template: ChatTemplate,
        settings: LLMParameters,
        progress: Progress,
        desk: Desk,
        recall: Callable[[Ask], ChatReply | None],
    ) -> None:
        self._backend = backend
        self._cache = cache
        self._template = template
        self._settings = settings
        self._pace = Pace(settings)
        self._supply = Supply(desk, self._pace, settings.concurrency, recall, progress)
        self._under_way = 0
        self.fatal: BackendError | None = None

    @property
    def replies(self) -> dict[str, ChatReply]:
        """The end of every question so far, by key."""
        return self._supply.replies

    async def run(self, asks: Iterable[Ask]) -> None:
        """Ask until each question is answered or failed, here or in another run, or a fatal error stopped all.

        Raises CacheError when a reply cannot be stored; calls in flight are then cancelled, as their replies would be
        lost too. Raises what makes the desk fail; calls in flight are then waited for.
        """
        self._supply.extend(asks)
        self._supply.open()
        try:
            await self._backend.open()
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._settings.concurrency, len(self._supply))):
                    group.create_task(self._work())
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        finally:
            try:
                await self._supply.close()
            finally:
                self._cache.close()
                await self._backend.close()

    def drain(self) -> None:
        """Start no further call; those under way are paid for, so ``run`` waits for them and keeps their replies."""
        logger.info(
            "Stopping: %s calls are under way, and their replies are kept (Ctrl-C again to stop at once).",
            f"{self._under_way:,}",
        )
        self._pace.stop()

    async def _work(self) -> None:
        await self._pace.start()
        while (ask := await self._supply.next()) is not None:
            # A model that never waits (the embedded one) must still let Ctrl-C have its turn.
            if len(self._supply) % YIELD_EVERY == 0:
                await asyncio.sleep(0)
            reply = await self._settle(Account(ask))
            if reply is not None:
                self._supply.settle(reply)

    async def _settle(self, account: Account) -> ChatReply | None:
        """Ask until the reply is accepted or hopeless; None when the fan-out stopped first."""
        while True:
            await self._pace.turn()
            if self._pace.stopped:
                return None
            problem = await self._attempt(account)
            if problem is None:
                return account.reply()
            if problem.fatal:
                self._stop(problem)
                return None
            if not self._worth_retrying(problem, account):
                if problem.code is FailureCode.CONNECTION and not self._pace.answered:
                    self._stop(problem)
                    return None
                return account.reply(problem)
            # A provider that answered needs no rest: only calls without an answer back off.
            if not isinstance(problem, _Unusable):
                await self._pace.back_off(problem, account.attempts)

    def _stop(self, problem: BackendError) -> None:
        """Start no further call: the provider refuses all of them, or nobody has ever answered at this address."""
        self.fatal = self.fatal or problem
        self._pace.stop()

    async def _attempt(self, account: Account) -> BackendError | None:
        """One call; None when its reply was accepted, and then it is in the cache."""
        account.attempts += 1
        self._under_way += 1
        started = time.perf_counter()
        try:
            raw = await self._backend.ask(self._template, account.ask.user, self._settings)
        except BackendError as failed:
            return failed
        except Exception as error:  # a bug in a backend costs one word, never the run
            logger.exception("A call to %s failed in a way that no backend should.", self._template.model)
            return BackendError(FailureCode.INTERNAL, f"{type(error).__name__}: {error}", retry=False)
        finally:
            self._under_way -= 1
            account.latency_s += time.perf_counter() - started
        account.add(raw)
        self._pace.succeeded()
        problem = _unusable(raw) or _rejected(account.ask, raw.text)
        if problem is None:
            self._cache.put(account.ask.key, account.stored(self._template))
        return problem

    def _worth_retrying(self, problem: BackendError, account: Account) -> bool:
        if problem.code is FailureCode.RATE_LIMIT and problem.retry_after is not None:
            account.waited_out = min(account.waited_out + 1, RATE_LIMIT_PATIENCE)
        limit = self._settings.max_attempts
        if problem.code is FailureCode.CUT_SHORT:
            limit = min(limit, CUT_SHORT_ATTEMPTS)
        return problem.retry and account.attempts - account.waited_out < limit


def _unusable(raw: RawReply) -> _Unusable | None:
    """What is wrong with a reply before its text is read."""
    if raw.finish_reason == "length":
        message = "the reply was cut short at the token limit: raise llm.max_tokens or choose another model"
        return _Unusable(FailureCode.CUT_SHORT, message, retry=True)
    if raw.finish_reason == "content_filter":
        return _Unusable(FailureCode.REFUSED, "the provider's content filter or the model refused", retry=False)
    if not raw.text.strip():
        return _Unusable(FailureCode.EMPTY, "the reply was empty", retry=True)
    return None


def _rejected(ask: Ask, text: str) -> _Unusable | None:
    """What the question's own check finds; an error in the check itself fails this word only."""
    try:
        ask.accept(text)
    except ReplyError as error:
        return _Unusable(error.code, str(error), retry=True)
    except Exception as error:  # a bug in a check costs one word, never the paid replies of the others
        logger.exception("The check of a reply failed.")
        return _Unusable(FailureCode.INTERNAL, f"{type(error).__name__}: {error}", retry=False)
    return None
