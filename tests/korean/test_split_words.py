"""Test that words taken apart and attached adverbs are found, and that similar words are accepted."""

import pytest

from korean_flashcards.korean.split_words import may_be_split, split_words

_WRONG = """
꼭오세요 → 꼭 오세요; 조금 만 더 → 조금만; 맨 발로 → 맨발로; 너 만큼 → 너만큼; 보자 마자 → 보자마자
잊어 버렸어요 → 잊어버렸어요
어디인 지 몰라요 → 어디인지
좋아 합니다 → 좋아합니다; 추워 졌어요 → 추워졌어요; 먹 거든요 → 먹거든요; 자주만나요 → 자주 만나요; 저 까지 → 저까지
빨리가세요 → 빨리 가세요
햇 감자 → 햇감자; 외 할머니 → 외할머니; 많이먹어요 → 많이 먹어요; 정말재미있어요 → 정말 재미있어요
"""
_RIGHT = """
-나 보다, ~나 처럼.
진짜라니까! 꼭대기에 가요. 또한 좋아요. 온 지 오래됐어요. 가고 싶어 해요. 자주색이에요. 지금은 가요. 진짜가요? 매우니까 물
주세요.
빨리고 있어요. 다시다를
넣어요. 맨 처음이에요. 저 하고 싶어요. 읽어 버렸어요. 열심히 해요. 조금만 주세요. 곧장 가세요. 먹어 본 적이 있는
지역이에요. 너무해요. 한 겨울 동안 아직이요. 정말이요?
"""


@pytest.mark.parametrize(
    ("wrong", "right"), [pair.split(" → ") for pair in _WRONG.replace("\n", "; ").strip("; ").split("; ")]
)
def test_wrong_spaces_are_found(wrong: str, right: str) -> None:
    assert [found for _, found in split_words(wrong)] == [right]
    assert may_be_split(wrong)


def test_similar_words_are_accepted() -> None:
    assert list(split_words(_RIGHT)) == []
