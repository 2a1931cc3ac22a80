"""Test the advice for each failure code."""

import re

import pytest

from korean_flashcards.domain.failures import KINDS, advice
from korean_flashcards.domain.records import FailureCode


@pytest.mark.parametrize("code", FailureCode)
def test_every_failure_has_advice_that_begins_with_a_verb(code: FailureCode) -> None:
    """Commands print the advice after a colon, in parentheses, and before a period."""
    assert re.fullmatch(
        r"(add|check|choose|correct|give|raise|rephrase|report|retry|run|set|shorten|wait|use|write) .*[^.]",
        advice(code),
    )


def test_commands_in_the_advice_are_in_backticks() -> None:
    for kind in KINDS.values():
        assert "kedro" not in re.sub(r"`kedro [^`]+`", "", kind.advice)


def test_an_unknown_code_gets_general_advice() -> None:
    assert "`kedro run`" in advice("code_of_an_older_release")
