"""Compute a request's cache key by hashing the parts of the request that can change the reply.

The reply cache looks up paid replies by this key, so identical requests must have the same key in every release.
"""

import hashlib
import json
import uuid
from typing import Any

# Kept, because ``json.dumps`` with these arguments creates a new encoder for each value.
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def key_parts(
    *, model: str, messages: list[dict[str, str]], response_format: dict[str, Any], temperature: float | None,
    max_tokens: int | None, seed: int | None, reasoning_effort: str | None, extra_body: dict[str, Any] | None,
    repeat: int = 1,
) -> dict[str, Any]:  # fmt: skip
    """Return the parts of a request that can change the reply. The cache key is computed from these parts.

    The key always includes the model, both messages, the response format, the temperature, and the token limit. The
    seed, the reasoning effort, and the extra body are included only if they are set, and the number of the repeat only if
    it is above 1. These parts were added later, and omitting them when they are unset keeps older keys valid. The repeat
    distinguishes several replies to the same request. It is not sent.

    The key does not include:

    - the timeout, retries, and concurrency, which affect when the reply arrives but not what it contains;
    - the mode (calls or batch), because both modes use the same model;
    - the prompt-cache markers, which affect only the price;
    - the provider's address and API key, because a model is the same at every address;
    - the word's position in its list.
    """
    later = {"seed": seed, "reasoning_effort": reasoning_effort, "extra_body": extra_body}
    later["repeat"] = repeat if repeat > 1 else None
    return {
        "model": model,
        "messages": messages,
        "response_format": response_format,
        "temperature": temperature,
        "max_tokens": max_tokens,
        **{name: value for name, value in later.items() if value is not None},
    }


def key_of(parts: dict[str, Any]) -> str:
    """Return the SHA-256 hash (hex) of ``parts`` as canonical JSON.

    The hash of a request's parts is the request's cache key.
    """
    return hashlib.sha256(_canonical(parts)).hexdigest()


class KeyHasher:
    """A hasher that computes cache keys for requests that differ only in their user text.

    The bytes before the user text are hashed once and reused for every key.

    Args:
        parts: The parts of a request whose user text is ``MARK``.
    """

    # Random, so that the marker does not occur in the other parts.
    MARK = uuid.uuid4().hex

    def __init__(self, parts: dict[str, Any]) -> None:
        before, self._after = _canonical(parts).split(_canonical(self.MARK))
        self._before = hashlib.sha256(before)

    def key(self, user: str) -> str:
        """Return the key that ``key_of`` would return for the request with this user text."""
        digest = self._before.copy()
        digest.update(_canonical(user) + self._after)
        return digest.hexdigest()


def _canonical(value: Any) -> bytes:
    return _CANONICAL.encode(value).encode()
