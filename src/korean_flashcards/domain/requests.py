"""Define requests to models and their replies: plain values that pass between the nodes and the model client.

``ChatTemplate`` holds the parts that are the same for every word of a stage. A request is a template plus a *user text*,
the JSON object that describes the word.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field

from korean_flashcards.domain.cache_key import KeyHasher, key_parts
from korean_flashcards.domain.records import FailureCode, PendingCode, Problem, ReplyError, Stage


@dataclass(frozen=True)
class Prompt:
    """Represent a system prompt of the project."""

    name: str
    text: str

    @property
    def version(self) -> str:
        """Return the prompt version, which changes with the text but not with the file name."""
        return prompt_version(self.text)


def prompt_version(text: str) -> str:
    """Return the version of a system prompt: the first twelve hex digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class ChatTemplate:
    """Represent the parts that all requests of a stage to a model share.

    The name of an offline model includes its version ("offline/dictionary@1").
    """

    stage: Stage
    model: str
    system: str
    schema: dict[str, Any]
    temperature: float | None
    max_tokens: int | None
    seed: int | None = None
    reasoning_effort: str | None = None
    extra_body: dict[str, Any] | None = None

    @cached_property
    def prompt_version(self) -> str:
        """Return the version of the system prompt."""
        return prompt_version(self.system)

    def messages(self, user: str) -> list[dict[str, str]]:
        """Return two messages: the system prompt, which is identical for every word, and the user text."""
        return [{"role": "system", "content": self.system}, {"role": "user", "content": user}]

    @property
    def response_format(self) -> dict[str, Any]:
        """Return the response format for OpenAI's structured outputs (``json_schema``), named after the stage."""
        return {"type": "json_schema", "json_schema": {"name": self.stage, "schema": self.schema, "strict": True}}

    def key_parts(self, user: str) -> dict[str, Any]:
        """Return the parts of a request that its cache key is computed from. See ``cache_key.key_parts``."""
        return key_parts(
            model=self.model, messages=self.messages(user), response_format=self.response_format,
            temperature=self.temperature, max_tokens=self.max_tokens, seed=self.seed,
            reasoning_effort=self.reasoning_effort, extra_body=self.extra_body,
        )  # fmt: skip

    def key(self, user: str) -> str:
        """Return the cache key of the request with this user text. Only the user text has to be hashed."""
        return self._hasher.key(user)

    @cached_property
    def _hasher(self) -> KeyHasher:
        return KeyHasher(self.key_parts(KeyHasher.MARK))


# Takes a term and returns a function that parses a reply, and raises ``ReplyError`` if the reply must not be used.
# It is for replies whose request is not stored.
ReplyCheck = Callable[[str], Callable[[str], object]]
# Takes the text of a usable reply and returns the parts that should be requested again because they are wrong.
QualityCheck = Callable[[str], tuple[Problem, ...]]


def no_quality_check(text: str) -> tuple[Problem, ...]:
    """Return no problems. This is the default of requests without a quality check."""
    return ()


@dataclass(frozen=True)
class Request:
    """Represent the request for one word.

    Attributes:
        key: The cache key.
        user: The user text, a JSON object.
        accept: Parses the text of a reply and raises ``ReplyError`` if the reply must not be used.
        fallback_keys: The cache keys of the same request to the fallback models, in order.
        quality_check: Checks an accepted reply. The parts that it names are requested once more. If that fails, the
            first reply is used.
    """

    key: str
    user: str
    accept: Callable[[str], object]
    fallback_keys: tuple[str, ...] = ()
    quality_check: QualityCheck = no_quality_check

    @property
    def keys(self) -> tuple[str, ...]:
        """Return all cache keys under which the reply may be stored."""
        return self.key, *self.fallback_keys

    @cached_property
    def term(self) -> str:
        """Return the word that the request is about."""
        return str(json.loads(self.user)["term"])


@dataclass(frozen=True)
class Repairer:
    """Request only the failed parts of a reply, and insert the new parts into it.

    Attributes:
        system: The system prompt of the repair.
        request: Takes the reply's text, its error and the user text of the request. Returns the user text of the
            repair, or None if only a full retry can help.
        schema: Takes the error. Returns the JSON schema of the repair's reply.
        mended: Takes the reply's text, the repair's text and the error. Returns the reply with the repaired parts, or
            raises ``ReplyError``.
    """

    system: str
    request: Callable[[str, ReplyError, str], str | None]
    schema: Callable[[ReplyError], dict[str, Any]]
    mended: Callable[[str, str, ReplyError], str]


@dataclass(frozen=True)
class ChatReply:
    """Represent the outcome of one request: an accepted text, a failure, or a pending word.

    Tokens, cost and latency are the sums over all attempts. For a cached reply, they are the values of the run that
    paid for it.
    """

    key: Annotated[str, Field(description="Cache key of the request.")]
    text: Annotated[str | None, Field(description="Last text that the model sent, even if it failed; null if none.")]
    cached: Annotated[bool, Field(description="Whether the reply came from the cache; null if there is no reply.")]
    attempts: Annotated[int, Field(description="Number of calls.")]
    code: Annotated[FailureCode | None, Field(description="Failure code; null if the request did not fail.")] = None
    message: Annotated[str | None, Field(description="Why the request failed or is pending, in words; or null.")] = None
    pending: Annotated[
        PendingCode | None,
        Field(
            description="Why this run has no reply yet: budget, quota, outage, rate_limit, timeout, cache_only or batch; or "
            "null."
        ),
    ] = None
    found: Annotated[str | None, Field(description="Cache key of the reply if a fallback model replied; or null.")] = (
        None
    )
    model: Annotated[str | None, Field(description="Name of the fallback model that replied; or null.")] = None
    tokens_in: Annotated[int, Field(description="Prompt tokens of all calls.")] = 0
    tokens_out: Annotated[int, Field(description="Reply tokens of all calls.")] = 0
    cost_usd: Annotated[
        float | None, Field(description="Cost of all calls in USD; null if the price of the model is unknown.")
    ] = 0.0
    latency_s: Annotated[float, Field(description="Time of all calls in seconds.")] = 0.0


def parsed_user_text(user: str | None) -> dict[str, Any]:
    """Return a user text as a dictionary, which is empty if the text is invalid or missing.

    Earlier releases did not store it.
    """
    try:
        request = json.loads(user or "")
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}
