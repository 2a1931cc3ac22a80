"""Test that missing and superfluous spaces are found, and that words and optional spaces are accepted."""

import pytest

from korean_flashcards.korean.wrong_spaces import wrong_spaces

_WRONG = """
넘어진적이 있어요 → 넘어진 적이; 늦을뻔했어요 → 늦을 뻔했어요; 하나 밖에 없어요 → 하나밖에; 이름 조차 → 이름조차
수영할수 있어요 → 수영할 수; 볼 수있어요 → 수 있어요; 읽는것 → 읽는 것; 마실거예요 → 마실 거예요; 이런게 → 이런 게
자고싶어요 → 자고 싶어요; 듣고있어요 → 듣고 있어요; 비가 올것 같아요 → 올 것; 맞는것같아요 → 것 같아요
알지못해요 → 알지 못해요; 울지마세요 → 울지 마세요; 가야돼요 → 가야 돼요; 감기때문에 → 감기 때문에
쉴 수가없어요 → 수가 없어요; 어릴때 → 어릴 때; 자기전에 → 자기 전에; 일하는동안 → 일하는 동안
운전할줄 알아요 → 운전할 줄; 들은적이 있어요 → 들은 적이; 온지 오래됐어요 → 온 지; 이 년만에 → 년 만에; 세권 → 세 권
한명 → 한 명; 세번째 → 세 번째; 안마셔요 → 안 마셔요; 못들었어요 → 못 들었어요; 잘지내요 → 잘 지내요
너무비싸요 → 너무 비싸요; 새가방 → 새 가방; 그사람 → 그 사람; 무슨뜻 → 무슨 뜻; 여러나라 → 여러 나라
빵을먹었어요 → 빵을 먹었어요; 집에갔어요 → 집에 갔어요; 배가고파요 → 배가 고파요; 교수 님 → 교수님
회사원 이에요 → 회사원이에요; 도서관 에서 → 도서관에서; 반갑 습니다 → 반갑습니다; 미안 해요 → 미안해요
맛 없어요 → 맛없어요
"""
_ACCEPTED = """
흔적이 있다, 개인적이 아니다, 집 밖에 없어요
할 수 있다, 실수 있어요, 수없이 많은, 그것, 탈것, 할걸 그랬어요, 할게요, 먹을거리, 볼거리, 알거지, 알거든요
머지않아, 못지않게, 마지막, 강아지마다, 편지, 그때, 한때, 점심때, 오후에, 오랜만에, 한번, 한잔, 세대, 열대, 세배
두통, 열병, 몇몇, 두 마리, 두시, 안내, 안경, 안사람, 안간힘, 안돼요, 못해요, 못생겼다, 잘못, 잘하다, 잘생겼다, 참작
더위, 새해, 새우, 새집, 그림, 이집트, 여러분, 가을에, 저를요, 빠를수록, 모를까, 카를로스, 어이없어요, 끊임없이
나는데, 해보다, 재미 있다, 볼만하다, 바보같다, 마을만큼, 번개, 신게 하다, 열쇠, 본인, 최고예요, 은 는 이 가 을 를
한국 사람, 삼십분, 가지만, 하지만, 밖에, 야해요, 귤껍질을 까요, 인생은 새옹지마예요, 공장 철거예요, 이게 별거예요
단기전에 강한 팀, 구명정도 있다
"""


def _pairs() -> list[tuple[str, str]]:
    pairs = [pair.partition(" → ") for line in _WRONG.strip().splitlines() for pair in line.split("; ")]
    return [(wrong, right) for wrong, _, right in pairs]


@pytest.mark.parametrize(("wrong", "right"), _pairs())
def test_wrong_spaces_are_found_with_the_right_spelling(wrong: str, right: str) -> None:
    assert any(right in found for _, found in wrong_spaces(wrong))


def test_the_right_spellings_words_and_optional_spaces_are_accepted() -> None:
    assert list(wrong_spaces(_ACCEPTED)) == []
    assert [right for _, right in _pairs() if list(wrong_spaces(right))] == []
