"""Test that impossible verb forms are found with their right spelling, and that no correct form is."""

from itertools import pairwise

import pytest

from korean_flashcards.korean.wrong_inflections import pairs_of_rules, wrong_inflections

_WRONG = """
춥어서 추워서  더럽은 더러운  쉽으면 쉬우면  돕았다 도왔다  깨닫은 깨달은  싣어요 실어요  긋었다 그었다
낫으면 나으면  이렇은 이런  빨갛아요 빨개요  허옇어요 허예요  흐르아요 흘러요  서두르었다 서둘렀다  치르었다 치렀다
푸르어요 푸르러요  기쁘어요 기뻐요  담그았다 담갔다  크었다 컸다  알으면 알면  놀으니까 노니까  팔으세요 파세요
흔들은 흔든  놀을게요 놀게요  멀네요 머네요  팔는 파는  풀습니다 풉니다  열세요 여세요  닫었다 닫았다  읽았다 읽었다
앉어요 앉아요  넣아요 넣어요  사았다 샀다  타었어요 탔어요  끝나었다 끝났다  하었다 했다  보어서 봐서
비싸아요 비싸요  보내아요 보내요  던지았다 던졌다  읽면 읽으면  마시으면 마시면  예쁘습니다 예쁩니다  보는다 본다
샀서요 샀어요  했읍니까 -  왔슴니다 왔습니다  갔면 갔으면  봤요 봤어요  했내요 했네요  갔은데 갔는데
됬습니다 됐습니다  쌌어여 쌌어요  높는 높은  무겁는 무거운  건강하는 건강한  책예요 책이에요  맛있은 맛있는
먹엇어요 먹었어요  퍼러요 퍼레요  흔드려고 흔들려고  도와게요 도울게요  깟습니다 깠습니다
"""
_RIGHT = """
들으면 걸으세요 물을까요 실은 붇다 저었다 부었다 이었다 나았다 지으면 나은 모으면 쏘았다 굽은 굽어요 걷었다 묻어요
웃어요 씻었다 빼앗아 빗었다 수줍어요 좁아서 뽑았다 유럽은 겁을 붓으로 짓은 낫은 살은 팔을 열은 줄은 말은 갈는지
살는지 딸네 일본어요 단어도 상어요 자아 뜨아 크아 이르러 들렀다 치렀다 따라요 보어 말예요 거예요 갔거든요 갔었다
했었는데 갔던 있은 어딨어요 재밌는 여깄다 하여 되어 보아요 주어 마시어 그렇네요 노랗습니다 밝는 늦는 크는 만세요
입니까 춥니까 쉽니까 잡니까 먹습니까 라면 화면 참여 보여 높여 죽였다 쌓였다 붙였다 무엇다 빼앗다 알거든요 힘들거든
있는데
"""


def test_impossible_forms_are_found_with_the_right_spelling() -> None:
    pairs = [each.split() for each in _WRONG.replace("\n", "  ").strip().split("  ")]
    found = [(wrong, dict(wrong_inflections(wrong)).get(wrong, "-")) for wrong, _ in pairs]
    assert found == [(wrong, right) for wrong, right in pairs]


@pytest.mark.parametrize("words", _RIGHT.strip().split("\n"))
def test_correct_forms_and_nouns_are_accepted(words: str) -> None:
    assert list(wrong_inflections(words)) == []


def test_right_spellings_are_accepted() -> None:
    rights = " ".join(each.split()[1] for each in _WRONG.replace("\n", "  ").strip().split("  "))
    assert list(wrong_inflections(rights)) == []


def test_each_form_contains_a_pair_of_syllables_that_is_looked_for() -> None:
    words = [each.split()[0] for each in _WRONG.replace("\n", "  ").strip().split("  ") if not each.endswith("-")]
    assert [word for word in words if pairs_of_rules().isdisjoint(map("".join, pairwise(word)))] == []
