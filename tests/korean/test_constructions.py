"""Test that parts of a sentence that do not fit together are found, and that similar sentences are accepted."""

import pytest

from korean_flashcards.korean.constructions import wrong_constructions

_WRONG = """
나밖에 알아요. | 이만 원밖에 있어요. | 밥을 먹었기 전에 손을 씻어요. | 책을 읽었느라고 늦었어요.
집에 갔자마자 잤어요. | 바빴어서 못 갔어요.
버스를 놓친 바람에 늦었어요. | 더워서 창문을 엽시다. 시끄러워서 나가자. | 별로 맛있어요. | 전혀 재미있어요.
아무도 왔어요. | 안 영화를 봤어요.
저는 못 한국어를 해요. | 코트를 입어 있어요. | 위험하기 때문에 가지 마십시오.
"""
_RIGHT = """
나밖에 몰라요. 집밖에 있어요. 있기 전에. 먹기 전에. 책을 읽느라고 늦었어요. 있어서 좋아요. 찬 바람에 흔들려요. 더우니까
창문을 엽시다.
할머니는 추워서 나가세요. 무서워서 울지 마세요. 별로예요. 별로 안 좋아요. 별로 이루어져 있어요. 전혀 달라요. 아무도 안
왔어요.
방 안 공기를 바꿔요. 의자에 앉아 있어요. 갈 수밖에 없어요. 아무것도 모른다. 하나밖에 남지 않았어요.
"""


@pytest.mark.parametrize("sentence", [each.strip() for each in _WRONG.replace("\n", "|").split("|") if each.strip()])
def test_parts_that_do_not_fit_are_found(sentence: str) -> None:
    assert list(wrong_constructions(sentence))


@pytest.mark.parametrize(
    "sentence", [f"{each.strip()}." for each in _RIGHT.replace("\n", " ").split(".") if each.strip()]
)
def test_similar_sentences_are_accepted(sentence: str) -> None:
    assert list(wrong_constructions(sentence)) == []
