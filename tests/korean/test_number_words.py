"""Test that numbers of the wrong series or form are found, and that numbers that are right in some context are not."""

import pytest

from korean_flashcards.korean.counters import wrong_counter_named, wrong_counters, wrong_kind_named
from korean_flashcards.korean.number_words import wrong_numbers, wrong_reading

WRONG = """
삼 시에=세 시; 십일 시=열한 시; 칠 시 반에=일곱 시; 오후 이 시에=두 시; 오전 육시=여섯 시; 팔시에=여덟 시; 일 시 십 분=한 시
하나 개=한 개; 둘 명=두 명; 스물 마리=스무 마리; 셋 시간=세 시간; 열둘 살=열두 살; 스물하나 명=스물한 명; 스물 살=스무 살
삼 마리=세 마리; 오 개=다섯 개; 사 살=네 살; 이십 살=스무 살; 삼십오 살=서른다섯 살; 일 잔=한 잔; 사 시간=네 시간
이 번째=두 번째; 한 번째=첫 번째; 세 시 열 분=십 분; 다섯 분 동안=오 분; 스무 분 걸려요=이십 분; 서른 분=삼십 분
다섯 초=오 초; 세 개월=삼 개월; 두 인분=이 인분; 두 호선=이 호선; 네 월=사월; 육월=유월; 십 월=시월; 두 년 동안=이 년
스무한 살=스물한 살; 세 층에 있어요=삼 층; 두 학년이에요=이 학년
"""
RIGHT = """
한 시 십 분|두 층 위에|한 층 올라가세요|이 시는 짧다|이 사람|이 잔에|일 시간|팔 사람|일 층|오 번 버스|삼 개월|삼 개 국어
두 분이 오셨어요
하나 살까요|둘 다|하나 더 주세요|스무 살|열한 시|두 번째|십사 시|이 년 동안|한 달|석 달|유월|시월|이 분은|십 명
커피 하나 주세요
하나 가지고|제삼 장|이십 대|이십 세|두 주요 도시|세 분 오셨어요|삼십 분|아홉 시 오 분 전|세 층짜리|두 학년 위|매월 십 일
몇십 개|두 시쯤|세월
"""
WRONG_COUNTERS = """
커피 두 명|학생 세 마리|꽃잎 한 권|고양이가 세 명 있어요|책을 두 잔|세 마리의 학생|강아지 3명|양말 두 벌|집 한 척
친구 두 개|연필 두 켤레
"""
RIGHT_COUNTERS = """
커피 두 잔|커피를 두 명이 마셨어요|학생이 세 권을 샀어요|손님 두 분|배 한 척|배 한 상자|장미 한 그루|친구 한 사람
아이 둘|책 두 장|사과 두 개
"""


@pytest.mark.parametrize("pair", [pair.strip() for pair in WRONG.replace("\n", ";").split(";") if pair.strip()])
def test_a_wrong_number_is_found_with_the_right_one(pair: str) -> None:
    korean, _, right = pair.partition("=")
    assert [found for _, found in wrong_numbers(f"저는 {korean}.")] == [right]


def test_numbers_that_are_right_are_accepted() -> None:
    korean = [each for each in RIGHT.replace("\n", "|").split("|") if each]
    assert [each for each in korean if list(wrong_numbers(each))] == []


def test_two_series_in_one_number_and_a_short_form_alone_are_found() -> None:
    for korean in ("십다섯 명", "스물오 살", "커피 두 주세요"):
        assert list(wrong_numbers(korean))


def test_counters_of_something_else_are_found() -> None:
    assert [
        each for each in WRONG_COUNTERS.replace("\n", "|").strip("|").split("|") if not list(wrong_counters(each))
    ] == []
    assert [
        each for each in RIGHT_COUNTERS.replace("\n", "|").strip("|").split("|") if list(wrong_counters(each))
    ] == []
    assert list(wrong_counters("학생 세 마리")) == [("학생 세 마리", "학생", "명")]


def test_false_statements_about_counters_are_found() -> None:
    assert wrong_counter_named("컴퓨터", "Counted with 권. 컴퓨터를 켜다.") == "권"
    assert wrong_counter_named("컴퓨터", "Counted with 대 or 개: 컴퓨터 두 대.") == ""
    assert (
        wrong_counter_named("컴퓨터", "It is counted with 권 if it is of paper, and with 대 if it is a machine.") == ""
    )
    assert wrong_kind_named("명 for animals, 마리 for people") == ("명", "animals")
    assert wrong_kind_named("마리 for animals, 명 for people") is None


def test_digits_are_read_with_the_series_of_their_counter() -> None:
    readings = [wrong_reading(term) for term in ("10분", "3시", "20분", "2층", "한국")]
    assert readings == ["열 분", "삼 시", "스무 분", "", ""]
