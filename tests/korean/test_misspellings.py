"""Test finding frequent misspellings in Korean text."""

import csv
from pathlib import Path

import pytest

from korean_flashcards.korean.hanja_data import words
from korean_flashcards.korean.misspellings import misspellings

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("날씨가 좋읍니다.", "좋읍니다", "좋습니다"), ("어제밤에 왔어요.", "어제밤에", "어젯밤에"), ("스킨쉽은 싫어요.",
        "스킨쉽은", "스킨십은"),
        ("제가 할께요.", "할께요", "할게요"), ("그러면 안되요.", "안되요", "안돼요"), ("몇일이나 걸려요?", "몇일이나",
        "며칠이나"),
        ("금새 왔네.", "금새", "금세"), ("정말 잘했써!", "잘했써", "잘했어"), ("밥 먹을려고 왔어.", "먹을려고", "먹으려고"),
        ("내일 갈꺼야.", "갈꺼야", "갈 거야"), ("안 됬어요.", "됬어요", "됐어요"), ("않 먹었어요.", "않", "안"),
        ("왠만하면 가자.", "왠만하면", "웬만하면"),
        ("저은 학생이에요.", "저은", "저는"), ("문을 잠궜어요.", "잠궜어요", "잠갔어요"), ("천천이 오세요.", "천천이",
        "천천히"),
    ],
)  # fmt: skip
def test_a_misspelling_is_found_with_its_right_spelling(text: str, wrong: str, right: str) -> None:
    assert list(misspellings(text)) == [(wrong, right)]


@pytest.mark.parametrize(
    "text",
    [
        "선생님께 드렸어요.", "저기 선생님들께요.", "불을 꺼야 해요.", "글쎄요.", "맏아들이에요.", "남존여비와 여존남비",
        "아이예요.", "화내요.", "밤을 새요.",
        "강화읍니다.", "왠지 슬퍼요.", "편지를 써요.", "길을 잇다.", "나은 방법", "살찌게 하다", "되어야 해요.",
        "위험을 무릅쓰고", "김치가 시게 익었어요.", "책임을 짐지우다",
        "이것은 안 돼요.", "할 거예요.", "그렇게 됐어.", "머리를 조아렸어요.", "조아릴 돈", "고데기로 머리를 폈어요.",
    ],
)  # fmt: skip
def test_correct_words_that_look_similar_are_accepted(text: str) -> None:
    assert list(misspellings(text)) == []


def test_examples_of_the_sample_list_are_spelled_correctly() -> None:
    with (ROOT / "data/01_raw/sample_words.csv").open(encoding="utf-8", newline="") as file:
        texts = [text for row in csv.DictReader(file) for text in (row["term"], row["example"])]
    assert len(texts) > 200 and [found for text in texts for found in misspellings(text)] == []


def test_few_words_of_the_hanja_dictionary_look_misspelled() -> None:
    """The dictionary contains old spellings, such as 폐염 肺炎 and 우뢰 雨雷, which are the only ones to be found."""
    found = {wrong for word in words() for wrong, _ in misspellings(word)}
    assert len(found) <= 21


def test_everyday_words_spelled_as_they_sound_are_found() -> None:
    wrong = "편이점에서 칭구하고 셍일 케이크를 샀어요. 전화벙호는 공첵에 있어요."
    found = [("편이점에서", "편의점에서"), ("칭구하고", "친구하고"), ("셍일", "생일"), ("전화벙호는", "전화번호는")]
    assert list(misspellings(wrong)) == [*found, ("공첵에", "공책에")]
    assert list(misspellings("다은이가 은식이와 편이 가요.")) == []


def test_the_meanings_of_hanja_are_spelled_correctly() -> None:
    """They are shown on cards, so a false alarm would hold back each card with such a character."""
    text = (ROOT / "src/korean_flashcards/korean/data/common_characters.tsv").read_text(encoding="utf-8")
    assert list(misspellings(text)) == []
