"""Enforce rate limits on requests and tokens in a sliding window, with OpenAI's headers and with bans."""

import math
from collections import deque

from support.server_script import Script


class _Limit:
    """A limit on an amount within any window of ``seconds``. The limit changes over time in steps (since, most)."""

    def __init__(self, name: str, steps: list[tuple[float, int]], seconds: float) -> None:
        self.name = name
        self.seconds = seconds
        self._steps = steps
        self._taken: deque[tuple[float, int]] = deque()
        self._used = 0

    def most(self, elapsed: float) -> int | None:
        """Return the limit ``elapsed`` seconds after the first request, or None before the first step."""
        return next((most for since, most in reversed(self._steps) if elapsed >= since), None)

    def wait(self, elapsed: float, amount: int) -> float:
        """Return the number of seconds until ``amount`` is allowed: 0 if now, or the whole window if never."""
        while self._taken and self._taken[0][0] <= elapsed - self.seconds:
            self._used -= self._taken.popleft()[1]
        most = self.most(elapsed)
        excess = 0 if most is None else self._used + amount - most
        if excess <= 0:
            return 0.0
        for at, taken in self._taken:
            excess -= taken
            if excess <= 0:
                return at + self.seconds - elapsed
        return self.seconds

    def take(self, elapsed: float, amount: int) -> None:
        """Count ``amount``."""
        self._taken.append((elapsed, amount))
        self._used += amount

    def headers(self, elapsed: float) -> dict[str, str]:
        """Return OpenAI's headers.

        The headers are the limit, the remaining amount, and the time until the whole limit is available again.
        """
        self.wait(elapsed, 0)
        if (most := self.most(elapsed)) is None:
            return {}
        reset = self._taken[-1][0] + self.seconds - elapsed if self._taken else 0.0
        return {
            f"x-ratelimit-limit-{self.name}": str(most),
            f"x-ratelimit-remaining-{self.name}": str(max(0, most - self._used)),
            f"x-ratelimit-reset-{self.name}": _duration(reset),
        }


class Admission:
    """Admission control for requests. Times come from a monotonic clock. Rejected requests do not count."""

    def __init__(self, script: Script) -> None:
        self._script = script
        plans = {"requests": script.rates, "tokens": script.token_rates}
        self._limits = [_Limit(name, steps, script.window) for name, steps in plans.items() if steps]
        self._first: float | None = None
        self._banned = False

    def fault(self, now: float, tokens: int) -> str | None:
        """Return the behavior for a request if it is rejected, or None.

        ``tokens``: the number of tokens that it uses.
        """
        if self._banned:
            return "403-ban"
        if self._first is None:
            self._first = now
        if self.wait(now, tokens) > 0:
            self._banned = self._script.bans
            return "429-rate"
        for limit in self._limits:
            limit.take(now - self._first, self._amount(limit, tokens))
        return None

    def wait(self, now: float, tokens: int) -> float:
        """Return the number of seconds until a request with this many tokens is admitted."""
        elapsed = now - (now if self._first is None else self._first)
        return max((limit.wait(elapsed, self._amount(limit, tokens)) for limit in self._limits), default=0.0)

    def headers(self, now: float, tokens: int, behavior: str) -> dict[str, str]:
        """Return the rate headers, and Retry-After for a rejected request: in whole seconds if the window is long."""
        script = self._script
        found: dict[str, str] = {}
        if script.rate_headers and self._first is not None:
            for limit in self._limits:
                found |= limit.headers(now - self._first)
        if script.retry_after is not None and behavior == "429":
            found["Retry-After"] = script.retry_after
        if script.retry_after is not None and behavior == "429-rate":
            wait = self.wait(now, tokens)
            found["Retry-After"] = str(math.ceil(wait)) if script.window >= 60 else f"{math.ceil(1000 * wait) / 1000}"
        return found

    @staticmethod
    def _amount(limit: _Limit, tokens: int) -> int:
        return tokens if limit.name == "tokens" else 1


def _duration(seconds: float) -> str:
    """Return a duration in OpenAI's format: "120ms", "8.64s", "1m0s"."""
    milliseconds = math.ceil(1000 * seconds)
    if milliseconds < 1000:
        return f"{milliseconds}ms"
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes}m{rest / 1000:g}s" if minutes else f"{rest / 1000:g}s"
