"""Read and write stored replies as JSON: accepted ones with their cost, archived ones with the reason."""

from dataclasses import dataclass

from pydantic import ConfigDict, TypeAdapter, ValidationError

from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.requests import parsed_user_text
from korean_flashcards.llm.cache.packing import DamagedError

# Outcomes of archived replies that were accepted: replaced by a later reply, or the reply to a repair request.
REPLACED, PART = "replaced", "ok"
# Finish reasons of an incomplete text.
CUT_OFF = ("length", "content_filter")


@dataclass(frozen=True, slots=True)
class StoredReply:
    """Represent an accepted reply and the cost of all attempts. ``created`` is UTC, ISO 8601.

    ``user`` is the user text of the request. ``template`` is the id of the other parts of the key. Replies stored by
    early releases have neither, and no prompt version.
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
        """Return the word of the request, if known."""
        return _term(self.user)


@dataclass(frozen=True, slots=True)
class ArchivedReply:
    """Represent a paid reply that was rejected, repaired or replaced.

    ``outcome``: a FailureCode, PART or REPLACED. ``user``: the user text that was sent, for a repair that of the repair.
    ``template`` is None for repairs and for replies stored by early releases.
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
        """Return the word of the request, if known."""
        return _term(self.user)

    def is_complete_reply_to(self, user: str) -> bool:
        """Return whether this is a complete reply to the request: neither a reply to a repair nor cut off."""
        return self.user == user and self.finish_reason not in CUT_OFF

    def stored(self) -> StoredReply:
        """Return it as an accepted reply."""
        return StoredReply(
            self.text, self.tokens_in, self.tokens_out, self.cost_usd, 0.0, 1, self.model, self.stage,
            self.created, self.prompt_version, self.user, self.template,
        )  # fmt: skip


def read_reply(text: str | bytes) -> StoredReply:
    """Return the reply in the text of an entry. Raises DamagedError."""
    try:
        return _REPLY.validate_json(text)
    except ValidationError as error:
        raise DamagedError(f"its text is not a reply ({counted(error.error_count(), 'invalid field')})") from error


def read_archive(text: str | bytes) -> list[ArchivedReply]:
    """Return the replies in the text of an archive entry, newest last. Raises DamagedError."""
    try:
        return _ARCHIVE.validate_json(text)
    except ValidationError as error:
        raise DamagedError(
            f"its text is not a list of replies ({counted(error.error_count(), 'invalid field')})"
        ) from error


def write_reply(reply: StoredReply) -> bytes:
    """Return the reply as JSON, without unknown values."""
    return _REPLY.dump_json(reply, exclude_defaults=True)


def write_archive(replies: list[ArchivedReply]) -> bytes:
    """Return the replies as JSON, without unknown values."""
    return _ARCHIVE.dump_json(replies, exclude_defaults=True)


def _term(user: str | None) -> str | None:
    """Return the word in the user text of a request or a repair, None if it has none."""
    term = parsed_user_text(user).get("term")
    return term if isinstance(term, str) else None


_REPLY = TypeAdapter(StoredReply)
_ARCHIVE = TypeAdapter(list[ArchivedReply])
