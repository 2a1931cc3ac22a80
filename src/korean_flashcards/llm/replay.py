"""Parse stored replies again with the current parser. Nothing is sent or changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from korean_flashcards.domain.requests import parsed_user_text
from korean_flashcards.formats.outcome import NOT_READ, OK, PART, ParseOutcome, parse_outcome
from korean_flashcards.llm.cache.maintenance import entry
from korean_flashcards.llm.cache.reply_cache import ReplyCache


@dataclass(frozen=True)
class Replayed:
    """A stored reply and the result of parsing it again.

    ``outcome``: "accepted", or the failure code assigned when the reply was received. ``today``: the current parser's
    result.
    """

    key: str
    stage: str
    model: str
    created: str
    outcome: str
    message: str | None
    today: str
    text: str


def replayed(cache: ReplyCache, key: str, term: str | None) -> Iterator[Replayed]:
    """Yield every readable reply to a request: the archived replies first, then the reply in use.

    ``term``: the word, if known.
    """
    types: list[str] | None = None
    stored = entry(cache, key)
    for old in stored.archived:
        types = parsed_user_text(old.user).get("card_types", types)
        today = _today(parse_outcome(old.stage, old.text, old.user, term, types))
        yield Replayed(key, old.stage, old.model, old.created, old.outcome, old.message, today, old.text)
    if reply := stored.reply:
        today = _today(parse_outcome(reply.stage, reply.text, reply.user, term, types))
        yield Replayed(key, reply.stage, reply.model, reply.created, "accepted", None, today, reply.text)


def _today(read: ParseOutcome) -> str:
    """Return the parser's result as text, such as "accepted" or a failure code and a message."""
    if read.code in (NOT_READ, PART):
        return f"not read: {read.message}"
    return "accepted" if read.code == OK else f"{read.code}: {read.message}"
