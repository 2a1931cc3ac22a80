"""What is said to a model and what comes back: plain values that pass between nodes and the client.

``ChatTemplate`` holds all that is the same for every word of a stage; a request is a template plus the user text.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from korean_flashcards.domain.cache_key import KeyHasher, key_parts
from korean_flashcards.domain.records import FailureCode, PendingCode, Problem, ReplyError, Stage


@dataclass(frozen=True)
class Prompt:
    """A system prompt of the project and its version, the hash of its text."""

    name: str
    text: str

    @property
    def version(self) -> str:
        """Twelve hex digits of the text's SHA-256: a changed prompt is another version, a renamed file is not."""
        return prompt_version(self.text)


def prompt_version(text: str) -> str:
    """The version of a system prompt with this text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class ChatTemplate:
    """One stage's call to one model. ``model`` includes the version of the offline model ("offline/dictionary@1")."""

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
        """The version of the system text."""
        return prompt_version(self.system)

    def messages(self, user: str) -> list[dict[str, str]]:
        """Two messages: the system text (the same bytes for every word) and the word's JSON."""
        return [{"role": "system", "content": self.system}, {"role": "user", "content": user}]

    @property
    def response_format(self) -> dict[str, Any]:
        """OpenAI's ``json_schema`` response format, named after the stage."""
        return {"type": "json_schema", "json_schema": {"name": self.stage, "schema": self.schema, "strict": True}}

    def key_parts(self, user: str) -> dict[str, Any]:
        """Return what enters the key of the request with this user text; see ``cache_key.key_parts``."""
        return key_parts(
            model=self.model, messages=self.messages(user), response_format=self.response_format,
            temperature=self.temperature, max_tokens=self.max_tokens, seed=self.seed,
            reasoning_effort=self.reasoning_effort, extra_body=self.extra_body,
        )  # fmt: skip

    def key(self, user: str) -> str:
        """Return ``key_of`` the ``key_parts``, at the price of the user text alone."""
        return self._hasher.key(user)

    @cached_property
    def _hasher(self) -> KeyHasher:
        return KeyHasher(self.key_parts(KeyHasher.MARK))


# The check of a reply about a term of which no more is known: it raises ``ReplyError`` when it must not be used.
ReplyCheck = Callable[[str], Callable[[str], object]]
# What is wrong with a reply that may be used all the same: each part that should better be requested again.
QualityCheck = Callable[[str], tuple[Problem, ...]]


def no_quality_check(text: str) -> tuple[Problem, ...]:
    """Find nothing: for requests whose replies nobody looks at again."""
    return ()


@dataclass(frozen=True)
class Request:
    """One word's request. ``accept`` reads a reply's text and raises ``ReplyError`` when it must not be used.

    ``fallback_keys``: the keys of the same request to the fallback models, in their order.
    ``quality_check``: looks at an accepted reply; what it names is requested once more, and stays as it is where that fails.
    """

    key: str
    user: str
    accept: Callable[[str], object]
    fallback_keys: tuple[str, ...] = ()
    quality_check: QualityCheck = no_quality_check

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys under which its reply may be."""
        return self.key, *self.fallback_keys

    @cached_property
    def term(self) -> str:
        """The word that it is about."""
        return str(json.loads(self.user)["term"])


@dataclass(frozen=True)
class Repairer:
    """How a stage requests only the parts of a reply that failed.

    ``system``: the prompt. ``request(text, error, user)``: the user text, None where only the whole can be requested again.
    ``schema(error)``: of the repair's reply. ``mended(text, repair, error)``: the reply with the repaired parts in it;
    raises ReplyError.
    """

    system: str
    request: Callable[[str, ReplyError, str], str | None]
    schema: Callable[[ReplyError], dict[str, Any]]
    mended: Callable[[str, str, ReplyError], str]


@dataclass(frozen=True)
class ChatReply:
    """The end of one request: the accepted text, or a code and message; and what it cost.

    ``key`` is the request's. Where a fallback replied, ``model`` names it and ``found`` is the key of its reply.
    ``pending``: it was not sent in this run, and why (with a message); ``code``: it failed.
    ``text`` is the last text the model sent, also of a failure (None where nothing came). Tokens, ``cost_usd`` and
    ``latency_s`` add up all attempts; of a cached reply they are what it cost when it was paid. ``cost_usd`` is None
    where the price of the model is unknown.
    """

    key: str
    text: str | None
    cached: bool
    attempts: int
    code: FailureCode | None = None
    message: str | None = None
    pending: PendingCode | None = None
    found: str | None = None
    model: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0
    latency_s: float = 0.0


def parsed_user_text(user: str | None) -> dict[str, Any]:
    """Return a user text as an object; empty where it is not one (replies of earlier releases are kept without it)."""
    try:
        request = json.loads(user or "")
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}
