"""What today's parser says of a reply, of any stage, as a value instead of an error."""

from collections.abc import Sequence
from typing import NamedTuple

from korean_flashcards.domain.records import Problem, ReplyError
from korean_flashcards.domain.requests import parsed_user_text
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.judge_reply import read_judgement
from korean_flashcards.formats.nuance_reply import read_nuance

OK, NOT_READ, PART = "ok", "not_read", "part"


class ParseOutcome(NamedTuple):
    """``code``: OK, a FailureCode, PART of what a repair requested, or NOT_READ where the word or a parser is not known."""

    code: str
    message: str | None = None
    problems: tuple[Problem, ...] = ()


def parse_outcome(
    stage: str, text: str, user: str | None, term: str | None = None, card_types: Sequence[str] | None = None
) -> ParseOutcome:
    """Read a reply to ``user``. ``term`` and ``card_types``: what is known of its request where that is not kept."""
    request = parsed_user_text(user)
    if "problems" in request:  # as ``repair_request`` writes it
        return ParseOutcome(PART, "it holds only the parts that a repair requested")
    term, card_types = term or request.get("term"), request.get("card_types", card_types)
    if term is None:
        return ParseOutcome(NOT_READ, "the ledger does not know which word it is about")
    try:
        if stage == "nuance":
            read_nuance(text, term, 0)
        elif stage == "flashcards":
            read_cards(text, term, card_types)
        elif stage == "judge":
            read_judgement(text, term)
        else:
            return ParseOutcome(NOT_READ, f"no word's record comes from stage {stage}")
    except ReplyError as error:
        return ParseOutcome(str(error.code), str(error), error.problems)
    return ParseOutcome(OK)
