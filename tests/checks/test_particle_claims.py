"""Test that statements about particles are compared with their example and with what each part of a sentence takes."""

import pytest
from checks.test_claims import codes_of_record

_FALSE = """
졸업하다 | The school takes 에: 대학교를 졸업했어요.
참석하다 | It takes 을/를 (모임에 참석하다).
도착하다 | The time takes 에서.
부르다 | Object with 에게.
여쭙다 | The person asked takes 께서.
빌리다 | The lender takes 을/를.
고르다 | What is chosen takes 에게.
"""
_TRUE = """
묻다 | Often with 보다: 물어봐도 돼요?
졸업하다 | The school takes 을/를: 대학교를 졸업했어요.
쓰다 | The text takes 을/를, the receiver 에게 or 한테: 동생한테 편지를 썼어요.
공원 | The place of an action takes 에서, the goal takes 에: 공원에서 놀아요.
보다 | What is seen takes 을/를: 뭘 봐요?
걸리다 | The hour stands alone or takes 이: 한 시간 걸려요.
친절하다 | The person takes 에게: 누구에게나 친절해요.
체하다 | What was eaten takes 에: 떡에 체했어요.
여쭙다 | The person asked takes 께, never 께서.
"""


def _cases(text: str) -> list[list[str]]:
    return [line.split(" | ") for line in text.strip().split("\n")]


@pytest.mark.parametrize(("term", "claim"), _cases(_FALSE))
def test_false_statements_about_particles_are_found(term: str, claim: str) -> None:
    assert "false_grammar" in codes_of_record(term, pos="verb", explanation=claim)


@pytest.mark.parametrize(("term", "claim"), _cases(_TRUE))
def test_true_statements_about_particles_are_accepted(term: str, claim: str) -> None:
    assert "false_grammar" not in codes_of_record(term, pos="verb", explanation=claim)
