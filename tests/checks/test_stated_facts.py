"""Test that false labels of a form, and slips in the Korean beside them, are reported wherever the text has them."""

from typing import Any

import pytest
from checks.good_records import prompt_examples

from korean_flashcards.checks import check_card, check_nuance

GONE = prompt_examples()[1]


def _on_card(back: str) -> set[str]:
    card = GONE.cards[0] | {"back": f"{GONE.cards[0]['back']}\n\n{back}"}
    return {each.code for each in check_card(card, GONE.record, GONE.word)}


def _in_record(term: str = "갔어요", pos: str = "verb", row: dict[str, str] | None = None, **changes: Any) -> set[str]:
    word = GONE.word | {"term": term, "pos": pos, "example": None, "hanja": None} | (row or {})
    return {each.code for each in check_nuance(GONE.record | {"term": term, "pos": pos} | changes, word)}


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("먹었어요 is the polite past.", "먹었어요 is the polite future.", "tense_label"),
        ("먹어요 (present)", "먹어요 (past)", "tense_label"),
        ("먹- + -었- becomes 먹었어요.", "먹- + -겠- becomes 먹었어요.", "tense_label"),
        ("To friends 먹었어, formally 먹었습니다.", "To friends 먹었어, formally 먹었어.", "speech_label"),
        ("지금 네 시예요. 'It is four now.'", "지금 네 시예요. 'It is five now.'", "translation_contradicts"),
        ("우리 집에 오세요. 'Come to our home.'", "우리 댁에 오세요. 'Come to our home.'", "wrong_honorific"),
        ("비를 싫어해요. 'She dislikes rain.'", "비가 싫어해요. 'She dislikes rain.'", "wrong_case"),
        (
            "날씨가 춥지만 맑아요. 'It is cold but clear.'",
            "날씨가 추우지만 맑아요. 'It is cold but clear.'",
            "wrong_inflection",
        ),
        ("In the humble 저희 the speaker bows.", "In the honorific 저희 the speaker bows.", "speech_label"),
        ("Your own is 우리 집.", "Your own is 우리 댁.", "wrong_honorific"),
        ("맨 뒤에 앉았어요. 'I sat at the back.'", "맨뒤에 앉았어요. 'I sat at the back.'", "wrong_spaces"),
        ("떡을 먹어요. 'I eat rice cake.'", "떡을 먹어요. 'I eat it.' 떡을 먹어요. 'I eat it.'", "repetition"),
        ("3시 10분 [세 시 십 분]", "3시 10분 [세 시 열 분]", "wrong_number"),
    ],
)
def test_a_card_with_a_false_statement_is_reported(right: str, wrong: str, code: str) -> None:
    assert code not in _on_card(right)
    assert code in _on_card(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "먹어요, past 먹었어요, and future 먹을게요.",
        "먹겠습니다 is the future of 먹다.",
        "배우지만, 싸우고, and 키우지 keep their 우.",
        "같이하다 and 함께하다 are words.",
        "엄마가 커피를 좋아해요. 'Mom likes coffee.'",
    ],
)
def test_true_statements_raise_nothing(text: str) -> None:
    assert _on_card(text) & {"tense_label", "speech_label", "wrong_case", "wrong_inflection", "wrong_spaces"} == set()


def test_a_record_with_a_false_statement_is_reported() -> None:
    assert "tense_label" not in _in_record()
    assert "tense_label" in _in_record(explanation="Polite future of 가다 'to go'.")
    surprised = {"definition": "was surprised (polite past of 놀라다)"}
    assert "tense" in _in_record("놀랐어요", "verb", surprised, primary_meaning="is surprised (polite)")
    assert "tense" not in _in_record("놀랐어요", "verb", surprised, primary_meaning="was surprised (polite)")
    assert "image_parts" in _in_record(metaphor_action="it shrinks into the dark at the end of the track")
    assert _pos("무슨", "determiner", "pronoun")
    assert _pos("맨-", "suffix", "noun") and not _pos("맨-", "suffix", "suffix")
    assert _pos("누구", "pronoun", "determiner") and not _pos("무슨", "determiner", "determiner")


def _pos(term: str, listed: str, given: str) -> bool:
    word = GONE.word | {"term": term, "pos": listed, "example": None}
    found = check_nuance(GONE.record | {"term": term, "pos": given}, word)
    return "pos_disagrees" in {each.code for each in found}


def test_homonyms_with_the_same_words_are_reported() -> None:
    def homonym(hanja: str, meaning: str) -> dict[str, str]:
        return {"hanja": hanja, "reading": "수도", "meaning": meaning, "differentiator": ""}

    capital = homonym("首都", "capital city")
    same = _in_record("수도", "noun", homonyms=[capital, homonym("水道", "capital (city of a country)")])
    listed = {"definition": "capital city"}
    assert "homonym_twice" in _in_record(
        "수도", "noun", listed, homonyms=[capital, homonym("水道", "capital (city of a country)")]
    )
    other = _in_record("수도", "noun", listed, homonyms=[capital, homonym("水道", "water supply, tap water")])
    assert "homonym_twice" in same and "homonym_twice" not in other
