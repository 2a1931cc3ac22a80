"""Define model requests and replies: plain values that are passed between the nodes and the model client.

``ChatTemplate`` holds the parts that are the same for every word in a stage. A request is a template plus a *user
text*, the JSON object that describes the word.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from korean_flashcards.domain.cache_key import KeyHasher, key_parts
from korean_flashcards.domain.records import FailureCode, PendingCode, Problem, ReplyError, Stage


@dataclass(frozen=True)
class Prompt:
    """One of the project's system prompts.

    Attributes:
        request_format: The format of the requests that the prompt describes. A prompt from an earlier release gets
            requests in format 1, so its replies stay valid. In format 2, the IPA is computed, and the cards' request has
            the list's example and level.
        repeat: Which of several replies to the same request is wanted, from 1. Runs use the first one.
        file: The file with the prompt, or None if it comes from the ledger.
        source: The text of the file, including the marks that are not sent.
    """

    name: str
    text: str
    request_format: int = 1
    repeat: int = 1
    file: Path | None = field(default=None, compare=False)
    source: str = field(default="", compare=False)

    @cached_property
    def version(self) -> str:
        """Return the prompt's version, which depends on its text but not on its file name."""
        return prompt_version(self.text)


def prompt_version(text: str) -> str:
    """Return a system prompt's version: the first twelve hex digits of its SHA-256 hash."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class ChatTemplate:
    """The parts shared by all of a stage's requests to one model.

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
    repeat: int = 1

    @cached_property
    def prompt_version(self) -> str:
        """Return the system prompt's version."""
        return prompt_version(self.system)

    def messages(self, user: str) -> list[dict[str, str]]:
        """Return two messages: the system prompt, which is identical for every word, and the user text."""
        return [{"role": "system", "content": self.system}, {"role": "user", "content": user}]

    @property
    def response_format(self) -> dict[str, Any]:
        """Return the response format for OpenAI's structured outputs (``json_schema``), named after the stage."""
        return {"type": "json_schema", "json_schema": {"name": self.stage, "schema": self.schema, "strict": True}}

    def key_parts(self, user: str) -> dict[str, Any]:
        """Return the parts of a request from which its cache key is computed. See ``cache_key.key_parts``."""
        return key_parts(
            model=self.model, messages=self.messages(user), response_format=self.response_format,
            temperature=self.temperature, max_tokens=self.max_tokens, seed=self.seed,
            reasoning_effort=self.reasoning_effort, extra_body=self.extra_body, repeat=self.repeat,
        )  # fmt: skip

    def key(self, user: str) -> str:
        """Return the cache key of the request with this user text. The bytes before the user text are not hashed again."""
        return self._hasher.key(user)

    @cached_property
    def _hasher(self) -> KeyHasher:
        return KeyHasher(self.key_parts(KeyHasher.MARK))


# Takes a term and returns a function that parses a reply, and raises ``ReplyError`` if the reply must not be used.
# Used for replies whose request is not stored.
ReplyCheck = Callable[[str], Callable[[str], object]]
# Takes the text of a usable reply and returns the parts that should be requested again because they are wrong.
QualityCheck = Callable[[str], tuple[Problem, ...]]


def no_quality_check(text: str) -> tuple[Problem, ...]:
    """Return no problems. Requests that define no quality check use this function."""
    return ()


@dataclass(frozen=True)
class Request:
    """The request for one word.

    Attributes:
        key: The cache key.
        user: The user text, a JSON object.
        accept: Parses the text of a reply and raises ``ReplyError`` if the reply must not be used.
        fallback_keys: The cache keys of the same request to the fallback models, in order.
        quality_check: Checks an accepted reply. Any parts that fail the check are requested one more time. If the
            second request fails, the first reply is used.
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
    """Functions that request only the failed parts of a reply and insert the new parts into it.

    Attributes:
        system: The system prompt for the repair.
        request: Takes the reply's text, the error, and the request's user text. Returns the user text for the repair,
            or None if only a full retry can help.
        schema: Takes the error. Returns the JSON schema for the reply to the repair request.
        repaired: Takes the reply's text, the repair's text, the error, and the request's user text. Returns the reply
            with the repaired parts, or raises ``ReplyError``.
    """

    system: str
    request: Callable[[str, ReplyError, str], str | None]
    schema: Callable[[ReplyError], dict[str, Any]]
    repaired: Callable[[str, str, ReplyError, str], str]


@dataclass(frozen=True)
class ChatReply:
    """The outcome of one request: an accepted reply, a failure, or a pending word.

    Tokens, cost, and latency are summed over all attempts, including calls without a reply that may be billed. For a
    cached reply, they come from the run that paid for the reply, without such calls.
    """

    key: Annotated[str, Field(description="Cache key of the request.")]
    text: Annotated[
        str | None, Field(description="Last text from the model, even if the request failed; null if there is none.")
    ]
    cached: Annotated[bool, Field(description="Whether the reply came from the cache; null if there is no reply.")]
    attempts: Annotated[int, Field(description="Number of calls.")]
    code: Annotated[FailureCode | None, Field(description="Failure code, or null if the request did not fail.")] = None
    message: Annotated[str | None, Field(description="Reason why the request failed or is pending, or null.")] = None
    pending: Annotated[
        PendingCode | None,
        Field(
            description="Why this run has no reply yet: budget, quota, outage, rate_limit, timeout, cache_only, batch, or "
            "analysis (the cards are requested with the word's new analysis); otherwise null."
        ),
    ] = None
    found: Annotated[
        str | None, Field(description="Cache key of the reply if a fallback model replied; otherwise null.")
    ] = None
    model: Annotated[str | None, Field(description="Name of the fallback model that replied; null if none did.")] = None
    tokens_in: Annotated[int, Field(description="Total prompt tokens across all calls.")] = 0
    tokens_out: Annotated[int, Field(description="Total reply tokens across all calls.")] = 0
    cost_usd: Annotated[
        float | None, Field(description="Total cost of the calls in USD; null if the model's price is unknown.")
    ] = 0.0
    latency_s: Annotated[float, Field(description="Total time taken by the calls, in seconds.")] = 0.0


@dataclass(frozen=True)
class KeptReply:
    """A word's last good reply, which stays in use while the word's current request is pending or failed.

    Attributes:
        kept_key: The cache key of the reply.
        kept_model: The model that sent the reply.
        kept_prompt_version: The version of its prompt.
        kept_text: The text of the reply.
    """

    kept_key: str | None
    kept_model: str | None
    kept_prompt_version: str | None
    kept_text: str | None


def parsed_user_text(user: str | None) -> dict[str, Any]:
    """Return the user text as a dictionary, or an empty dictionary if the text is invalid or missing.

    Earlier releases did not store user texts.
    """
    try:
        request = json.loads(user or "")
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}
