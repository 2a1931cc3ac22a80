"""Test words with one spelling and two pronunciations."""

import pytest

from korean_flashcards.korean.homographs import _readings
from korean_flashcards.korean.ipa import ipa_of
from korean_flashcards.korean.lexicon import word_marks
from korean_flashcards.korean.pronunciation import pronounce


@pytest.mark.parametrize(
    ("word", "definition", "sounds"),
    [
        ("잠자리", "bed; sleeping place", "잠짜리"), ("잠자리", "dragonfly", "잠자리"), ("잠자리", "", "잠자리"),
        ("대가", "price, cost", "대까"), ("대가", "master, great authority", "대가"), ("대가를", "reward", "대까를"),
        ("고가", "high price", "고까"), ("고가", "overpass", "고가"), ("고가도로", "overpass", "고가도로"),
        ("인적", "human, personal", "인쩍"), ("인적", "trace of people", "인적"),
        ("공적인", "public", "공쩌긴"), ("공적", "achievement", "공적"),
        ("성적", "school grades", "성적"), ("성적", "sexual", "성쩍"), ("성적이", "grade", "성저기"),
        ("안다", "hug", "안따"), ("안다", "know", "안다"), ("감기", "a cold", "감기"), ("감기", "winding", "감끼"),
        ("참고", "endure and", "참꼬"), ("참고", "reference", "참고"),
        ("물질", "matter", "물찔"), ("물질", "diving", "물질"),
        ("장기", "special skill", "장끼"), ("장기", "internal organ", "장기"), ("장기간", "long time", "장기간"),
    ],
)  # fmt: skip
def test_the_definition_selects_the_reading(word: str, definition: str, sounds: str) -> None:
    assert pronounce(word, definition=definition)[0] == sounds


def test_hanja_select_the_reading_and_override_the_definition() -> None:
    assert pronounce("대가", hanja="大家")[0] == "대가"
    assert pronounce("대가", hanja="代價")[0] == "대까"
    assert pronounce("대가", definition="price", hanja="大家")[0] == "대가"
    assert ipa_of("시가", hanja="市街") == "[ɕi.ɡa]"


@pytest.mark.parametrize(
    ("word", "hanja", "sounds"),
    [("골절", "骨折", "골쩔"), ("절절", "切切", "절절"), ("호가", "呼價", "호까"), ("물건", "物件", "물건"),
     ("재활동", "活動", "재활똥"), ("안건", "學校", "안껀"), ("호건", "戶件", "호껀"),
     ("법적", "法的", "법쩍"), ("정신적", "精神的", "정신적"), ("재생성", "再生性", "재생썽"), ("남성", "男性", "남성")],
)  # fmt: skip
def test_hanja_determine_tensification(word: str, hanja: str, sounds: str) -> None:
    assert pronounce(word, hanja=hanja)[0] == sounds


def test_homographs_have_several_sounds_and_cues_for_each() -> None:
    for word, readings in _readings().items():
        assert len({reading.marks for reading in readings}) > 1, word
        assert all(reading.cues for reading in readings), word
        assert word_marks(word) == (), f"{word} is also in the lexicon"
