"""Test that Korean in Latin letters, and hanja within Korean sentences, are found."""

import pytest
from checks.good_records import prompt_examples

from korean_flashcards.checks import check_card, check_nuance

GONE = prompt_examples()[1]
CODES = {"romanised", "in_chinese"}


def _codes(text: str) -> tuple[set[str], set[str]]:
    """Return the codes for the text in a record and on a card."""
    record = GONE.record | {"explanation": f"갔어요 is the past of 가다. {text}"}
    card = GONE.cards[0] | {"back": f"{GONE.cards[0]['back']}\n\n{text}"}
    of_record, of_card = check_nuance(record, GONE.word), check_card(card, GONE.record, GONE.word)
    return {each.code for each in of_record} & CODES, {each.code for each in of_card} & CODES


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Parting words: joahaeyo. 'I like it.'", "romanised"), ("Juseyo follows a noun.", "romanised"),
        ("At work it is cheoeum boepgesseumnida.", "romanised"), ("Said [ga-sseo-yo].", "romanised"),
        ("The opposite is 왔어요 (wasseoyo).", "romanised"), ("It goes with 학교 hakgyo.", "romanised"),
        ("서울 is a name, and gyeongu is not: 경우, 서울.", "romanised"),
        ("저는 어제 學校에 갔어요. 'I went to school yesterday.'", "in_chinese"),
        ("Then: 電話를 받고 갔어요. 'He took the call and left.'", "in_chinese"),
    ],
)  # fmt: skip
def test_korean_in_other_letters_is_found(text: str, code: str) -> None:
    assert _codes(text) == ({code}, {code})


@pytest.mark.parametrize(
    "text",
    [
        "The mayo, the bayou, and a lasso, which people in a neutral museum feud about.",
        "From English radio: 라디오 (radio).", "A well-known word [mun.ɯl].",
        "In 학교 學校 'school' 學 means learn: 학교에 갔어요. 'He went to school.'", "In Korea (Seoul) 서울에 갔어요.",
    ],
)  # fmt: skip
def test_english_ipa_and_explained_hanja_are_accepted(text: str) -> None:
    assert _codes(text) == (set(), set())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("우리 삼촌은 선비 같아요. 'My uncle is like a seonbi.'", False), ("진짜 꼰대네. “What a kkondae.”", False),
        ("저 무당이 굿을 해요. 'That mudang holds a rite.'", False),
        ("저 무당이 굿을 해요. 'A rite (mudangi guseul haeyo).'", True),
        ("They call her a 무당 (mudang).", True), ("A woman of that kind is called mudang.", True),
    ],
)  # fmt: skip
def test_korean_words_are_accepted_as_english_nouns_in_translations_only(text: str, found: bool) -> None:
    word = {"term": "무당", "pos": "noun", "definition": "shaman"}
    record = {"term": "무당", "pos": "noun", "primary_meaning": "shaman", "explanation": f"무당 is a noun. {text}"}
    assert ("romanised" in {each.code for each in check_nuance(record, word)}) is found
