"""Fuzz test: replies that are changed around their values are read as the original record or rejected with a code."""

import json
import re
from typing import Any

import pytest
from support.fuzzed_replies import CARDS, RECORD, TERM, TYPES, FuzzedReply, fuzzed_reply

from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.nuance_reply import read_nuance

EXPECTED: dict[str, Any] = {
    "nuance": read_nuance(json.dumps(RECORD), TERM, 1),
    "flashcards": read_cards(json.dumps({"cards": CARDS}), TERM, TYPES),
}


def fault(reply: FuzzedReply) -> str | None:
    """Return what is wrong with the way a reply is read, or None."""
    try:
        read: Any = read_nuance(reply.text, TERM, 1) if reply.stage == "nuance" else read_cards(reply.text, TERM, TYPES)
    except ReplyError as error:
        known = error.code in FailureCode and str(error)
        return None if reply.damaged and known else f"rejected: {error.code}: {error}"
    if read == EXPECTED[reply.stage]:
        return None
    # Changed punctuation inside a value cannot be detected. A changed word can.
    same_words = re.findall(r"\w+", str(read)) == re.findall(r"\w+", str(EXPECTED[reply.stage]))
    return None if reply.damaged and same_words else f"read as {str(read)[:300]}"


def check(numbers: range) -> None:
    found = {number: fault(fuzzed_reply(number)) for number in numbers}
    wrong = {number: (fuzzed_reply(number).steps, said) for number, said in found.items() if said}
    assert not wrong, f"{len(wrong)} faults: {dict(list(wrong.items())[:8])}"


def test_three_hundred_fuzzed_replies() -> None:
    check(range(300))


@pytest.mark.slow
@pytest.mark.parametrize("start", range(10_000, 15_000, 1_250))
def test_five_thousand_fuzzed_replies(start: int) -> None:
    check(range(start, start + 1_250))
