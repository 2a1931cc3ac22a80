"""Test what the table of companions names together with a word, and that its entries are well formed."""

import pytest

from korean_flashcards.korean.companions import companions_of


@pytest.mark.parametrize(
    ("word", "definition", "lines"),
    [
        ("모자", "hat", ["Often: 모자를 쓰다, 모자를 벗다.", "Counted: 모자 한 개."]),
        ("차", "tea", ["Often: 차를 마시다.", "Counted: 차 한 잔."]),
        ("차", "car", ["Often: 차를 타다, 차에서 내리다, 차를 세우다.", "Counted: 차 한 대."]),
        ("좁다", "to be narrow", ["Opposite: 넓다."]),
        ("아들", "son", ["Counted: 아들 한 명.", "Counterpart: 딸.", "Honorific: 아드님."]),
        ("여쭙다", "to ask", ["Plain word: 묻다."]),
        ("칠", "seven", ["Native number: 일곱."]),
        ("연습", "practice", ["With 하다, a verb: 연습하다."]),
        ("전혀", "not at all", ["With a negative verb: 전혀 몰라요."]),
        ("밤", "chestnut", []),
        ("검사", "prosecutor", []),
        ("검사", "inspection", ["With 하다, a verb: 검사하다."]),
        ("수입", "income", ["Opposite: 지출."]),
        ("싸다", "to wrap", []),
        ("이끼", "moss", []),
    ],
)
def test_companions_fit_the_meaning(word: str, definition: str, lines: list[str]) -> None:
    assert companions_of(word, definition) == lines


def test_notes_are_about_the_form_itself() -> None:
    assert companions_of("어쩌다", "by chance") == ["By chance, or now and then."]
    assert companions_of("어쩌다", "by chance", notes=False) == []
