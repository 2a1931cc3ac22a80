"""Test finding words that are misspelled in one sound, judging by their sentence."""

import pytest

from korean_flashcards.korean.respelling import respelled

pytest.importorskip("kiwipiepy")


@pytest.mark.parametrize(
    ("text", "word", "right"),
    [
        ("언니는 저녘마다 산책해요.", "저녘마다", "저녁마다"),
        ("일이 생각데로 안 돼요.", "생각데로", "생각대로"),
        ("찌게를 먹다", "찌게를", "찌개를"),
        ("수업이 일찍 끗났어요.", "끗났어요", "끝났어요"),
        ("저는 간호사가 돼고 싶어요.", "돼고", "되고"),
        ("지아철", "지아철", "지하철"),
        ("식땅에서 먹었어요.", "식땅에서", "식당에서"),
        ("사무실애 전화했어요.", "사무실애", "사무실에"),
        ("친귀가 왔어요.", "친귀가", "친구가"),
    ],
)
def test_a_misspelled_word_is_found_with_its_right_spelling(text: str, word: str, right: str) -> None:
    assert respelled(text) == ((word, right),)


@pytest.mark.parametrize(
    "text",
    [
        "저녁에 산책해요.", "일이 생각대로 안 돼요.", "토머스는 부산에 살아요.", "하늘이 퍼레요.", "국을 끓여 먹었어요.",
        "바람이 살랑살랑 불어요.", "새 책 한 권을 샀어요.", "그 집 딸은 참 착해.",
    ],
)  # fmt: skip
def test_right_words_and_names_are_accepted(text: str) -> None:
    assert respelled(text) == ()


def test_a_rare_word_does_not_hide_a_misspelled_one_after_it() -> None:
    assert respelled("그끄저께 일은 생각데로 안 됐어요.") == (("생각데로", "생각대로"),)
