"""What is said to a model and what comes back: plain values that pass between nodes and the client.

``ChatTemplate`` holds all that is the same for every word of a stage; a request is a template plus the user text.
"""

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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
        """What changes the answer, and hence the key.

        In: the model, both messages, the response format asked for, the temperature, the token limit; and where they are
        given the seed, the reasoning effort, and what is passed on to the provider (a preset or a routing may answer
        otherwise). These came later: left out where they are not given, so that older keys stay what they are.
        Out: timeout, retries, concurrency (they change when the answer comes, not the answer), batch mode (the same
        model, later), prompt-cache marks (they change the price), the address and key of the provider (the same model
        behind another address is the same model), the word's place in a list.
        """
        later = {"seed": self.seed, "reasoning_effort": self.reasoning_effort, "extra_body": self.extra_body}
        return {
            "model": self.model,
            "messages": self.messages(user),
            "response_format": self.response_format,
            "temperature": self.temperature,
            "max_tokens": self.max_tokens,
            **{name: value for name, value in later.items() if value is not None},
        }

    def key(self, user: str) -> str:
        """``key_of`` the ``key_parts``, at the price of the user text alone."""
        before, after = self._around_user
        digest = before.copy()
        digest.update(_canonical(user) + after)
        return digest.hexdigest()

    @cached_property
    def _around_user(self) -> "tuple[hashlib._Hash, bytes]":
        """The hash of what stands before the user text, and the bytes after it: only that text differs by word."""
        mark = uuid.uuid4().hex  # stands nowhere else
        before, after = _canonical(self.key_parts(mark)).split(_canonical(mark))
        return hashlib.sha256(before), after


def key_of(parts: dict[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON of ``parts``: the key of a question, where they are those of one."""
    return hashlib.sha256(_canonical(parts)).hexdigest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


# The check of a reply about a term of which no more is known: it raises ``ReplyError`` when it must not be used.
ReplyCheck = Callable[[str], Callable[[str], object]]


def parsed_user_text(user: str | None) -> dict[str, Any]:
    """What a user text asks, as an object; empty where it is none (replies of earlier releases are kept without it)."""
    try:
        question = json.loads(user or "")
    except ValueError:
        return {}
    return question if isinstance(question, dict) else {}


# What is wrong with a reply that may be used all the same: each part that should better be asked for again.
QualityCheck = Callable[[str], tuple[Problem, ...]]


def no_quality_check(text: str) -> tuple[Problem, ...]:
    """Of a question whose replies nobody looks at again."""
    return ()


@dataclass(frozen=True)
class Request:
    """One word's question. ``accept`` reads a reply's text and raises ``ReplyError`` when it must not be used.

    ``fallback_keys``: the keys of the same question to the models that are asked while the first cannot be, in their order.
    ``quality_check``: looks at an accepted reply; what it names is asked for once more, and stays as it is where that fails.
    """

    key: str
    user: str
    accept: Callable[[str], object]
    fallback_keys: tuple[str, ...] = ()
    quality_check: QualityCheck = no_quality_check

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys under which its answer may be."""
        return self.key, *self.fallback_keys

    @cached_property
    def term(self) -> str:
        """The word that it is about."""
        return str(json.loads(self.user)["term"])


@dataclass(frozen=True)
class Repairer:
    """How a stage asks for only what failed of a reply.

    ``system``: the prompt. ``request(text, error, user)``: the user text, None where only the whole can be asked again.
    ``schema(error)``: of the answer. ``mended(text, answer, error)``: the reply with the answered parts in it; raises
    ReplyError.
    """

    system: str
    request: Callable[[str, ReplyError, str], str | None]
    schema: Callable[[ReplyError], dict[str, Any]]
    mended: Callable[[str, str, ReplyError], str]


@dataclass(frozen=True)
class ChatReply:
    """The end of one question: the accepted text, or a code and message; and what it cost.

    ``key`` is the question's. Where a fallback answered, ``model`` names it and ``found`` is the key of its answer.
    ``pending``: it was not asked in this run, and why (with a message); ``code``: it failed.
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
