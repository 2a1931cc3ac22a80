"""Parse a reply from any stage, and return the outcome as a value instead of raising an error."""

from collections.abc import Sequence
from typing import NamedTuple

from korean_flashcards.domain.records import Problem, ReplyError
from korean_flashcards.domain.requests import parsed_user_text
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.judge_reply import read_judgement
from korean_flashcards.formats.nuance_reply import read_nuance

OK, NOT_READ, PART = "ok", "not_read", "part"


class ParseOutcome(NamedTuple):
    """The result of parsing a reply.

    ``code`` is OK, a FailureCode, PART for a reply to a repair request, or NOT_READ if the word or stage is unknown.
    """

    code: str
    message: str | None = None
    problems: tuple[Problem, ...] = ()


def parse_outcome(
    stage: str, text: str, user: str | None, term: str | None = None, card_types: Sequence[str] | None = None
) -> ParseOutcome:
    """Parse the reply to the request whose user text is ``user``.

    ``term`` and ``card_types`` describe the request if its user text is not stored.
    """
    request = parsed_user_text(user)
    if "problems" in request:  # written by ``repair_request``
        return ParseOutcome(PART, "the reply contains only the parts requested for a repair")
    term, card_types = term or request.get("term"), request.get("card_types", card_types)
    if term is None:
        return ParseOutcome(NOT_READ, "the ledger does not record which word the reply is about")
    try:
        if stage == "nuance":
            read_nuance(text, term, 0)
        elif stage == "flashcards":
            read_cards(text, term, card_types)
        elif stage == "judge":
            read_judgement(text, term, request)
        else:
            return ParseOutcome(NOT_READ, f"there is no stage named {stage}")
    except ReplyError as error:
        return ParseOutcome(str(error.code), str(error), error.problems)
    return ParseOutcome(OK)
