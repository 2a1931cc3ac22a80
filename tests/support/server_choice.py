"""Choose the behavior for a request, based on the script."""

import time
from collections import Counter

from support.server_rates import Admission
from support.server_replies import reply_to
from support.server_requests import ChatRequest
from support.server_script import Script


class Choice:
    """The server's state for choosing behaviors.

    The state includes attempts, each term's previous behaviors, the start of the outage, and rates.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self.gate = Admission(script)
        self.attempts: Counter[str] = Counter()
        self._calls = 0
        self._failures: Counter[str] = Counter()
        self._planned: Counter[str] = Counter()
        self._outage_began: float | None = None

    def of_request(self, chat: ChatRequest) -> str:
        """Return the behavior for a chat request. See ``Script`` for the order of precedence."""
        script, now = self._script, time.monotonic()
        self._calls += 1
        self.attempts[chat.digest] += 1
        return (
            self._outage(now)
            or self.gate.fault(now, self.tokens(chat))
            or script.broken_models.get(chat.model)
            or self._rejected_format(chat)
            or self._by_term(chat)
            or self._from_call()
            or self._by_shares(chat, script.shares)
            or script.always
        )

    def of_line(self, chat: ChatRequest) -> str:
        """Return the behavior for a batch line, based only on ``by_term`` and ``batch_result``."""
        self.attempts[chat.digest] += 1
        return self._by_term(chat) or self._by_shares(chat, self._script.batch_result) or "ok"

    def tokens(self, chat: ChatRequest) -> int:
        """Return the number of tokens in a good exchange, or 0 if tokens are not limited."""
        if not self._script.token_rates:
            return 0
        good = reply_to(chat, "ok", self._script)
        return good.tokens_in + good.tokens_out

    def _outage(self, now: float) -> str | None:
        if self._script.outage is None:
            return None
        first, seconds, behavior = self._script.outage
        if self._outage_began is None and self._calls >= first:
            self._outage_began = now
        during = self._outage_began is not None and now < self._outage_began + seconds
        return behavior if during else None

    def _rejected_format(self, chat: ChatRequest) -> str | None:
        script, kind = self._script, chat.format
        rejected = (kind == "json_schema" and script.rejects_schema) or (
            kind == "json_object" and script.rejects_json_object
        )
        return "schema" if rejected else None

    def _by_term(self, chat: ChatRequest) -> str | None:
        planned = self._script.by_term.get(chat.term)
        if planned is None:
            return None
        self._planned[chat.term] += 1
        turn = self._planned[chat.term]
        return planned[turn - 1] if turn <= len(planned) else "ok"

    def _from_call(self) -> str | None:
        plan = self._script.from_call
        return plan[1] if plan and self._calls >= plan[0] else None

    def _by_shares(self, chat: ChatRequest, shares: dict[str, float]) -> str | None:
        if self._failures[chat.digest] >= self._script.fails_at_most:
            return None
        left = chat.drawn(self._script.seed, self.attempts[chat.digest])
        for behavior, share in shares.items():
            left -= share
            if left < 0:
                self._failures[chat.digest] += 1
                return behavior
        return None
