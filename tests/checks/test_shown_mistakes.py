"""Test that Korean that a text shows as a mistake is told from Korean that it teaches."""

import pytest

from korean_flashcards.checks.korean_text import stretches

SHOWN = [
    ("Whoever says 진지 먹었어 gives the meal the honor and not the eater.", "진지 먹었어"),
    ("Anyone who writes 꺽다 has heard well but spelled badly.", "꺽다"),
    ("If you said 종이 두 마리, the clerk would look for two animals.", "종이 두 마리,"),
    ("If a guest says “제가 잡수셨어요”, the others would smile.", "제가 잡수셨어요"),
    ("Had she said 나는 편찮으세요, her son would have laughed.", "나는 편찮으세요,"),
    ("갈려고 is common in speech, but the standard form is 가려고.", "갈려고"),
    ("바래 is everywhere in songs, yet the dictionary has 바라.", "바래"),
    ("Spell them 초콜릿 and 주스, not 초콜렛 or 쥬스.", "쥬스."),
    ("날으는 has one vowel too many.", "날으는"),
    ("놀으면 lacks the drop.", "놀으면"),
    ("할께 creeps in because it sounds so.", "할께"),
    ("몇일 is what people type in chats.", "몇일"),
    ("설겆이 is the old spelling.", "설겆이"),
    ("Some menus have 된장찌게, but the right spelling has ㅐ.", "된장찌게,"),
    ("Say 저는 드셨어요, and everybody laughs.", "저는 드셨어요,"),
]  # fmt: skip
TAUGHT = [
    ("To a friend you say 밥 먹었어, to a boss 식사하셨어요.", "밥 먹었어,"),
    ("When you say 안녕히 가세요, you stay behind.", "안녕히 가세요,"),
    ("If you say 감사합니다, bow a little.", "감사합니다,"),
    ("He says 저는 일찍 자요. 'I go to bed early.'", "저는 일찍 자요."),
    ("At markets 깎아 주세요 is common; in department stores nobody asks.", "깎아 주세요"),
    ("Spell it 주스, not 쥬스.", "주스,"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "korean"), SHOWN)
def test_a_form_that_is_shown_as_a_mistake_is_known(text: str, korean: str) -> None:
    stretch = next(each for each in stretches("back", text) if each.korean == korean)
    assert stretch.on_purpose
    assert stretch.is_mistake


@pytest.mark.parametrize(("text", "korean"), TAUGHT)
def test_a_form_that_is_taught_is_not_taken_for_a_mistake(text: str, korean: str) -> None:
    stretch = next(each for each in stretches("back", text) if each.korean == korean)
    assert not stretch.is_mistake
    assert not stretch.is_shown_as_mistake


def test_a_pronunciation_in_brackets_is_not_part_of_an_example() -> None:
    (stretch,) = stretches("back", "Before a consonant it is tense: 부엌도 [부억또], 'the kitchen, too'.")
    assert stretch.korean == "부엌도,"
