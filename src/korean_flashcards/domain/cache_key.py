"""The cache key of a request: which parts enter it and why, and how they are hashed.

A reply that was paid for is found by its key. The same parts must give the same key in every release.
"""

import hashlib
import json
import uuid
from typing import Any


def key_parts(
    *, model: str, messages: list[dict[str, str]], response_format: dict[str, Any], temperature: float | None,
    max_tokens: int | None, seed: int | None, reasoning_effort: str | None, extra_body: dict[str, Any] | None,
) -> dict[str, Any]:  # fmt: skip
    """Return what changes the reply, and hence the key.

    In: the model, both messages, the response format, the temperature, the token limit; and where they are given the
    seed, the reasoning effort, and the extra body that is passed on to the provider (a preset or a routing may change the
    reply). These three came later: they are left out where they are not given, so that older keys stay the same.
    Out: timeout, retries, concurrency (they change when the reply comes, not the reply), batch mode (the same model,
    later), prompt-cache marks (they change the price), the address and key of the provider (the same model behind a
    different address is the same model), the word's place in a list.
    """
    later = {"seed": seed, "reasoning_effort": reasoning_effort, "extra_body": extra_body}
    return {
        "model": model,
        "messages": messages,
        "response_format": response_format,
        "temperature": temperature,
        "max_tokens": max_tokens,
        **{name: value for name, value in later.items() if value is not None},
    }


def key_of(parts: dict[str, Any]) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of ``parts``: the key of a request, where they are its parts."""
    return hashlib.sha256(_canonical(parts)).hexdigest()


class KeyHasher:
    """Computes the keys of requests that differ only in their user text, at the price of hashing that text.

    ``parts`` are those of a request whose user text is ``MARK``. The hash of everything before the user text is kept,
    and so are the bytes after it.
    """

    # Random, so that it occurs nowhere in the other parts.
    MARK = uuid.uuid4().hex

    def __init__(self, parts: dict[str, Any]) -> None:
        before, self._after = _canonical(parts).split(_canonical(self.MARK))
        self._before = hashlib.sha256(before)

    def key(self, user: str) -> str:
        """Return ``key_of`` the parts with ``user`` in the place of ``MARK``."""
        digest = self._before.copy()
        digest.update(_canonical(user) + self._after)
        return digest.hexdigest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
