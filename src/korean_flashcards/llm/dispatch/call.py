"""One call and its reply: what is asked, what it may cost, whether the reply is accepted, and what is kept of it."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace

from korean_flashcards.domain.calls import Call, CallKind, Want, provider_of
from korean_flashcards.domain.failures import KINDS
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode, Problem, ReplyError
from korean_flashcards.domain.requests import Ask, ChatReply, ChatTemplate, Repairer
from korean_flashcards.formats.json_text import is_json
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.dispatch.account import Account, Repair
from korean_flashcards.llm.dispatch.routes import Route
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.llm.secrets import key_remover, redacted

logger = logging.getLogger(__name__)

# Weight of the newest call in the mean number of tokens, by which a limit of tokens a minute is kept.
_MEAN_OF = 0.1


class Unusable(BackendError):
    """A reply came and was paid for, but its content must not be used. ``rejected``: what the question's check said."""

    rejected: ReplyError | None = None


class Asker:
    """Makes the calls of one fan-out. ``under_way``: how many now; ``typical_tokens``: of a call, in and out."""

    def __init__(
        self, routes: Sequence[Route], cache: ReplyCache, settings: LLMParameters, repairer: Repairer | None
    ) -> None:
        self._routes, self._cache, self._settings, self._repairer = routes, cache, settings, repairer
        self._without_keys = key_remover()
        self.under_way = 0
        self.typical_tokens = 0.0

    def want(self, account: Account) -> Want | None:
        """What to set aside for the question's next call; None where the embedded model answers."""
        route = account.route or self._routes[0]
        return None if route.local else route.want(account.ask, *self._question(account, route))

    async def ask(self, account: Account, route: Route) -> RawReply | BackendError:
        """One call, whatever comes of it."""
        template, user = self._question(account, route)
        account.attempts += 1
        account.sent_at = time.time()
        account.queue_s = time.monotonic() - account.ready_at
        self.under_way += 1
        try:
            return await route.backend.ask(template, user, self._settings)
        except BackendError as failed:
            return failed
        except Exception as error:  # a bug in a backend costs one word, never the run
            logger.exception("A call to %s failed in a way that no backend should.", route.model)
            return BackendError(FailureCode.INTERNAL, f"{type(error).__name__}: {redacted(str(error))}", retry=False)
        finally:
            self.under_way -= 1

    def judge(self, account: Account, route: Route, raw: RawReply) -> BackendError | None:
        """Keep the reply: in the cache where the question accepts it (None), in the archive where not as it came."""
        raw = replace(raw, text=self._without_keys(raw.text))
        account.add(raw, route.usd(raw))
        self._learn(raw)
        problem: BackendError | None = _unusable(raw)
        text = raw.text
        if account.repair is not None:
            account.excused += 1
            problem, text = self._mended(account, account.repair, raw, problem)
        problem = problem or _rejected(account, text)
        if account.repair is None or problem is None:
            account.text = text
        key = self._key(account, route)
        if problem is None:
            self._cache.put(key, account.stored(route.template))
            account.source = route
        if raw.text.strip() and (problem or account.repair):
            template, _ = self._question(account, route)
            self._cache.archive(key, account.archived(template, raw, problem, route.usd(raw)))
        return problem

    def accepted(self, account: Account) -> ChatReply:
        """The end of a question whose reply is in the cache."""
        route = account.source
        if route is None or route is self._routes[0]:
            return account.reply()
        return account.reply(found=self._key(account, route), model=route.model)

    def in_doubt(self, account: Account, route: Route) -> bool:
        """Whether parts of an accepted reply are to be asked for again next; once, and not of the embedded model."""
        before, account.repair = account.repair, None
        if before is not None or self._repairer is None or route.local or account.text is None:
            return False
        problems = _doubts(account.ask, account.text)
        if problems:
            error = ReplyError(FailureCode.CONTRACT, problems[0].message, problems)
            user = self._repairer.question(account.text, error, account.ask.user)
            if user is not None:
                account.repair = Repair(user, self._repairer.schema(error), error)
        return account.repair is not None

    def prepare_repair(self, account: Account, problem: Unusable) -> None:
        """Ask for the failed parts next, where the reply has sound ones; a repair that failed is not repaired."""
        repaired, account.repair = account.repair, None
        if self._repairer is None or repaired is not None or problem.rejected is None or account.text is None:
            return
        user = self._repairer.question(account.text, problem.rejected, account.ask.user)
        if user is not None:
            account.repair = Repair(user, self._repairer.schema(problem.rejected), problem.rejected)

    def record(
        self, account: Account, route: Route, raw: RawReply | BackendError, problem: BackendError | None, latency: float
    ) -> Call:
        """The call as the ledger keeps it."""
        reply = raw if isinstance(raw, RawReply) else _unanswered(raw, account)
        kind: CallKind = "ask" if account.repair is None else "repair"
        return Call(
            at=account.sent_at, stage=route.template.stage, term=account.ask.term, model=route.model,
            provider=provider_of(route.model), prompt_version=route.template.prompt_version,
            key=self._key(account, route), kind=kind, attempt=account.attempts,
            outcome=str(problem.code) if problem else "ok", message=str(problem) if problem else None,
            tokens_in=reply.tokens_in, tokens_out=reply.tokens_out, tokens_cached=reply.tokens_cached,
            tokens_reasoning=reply.tokens_reasoning, usd=route.usd(reply), latency_s=round(latency, 3),
            queue_s=round(account.queue_s, 3), fixed=problem is None and kind == "ask" and not is_json(reply.text),
            reservation=account.want.reservation if account.want else None,
        )  # fmt: skip

    def _key(self, account: Account, route: Route) -> str:
        return account.ask.keys[self._routes.index(route)]

    def _question(self, account: Account, route: Route) -> tuple[ChatTemplate, str]:
        """The word's question, or the request for what failed of the last reply to it."""
        if account.repair is None or self._repairer is None:
            return route.template, account.ask.user
        template = replace(route.template, system=self._repairer.system, schema=account.repair.schema)
        return template, account.repair.user

    def _mended(
        self, account: Account, repair: Repair, raw: RawReply, problem: BackendError | None
    ) -> tuple[BackendError | None, str]:
        """The last text with the answered parts in it."""
        assert self._repairer is not None and account.text is not None
        if problem is not None:
            return problem, account.text
        try:
            return None, self._repairer.mended(account.text, raw.text, repair.error)
        except ReplyError as error:
            return Unusable(error.code, f"the repair failed: {error}", retry=True), account.text

    def _learn(self, raw: RawReply) -> None:
        tokens = raw.tokens_in + raw.tokens_out
        self.typical_tokens += (tokens - self.typical_tokens) * (_MEAN_OF if self.typical_tokens else 1.0)


def _unanswered(problem: BackendError, account: Account) -> RawReply:
    """What a call without a reply is counted as: one that was given up may be answered, and billed, all the same."""
    lost = account.want if problem.code is FailureCode.TIMEOUT else None
    return RawReply("", None, 0, lost.tokens, lost.usd) if lost else RawReply("", None, 0, 0, 0.0)


def _unusable(raw: RawReply) -> Unusable | None:
    """What is wrong with a reply before its text is read."""
    if raw.finish_reason == "length":
        message = "the reply was cut short at the token limit: raise llm.max_tokens or choose another model"
        return Unusable(FailureCode.CUT_SHORT, message, retry=True)
    if raw.finish_reason == "content_filter":
        return Unusable(FailureCode.REFUSED, "the provider's content filter or the model refused", retry=False)
    if not raw.text.strip():
        return Unusable(FailureCode.EMPTY, "the reply was empty", retry=True)
    return None


def _doubts(ask: Ask, text: str) -> tuple[Problem, ...]:
    """What the question's checks name."""
    try:
        return ask.doubts(text)
    except Exception:  # a bug in a check costs nothing: the reply was accepted
        logger.exception("The checks of a reply failed.")
        return ()


def _rejected(account: Account, text: str) -> Unusable | None:
    """What the question's own check finds; an error in the check itself fails this word only."""
    try:
        account.ask.accept(text)
    except ReplyError as error:
        problem = Unusable(error.code, str(error), retry=KINDS[error.code].retry)
        problem.rejected = error
        return problem
    except Exception as error:  # a bug in a check costs one word, never the paid replies of the others
        logger.exception("The check of a reply failed.")
        return Unusable(FailureCode.INTERNAL, f"{type(error).__name__}: {redacted(str(error))}", retry=False)
    return None
