"""A reply as it is kept: accepted, with what its question has cost, or archived, with why it was not accepted."""

from dataclasses import dataclass

from pydantic import ConfigDict, TypeAdapter, ValidationError

from korean_flashcards.domain.requests import parsed_user_text
from korean_flashcards.llm.cache.packing import DamagedError

# How an archived reply ended that was accepted once: another took its place; it answers a part of the question only.
REPLACED, PART = "replaced", "ok"
# Finish reasons of a text that is not complete.
CUT_OFF = ("length", "content_filter")


@dataclass(frozen=True, slots=True)
class StoredReply:
    """One accepted reply and what it cost, all attempts together. ``created`` is UTC, ISO 8601.

    ``user`` is the text that was asked and ``template`` names the rest of the key's parts; what an earlier release stored
    has neither, nor a prompt version.
    """

    __pydantic_config__ = ConfigDict(strict=True)

    text: str
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    latency_s: float
    attempts: int
    model: str
    stage: str
    created: str
    prompt_version: str | None = None
    user: str | None = None
    template: str | None = None

    @property
    def term(self) -> str | None:
        """The word that it is about, where that is known."""
        return _term(self.user)


@dataclass(frozen=True, slots=True)
class ArchivedReply:
    """One call's reply that was paid for and not accepted as it came.

    ``outcome``: the FailureCode, PART or REPLACED. ``user``: what was asked, for a repair not the word's question;
    ``template`` is None then, and for replies of earlier releases.
    """

    __pydantic_config__ = ConfigDict(strict=True)

    text: str
    outcome: str
    message: str
    user: str
    model: str
    stage: str
    created: str
    finish_reason: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    prompt_version: str | None = None
    template: str | None = None

    @property
    def term(self) -> str | None:
        """The word that it is about, where that is known."""
        return _term(self.user)

    def answers(self, user: str) -> bool:
        """Whether it is a whole answer to the question: no repair's, none that was cut off."""
        return self.user == user and self.finish_reason not in CUT_OFF

    def stored(self) -> StoredReply:
        """As an accepted reply, which it has become."""
        return StoredReply(
            self.text, self.tokens_in, self.tokens_out, self.cost_usd, 0.0, 1, self.model, self.stage,
            self.created, self.prompt_version, self.user, self.template,
        )  # fmt: skip


def read_reply(text: str | bytes) -> StoredReply:
    """The reply of an entry's text. Raises DamagedError."""
    try:
        return _REPLY.validate_json(text)
    except ValidationError as error:
        raise DamagedError(f"its text is no reply ({error.error_count()} faults)") from error


def read_archive(text: str | bytes) -> list[ArchivedReply]:
    """The replies of an archive entry's text, newest last. Raises DamagedError."""
    try:
        return _ARCHIVE.validate_json(text)
    except ValidationError as error:
        raise DamagedError(f"its text is no list of replies ({error.error_count()} faults)") from error


def write_reply(reply: StoredReply) -> bytes:
    """The reply as JSON; what is not known is left out."""
    return _REPLY.dump_json(reply, exclude_defaults=True)


def write_archive(replies: list[ArchivedReply]) -> bytes:
    """The replies as JSON; what is not known is left out."""
    return _ARCHIVE.dump_json(replies, exclude_defaults=True)


def _term(user: str | None) -> str | None:
    """The word of a question; of a repair's, too, where it names it."""
    term = parsed_user_text(user).get("term")
    return term if isinstance(term, str) else None


_REPLY = TypeAdapter(StoredReply)
_ARCHIVE = TypeAdapter(list[ArchivedReply])
