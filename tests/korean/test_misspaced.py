"""Test which words lack a space before a dependent noun or a verb (한글 맞춤법 42)."""

import pytest

from korean_flashcards.korean.misspaced import misspaced

pytest.importorskip("kiwipiepy")


@pytest.mark.parametrize(
    ("sentence", "right"),
    [
        ("나는 이런게 싫어.", "이런 게"),
        ("저도 할수 있어요.", "할 수"),
        ("내일 비가 올거야.", "올 거야"),
        ("집에 가고싶어요.", "가고 싶어요"),
        ("오늘은 안갈거야.", "안 갈 거야"),
        ("비가 오기때문에 못 가요.", "오기 때문에"),
        ("지금 뭐해?", "뭐 해"),
        ("제발 가지마세요.", "가지 마세요"),
        ("지금 가야해요.", "가야 해요"),
        ("집에 갈때 전화할게.", "갈 때"),
    ],
)
def test_words_without_a_space_are_found(sentence: str, right: str) -> None:
    assert [found for _, found in misspaced(sentence)] == [right]


@pytest.mark.parametrize(
    "sentence",
    [
        "이것은 제 거예요.", "그건 안 돼요.", "수영을 못해요.", "일찍 올걸 그랬어.", "생각보다 많은걸.",
        "비가 오는데 우산이 없어요.", "밥을 먹어 보세요.", "아는 대로 말해 주세요.", "할 수 있는 것만 하세요.",
        "걔는 못됐어.", "그건 귀찮아요.", "제가 할게요.", "이때 비가 왔다.",
    ],
)  # fmt: skip
def test_standard_spacing_is_not_reported(sentence: str) -> None:
    assert misspaced(sentence) == ()
