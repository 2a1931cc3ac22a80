"""A stored reply as JSON: accepted, with what its request cost, or archived, with why it was not accepted."""

from dataclasses import dataclass

from pydantic import ConfigDict, TypeAdapter, ValidationError

from korean_flashcards.domain.requests import parsed_user_text
from korean_flashcards.llm.cache.packing import DamagedError

# Outcomes of archived replies that were accepted: a later reply replaced it; it is a reply to a part of the request.
REPLACED, PART = "replaced", "ok"
# Finish reasons of a text that is not complete.
CUT_OFF = ("length", "content_filter")


@dataclass(frozen=True, slots=True)
class StoredReply:
    """One accepted reply and what it cost, all attempts together. ``created`` is UTC, ISO 8601.

    ``user`` is the user text of the request, ``template`` names the other parts of the key; replies that an earlier release
    stored have neither, nor a prompt version.
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
    """A paid reply that was not accepted as it came.

    ``outcome``: the FailureCode, PART or REPLACED. ``user``: the user text, for a repair not the word's request;
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

    def is_complete_reply_to(self, user: str) -> bool:
        """Return whether it is a complete reply to the request: not to a repair, not cut off."""
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
    """Return the word of a user text, also of a repair that names it."""
    term = parsed_user_text(user).get("term")
    return term if isinstance(term, str) else None


_REPLY = TypeAdapter(StoredReply)
_ARCHIVE = TypeAdapter(list[ArchivedReply])
