"""Test that a meaning beside hanja that belongs to a different word is reported, in homonyms and in sentences."""

import pytest
from checks.good_records import prompt_examples

from korean_flashcards.checks import check_card, check_nuance
from korean_flashcards.korean.homonym_meanings import wrong_meaning

GONE = prompt_examples()[1]


@pytest.mark.parametrize(
    ("hanja", "reading", "meaning"),
    [
        ("市長", "시장", "hunger"),
        ("氣球", "기구", "prayer"),
        ("同期", "동기", "copper kettle"),
        ("母女", "모녀", "father and son"),
        ("北極", "북극", "South Pole"),
        ("電話", "전화", "lamp"),
        ("姉妹", "자매", "brothers"),
    ],
)
def test_a_meaning_of_a_different_word_is_found(hanja: str, reading: str, meaning: str) -> None:
    assert wrong_meaning(hanja, reading, meaning, ())


@pytest.mark.parametrize(
    ("hanja", "reading", "meaning", "definition"),
    [
        ("市長", "시장", "head of a city", ""),
        ("士氣", "사기", "fighting spirit", ""),
        ("師母", "사모", "a teacher's wife", ""),
        ("子婦", "자부", "daughter-in-law", ""),
        ("意思", "의사", "what one means to do, intention", ""),
        ("表示", "표시", "sign", ""),
        ("親舊", "친구", "buddy", "buddy"),
        ("京畿", "경기", "the province around Seoul", ""),
    ],
)
def test_its_own_meaning_is_accepted(hanja: str, reading: str, meaning: str, definition: str) -> None:
    assert wrong_meaning(hanja, reading, meaning, (definition,)) == ""


def test_the_meaning_is_checked_in_homonyms() -> None:
    word = {"term": "시장", "pos": "noun", "definition": "market", "hanja": "市場"}
    homonyms = [
        {"hanja": "市場", "reading": "시장", "meaning": "market", "differentiator": "場 'place'"},
        {"hanja": "市長", "reading": "시장", "meaning": "mayor", "differentiator": "長 'head'"},
    ]
    record = GONE.record | {"term": "시장", "pos": "noun", "primary_meaning": "market", "homonyms": homonyms}
    assert "hanja_meaning" not in {each.code for each in check_nuance(record, word)}
    homonyms[1]["meaning"] = "hunger before a meal"
    assert "hanja_meaning" in {each.code for each in check_nuance(record, word)}


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("Compare 기사 記事 'news article'.", False),
        ("Compare 기사 記事 'knight'.", True),
        ("Compare 의사(意思, doctor).", True),
    ],
)
def test_the_meaning_is_checked_in_sentences(text: str, reported: bool) -> None:
    card = GONE.cards[0] | {"back": f"{GONE.cards[0]['back']}\n\n{text}"}
    assert ("hanja_meaning" in {each.code for each in check_card(card, GONE.record, GONE.word)}) is reported
