"""Test that false statements about forms, stems, and letters are found, and that true ones are accepted."""

import pytest
from checks.test_claims import codes_of_record

_FALSE = """
그것이 | pronoun | 그것이 becomes 그걸.
내게 | pronoun | The longer form: 너에게.
고르다 | verb | 고르다 gives 고라요.
자르다 | verb | Its past is irregular: past 자랐어요.
마시다 | verb | 마시- + -어요 gives 마서요.
들렀어요 | verb | The past of 들리다.
나빴어요 | adjective | 나쁘- + -었어요 → 나빴어요.
먹였어요 | verb | Passive of 먹다.
쌓여요 | verb | The causative of 쌓다.
국물 | noun | Said so because ㄱ before ㅁ turns into ㄴ.
굳이 | adverb | ㄷ before 이 becomes ㅊ.
살다 | verb | ㄹ drops before ㄱ and ㅈ.
짓다 | verb | The ㅅ drops before a consonant.
걷다 | verb | This verb loses its ㄱ.
-아서 | ending | -아서 after ㅏ or ㅜ, -어서 elsewhere.
-아/어 보다 | ending | Stems in ㅜ or ㅣ take -아.
"""
_TRUE = """
그것이 | pronoun | 그것이 becomes 그게, 그것을 becomes 그걸.
제게 | pronoun | The longer form is 저에게.
주다 | verb | In humble speech 주다 becomes 드려요.
되다 | verb | 되다 → 되어요 → 돼요.
고르다 | verb | 고르다 gives 골라요, past 골랐어요.
보여요 | verb | From 보다: 보이다 is its passive and causative.
알고있어 | verb | From 알다 + -고 있다.
다녀왔어요 | verb | 다녀오- + -았- + -어요.
바빴어요 | adjective | 바쁘- + -았어요 → 바빴어요.
피곤했어요 | adjective | 피곤하- + -었- becomes 피곤했-.
국물 | noun | ㄱ before ㅁ becomes ㅇ, ㅂ before ㅎ becomes ㅍ, ㄷ after ㅂ becomes ㄸ.
살다 | verb | ㄹ drops before ㄴ, ㅂ, and ㅅ.
낫다 | verb | 낫다 loses its ㅅ before a vowel.
-아서 | ending | -아서 after ㅏ or ㅗ, -어서 after others.
끓였어요 | verb | Causative of 끓다.
드셨어요 | verb | Honorific past of 먹다.
"""


def _cases(text: str) -> list[list[str]]:
    return [line.split(" | ") for line in text.strip().split("\n")]


@pytest.mark.parametrize(("term", "pos", "claim"), _cases(_FALSE))
def test_false_statements_about_forms_are_found(term: str, pos: str, claim: str) -> None:
    assert "false_grammar" in codes_of_record(term, pos=pos, explanation=claim)


@pytest.mark.parametrize(("term", "pos", "claim"), _cases(_TRUE))
def test_true_statements_about_forms_are_accepted(term: str, pos: str, claim: str) -> None:
    assert "false_grammar" not in codes_of_record(term, pos=pos, explanation=claim)
