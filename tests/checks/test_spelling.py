"""Test the checks of spelling: they find faults in examples, and accept words that are shown as mistakes."""

from typing import Any

import pytest
from checks.good_records import prompt_examples

from korean_flashcards.checks import check_card, check_nuance
from korean_flashcards.checks.korean_text import is_copied, korean_of
from korean_flashcards.checks.subject import Analysis, Card

GONE = prompt_examples()[1]
CODES = {"misspelled", "unknown_word", "likely_misspelled", "wrong_form", "spacing"}


def _codes(back: str, word: dict[str, Any] | None = None) -> set[str]:
    card = GONE.cards[0] | {"back": f"{GONE.cards[0]['back']}\n\n{back}"}
    return {each.code for each in check_card(card, GONE.record, word or GONE.word)} & CODES


@pytest.mark.parametrize(
    ("back", "code"),
    [
        ("몇일 전에 갔어요. 'She left some days ago.'", "misspelled"),
        ("어제 크룸베니를 사러 갔어요. 'I went to buy a battery yesterday.'", "unknown_word"),
        ("저는 아칭을 안 먹었어요. 'I haven't had breakfast.'", "likely_misspelled"),
        ("어제 친구 를 만났어요. 'I met a friend yesterday.'", "wrong_form"),
        ("집에 갈것이다. 'I'll go home.'", "spacing"),
        ("In a plain sentence without a translation it is 저는 집에 갔읍니다.", "misspelled"),
    ],
)
def test_faults_in_examples_are_found(back: str, code: str) -> None:
    assert code in _codes(back)


@pytest.mark.parametrize(
    "back",
    [
        "Never write 몇일 for 며칠.", "Many people write 안되요, but 안 돼요 is right.", "가- + -았- → 갔-, not 가았어요.",
        "A learner's slip is 저녘마다 for 저녁마다.",
        "It is said [감사함니다].", "브라이스가 집에 갔어요. 'Bryce went home.'", "훈음: 값 치, 갈 거.",
        "제 이름은 라그나예요. 'My name is Ragna.'",
    ],
)  # fmt: skip
def test_mistakes_on_purpose_and_names_are_accepted(back: str) -> None:
    assert _codes(back) == set()


def test_a_misspelled_word_of_the_list_is_not_the_models_fault() -> None:
    assert _codes("할께요 갈께요. 'I will.'", GONE.word | {"term": "할께요"}) == set()


def test_records_are_checked_too() -> None:
    record = GONE.record | {"explanation": "갔어요 is used with 에: 저는 오랫만에 집에 갔어요."}
    assert "misspelled" in {each.code for each in check_nuance(record, GONE.word)}


def test_korean_is_found_with_and_without_a_translation() -> None:
    card = Card(
        {"front": "", "back": "He says 집에 갔어요. 'He went.' or 갔어, 갔다."}, Analysis(GONE.record, GONE.word)
    )
    shown = [(stretch.korean, stretch.translation, stretch.on_purpose) for stretch in korean_of(card)]
    assert shown == [("집에 갔어요.", "He went.", False), ("갔어, 갔다.", "", False)]


def test_a_cloze_may_show_the_answer_in_english() -> None:
    front = "Fill the gap: 나는 회사에 ____. 'The answer is that I went, has gone.' Which form fits here?"
    card = GONE.cards[0] | {"tab_name": "Scene", "front": front}
    assert "front_tells" not in {each.code for each in check_card(card, GONE.record, GONE.word)}
    told = card | {"front": front.replace("____", "갔어요")}
    assert "front_tells" in {each.code for each in check_card(told, GONE.record, GONE.word)}


def test_a_variant_of_a_character_is_not_another_word() -> None:
    record = GONE.record | {"explanation": "갔어요 as in 자매 姊妹 'sisters': 자매가 갔어요."}
    assert "hanja_of_related" not in {each.code for each in check_nuance(record, GONE.word)}
    record |= {"explanation": "갔어요 as in 남편 男篇 'husband': 남편이 갔어요."}
    assert "hanja_of_related" in {each.code for each in check_nuance(record, GONE.word)}


def test_examples_that_are_copied_from_the_list_are_not_analyzed() -> None:
    """Findings in them are dropped, so analyzing them would only take time."""
    back = "어제 크룸베니를 사러 갔어요. 'I bought one.' 배톼리를 사요. 'I buy it.' 배톼리를 사러 갔어요! 'I went.'"
    analysis = Analysis(
        GONE.record, GONE.word | {"example": "어제 크룸베니를 사러 갔어요.", "usage_hint": "배톼리를 사요"}
    )
    shown = {stretch.korean: is_copied(stretch, analysis) for stretch in korean_of(Card({"back": back}, analysis))}
    assert shown == {"어제 크룸베니를 사러 갔어요.": True, "배톼리를 사요.": False, "배톼리를 사러 갔어요!": False}
