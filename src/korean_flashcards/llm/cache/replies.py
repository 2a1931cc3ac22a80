"""Read and write stored replies as JSON: accepted replies with their cost, and archived replies with a reason."""

from dataclasses import dataclass

from pydantic import ConfigDict, TypeAdapter, ValidationError

from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.requests import parsed_user_text
from korean_flashcards.formats.json_text import ends_complete
from korean_flashcards.llm.cache.packing import DamagedError

# Outcomes of accepted replies in the archive: those replaced by a later reply, and replies involved in a repair.
REPLACED, PART = "replaced", "ok"
# Finish reasons that mark incomplete text.
CUT_OFF = ("length", "content_filter")


@dataclass(frozen=True, slots=True)
class StoredReply:
    """An accepted reply, with the cost of all attempts. ``created`` is a UTC time in ISO 8601 format.

    ``user`` is the request's user text. ``template`` identifies the remaining parts of the key. Replies stored by early
    releases have no user text, template, or prompt version.
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
        """Return the request's word, or None if the word is unknown."""
        return _term(self.user)


@dataclass(frozen=True, slots=True)
class ArchivedReply:
    """A paid reply that was rejected, repaired, or replaced.

    ``outcome``: a FailureCode, PART, or REPLACED. ``user``: the user text that was sent (for a repair, the text of the
    repair request). ``template`` is None for repairs and for replies stored by early releases.
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
        """Return the request's word, or None if the word is unknown."""
        return _term(self.user)

    def is_complete_reply_to(self, user: str) -> bool:
        """Return whether this may be a complete reply to the request, rather than a truncated reply or a repair."""
        whole = self.finish_reason not in CUT_OFF or (self.finish_reason == "length" and ends_complete(self.text))
        return self.user == user and whole

    def stored(self) -> StoredReply:
        """Return this archived reply as an accepted reply."""
        return StoredReply(
            self.text, self.tokens_in, self.tokens_out, self.cost_usd, 0.0, 1, self.model, self.stage,
            self.created, self.prompt_version, self.user, self.template,
        )  # fmt: skip


def read_reply(text: str | bytes) -> StoredReply:
    """Parse the reply in an entry's text. Raises DamagedError."""
    try:
        return _REPLY.validate_json(text)
    except ValidationError as error:
        raise DamagedError(f"its text is not a reply ({counted(error.error_count(), 'invalid field')})") from error


def read_archive(text: str | bytes) -> list[ArchivedReply]:
    """Parse the replies in an archive entry's text, newest last. Raises DamagedError."""
    try:
        return _ARCHIVE.validate_json(text)
    except ValidationError as error:
        raise DamagedError(
            f"its text is not a list of replies ({counted(error.error_count(), 'invalid field')})"
        ) from error


def write_reply(reply: StoredReply) -> bytes:
    """Return the reply as JSON, leaving out fields with default values."""
    return _REPLY.dump_json(reply, exclude_defaults=True)


def write_archive(replies: list[ArchivedReply]) -> bytes:
    """Return the replies as JSON, leaving out fields with default values."""
    return _ARCHIVE.dump_json(replies, exclude_defaults=True)


def _term(user: str | None) -> str | None:
    """Return the word in the user text of a request or repair, or None if the text contains no word."""
    term = parsed_user_text(user).get("term")
    return term if isinstance(term, str) else None


_REPLY = TypeAdapter(StoredReply)
_ARCHIVE = TypeAdapter(list[ArchivedReply])
