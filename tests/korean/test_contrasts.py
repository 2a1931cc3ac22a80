"""Test finding facts that a translation contradicts."""

import csv
from pathlib import Path

import pytest

from korean_flashcards.korean.contrasts import contradiction

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("korean", "english", "found"),
    [
        ("네 시에 일어나요.", "I get up at five.", ("4", "5")), ("10분만 기다려 주세요.", "Wait twenty minutes.", ("10",
        "20")),
        ("할머니가 왔어요.", "Grandfather came.", ("할머니", "grandfather")), ("어제 갔어요.", "I go tomorrow.", ("어제",
        "tomorrow")),
        ("수원 가는 버스예요.", "It goes to Busan.", ("수원", "busan")), ("기차로 갔어요.", "I went by bus.", ("기차",
        "bus")),
        ("문제가 쉬워요.", "The problem is difficult.", ("쉬워", "difficult")), ("월요일에 봐요.", "See you on Friday.",
        ("월요일", "friday")),
    ],
)  # fmt: skip
def test_a_contradiction_is_found(korean: str, english: str, found: tuple[str, str]) -> None:
    named, instead = contradiction(korean, english) or ("", "")
    assert found[0] in named and instead == found[1]


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("네, 알겠습니다.", "Yes, all three."), ("어제 밤에 봤어요.", "I saw it last night."), ("3만 원이에요.",
        "It's 30,000 won."),
        ("한두 개 주세요.", "Two, please."), ("할머니 댁에 갔어요.", "I went to Granny's."), ("사과할게요.",
        "I'll apologize."),
        ("우리 둘 다 갔어요.", "Both of us went."), ("열두 시에 봐요.", "See you at twelve."), ("두 시 반이에요.",
        "It's half past two."),
        ("병원에 갔어요.", "I saw a doctor."), ("어머니와 아버지", "my father and mother"), ("집에서 학교까지",
        "from home to school"),
    ],
)  # fmt: skip
def test_free_translations_are_accepted(korean: str, english: str) -> None:
    assert contradiction(korean, english) is None


def test_no_translation_of_the_sample_list_contradicts_its_sentence() -> None:
    with (ROOT / "data/01_raw/sample_words.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(row["example"], row["example_translation"]) for row in csv.DictReader(file)]
    assert len(pairs) > 100 and [pair for pair in pairs if contradiction(*pair)] == []
