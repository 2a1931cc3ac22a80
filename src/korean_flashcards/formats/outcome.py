"""What today's parser says of a reply, of any stage, as a value instead of an error."""

from collections.abc import Sequence
from typing import NamedTuple

from korean_flashcards.contracts import Problem, ReplyError
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.judge_reply import read_judgement
from korean_flashcards.formats.nuance_reply import read_nuance

OK, NOT_READ = "ok", "not_read"


class ParseOutcome(NamedTuple):
    """``code``: OK, a FailureCode, or NOT_READ where the word is not known or the stage has no parser."""

    code: str
    message: str | None = None
    problems: tuple[Problem, ...] = ()


def parse_outcome(stage: str, text: str, term: str | None, card_types: Sequence[str] | None) -> ParseOutcome:
    """Read a whole reply about ``term``; ``card_types``: the cards that were asked for, None where that is not known."""
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
