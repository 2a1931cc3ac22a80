"""Find the parts of a new reply that must be requested again because they contain errors.

Only errors justify a second request. Warnings and notes lower the score and are left to reviewers.
"""

import json
from functools import partial
from typing import Any

from korean_flashcards.domain.explanation_language import FIELD
from korean_flashcards.domain.records import Problem
from korean_flashcards.domain.requests import QualityCheck
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.nuance_reply import read_nuance


def nuance_quality_check(user: str) -> QualityCheck:
    """Return a function that lists each error in an accepted analysis with its field.

    ``user`` is the request's user text.
    """
    return partial(_of_nuance, user)


def card_quality_check(user: str) -> QualityCheck:
    """Return a function that lists each error in accepted cards with its card type.

    ``user`` is the request's user text.
    """
    return partial(_of_cards, user)


def _of_nuance(user: str, text: str) -> tuple[Problem, ...]:
    # Imported here because most runs have no new replies to check, and importing the checks takes half a second.
    from korean_flashcards.checks.check_registry import check_nuance

    word = json.loads(user)
    record = read_nuance(text, word["term"], 1).model_dump()
    return tuple(Problem(found.field, found.message) for found in check_nuance(record, word, errors_only=True))


def _of_cards(user: str, text: str) -> tuple[Problem, ...]:
    # Imported here for the same reason.
    from korean_flashcards.checks.check_registry import check_card
    from korean_flashcards.checks.subject import Analysis

    request: dict[str, Any] = json.loads(user)
    record = request["nuance"]
    # The analysis was checked before, so text that the cards copy from it is not reported again.
    known = [text for _, text in Analysis(record, {}).prose]
    word = {"term": request["term"], "analysis": known, FIELD: request.get(FIELD)}
    return tuple(
        Problem(draft.tab_name, f"{found.field}: {found.message}")
        for draft in read_cards(text, request["term"], request["card_types"])
        for found in check_card(draft.model_dump() | {"term": request["term"]}, record, word, errors_only=True)
    )
