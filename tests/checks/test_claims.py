"""Test the checks of what analyses and cards say about numbers and inflection."""

import pytest
from checks.good_records import prompt_examples

from korean_flashcards.checks import check_card, check_nuance


def codes_of_record(term: str, **fields: str) -> set[str]:
    """Return the codes of the findings for an analysis with these fields."""
    pos = fields.get("pos", "noun")
    return {each.code for each in check_nuance({"term": term, **fields}, {"term": term, "pos": pos})}


@pytest.mark.parametrize(
    ("term", "explanation"),
    [
        ("바빴다", "바쁘다, ㅡ drops before -았-."),
        ("걸었어요", "걷다 is ㄷ-irregular: 걸었어요."),
        ("매워요", "맵다 + -어요, ㅂ-irregular: 매워요."),
        ("불러요", "From 부르다, a 르-irregular verb."),
        ("잡다", "잡다 is not ㅂ-irregular."),
        ("파랗다", "ㅎ-irregular: 파래요."),
        ("닫다", "Regular: 닫아요."),
    ],
)
def test_what_an_explanation_says_about_inflection_is_accepted(term: str, explanation: str) -> None:
    assert "irregular" not in codes_of_record(term, pos="verb", explanation=explanation)


@pytest.mark.parametrize(
    ("term", "explanation"),
    [
        ("바빴다", "A ㅂ-irregular adjective."),
        ("깨달았어요", "깨닫다 is regular: 깨달았어요."),
        ("잡다", "ㅂ-irregular: 자워요."),
        ("부르다", "Regular. The object takes 을/를."),
        ("좋다", "ㅎ-irregular, as 파랗다."),
        ("파랗다", "ㅎ falls: 파래요. 좋다 is irregular, too."),
        ("굽다", "A regular verb: 고기를 굽다."),
        ("웃다", "ㅅ-irregular: 우어요."),
    ],
)
def test_a_false_statement_about_inflection_is_reported(term: str, explanation: str) -> None:
    assert "irregular" in codes_of_record(term, pos="verb", explanation=explanation)


def test_numbers_are_checked_in_all_fields() -> None:
    assert "wrong_number" in codes_of_record("회의", explanation="It begins at an hour: 삼 시에 시작해요.")
    assert "wrong_number" in codes_of_record("회의", explanation="Hours take Sino-Korean numbers.")
    assert "wrong_number" in codes_of_record("20분", ipa="[sɯ.mu pun]")
    assert "wrong_counter" in codes_of_record("자전거", usage_context="Counted with 마리.")
    good = "회의는 네 시에 시작해요, not 사 시에. Minutes take Sino-Korean numbers."
    assert not codes_of_record("회의", explanation=good)


def test_an_example_that_the_front_asks_for_may_lack_the_word() -> None:
    word, record, cards = prompt_examples()[1]
    back = "친구 집에 갔어요. 'I went to a friend's house.' 꽃에 물을 줬어요. 'I gave water to the flowers.'"
    fronts = ("Say where you went.", "Say where you went, and that you gave some water to the flowers.")
    cards = [cards[0] | {"tab_name": "Grammar", "back": back, "front": front} for front in fronts]
    found = [{each.code for each in check_card(card, record, word)} for card in cards]
    assert ["example_without_word" in codes for codes in found] == [True, False]
