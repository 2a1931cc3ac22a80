"""Test that particles in the wrong form are found, and that words that only look alike are accepted."""

import pytest

from korean_flashcards.korean.wrong_particles import may_have_wrong_particles, wrong_particles

_PAIRS = """
서울역로 서울역으로
과일를 과일을  손님는 손님은  동생가 동생이  가족와 가족과  수박랑 수박이랑  그림라고 그림이라고  칼으로 칼로
집로 집으로  편지을 편지를  우리은 우리는  모자이 모자가  가수과 가수와  언니이랑 언니랑  기차으로 기차로
요리사이에요 요리사예요  직업이예요 직업이에요  양말가 양말이  학생가 학생이  너을 너를  누나은 누나는  무엇를 무엇을
"""
_ACCEPTED = """
먹는 읽는 찾는 신는 아이 고양이 원숭이 작가 화가 등산가 여행가 마을 가을 지은 나은 나을 그을 시은 종로 강남로 대학로
길가 사과 효과 안과 국어과 신랑 자랑 늙은이 놀이 버스로 연필로 좋나 누구나 고양이랑 아이에요 종이예요 영숙이예요
거북이예요 어디에요 도와 하라고 말라고 신라 클로이 무언가 일인가
민주국가 소비자물가 자기평가 음운첨가 지하상가 흡연가 채식가 노력가 왕가
"""


@pytest.mark.parametrize("pair", _PAIRS.replace("\n", "  ").strip().split("  "))
def test_wrong_particles_are_found_with_the_right_one(pair: str) -> None:
    wrong, right = pair.split()
    assert wrong_particles(f"어제 {wrong}, ") == [(wrong, right)]
    assert may_have_wrong_particles(wrong)


def test_nouns_verbs_and_names_that_look_alike_are_accepted() -> None:
    assert wrong_particles(_ACCEPTED) == []
