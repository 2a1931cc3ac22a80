"""Test that translations have the tense of the Korean sentence, and that no example lacks one."""

import pytest
from checks.good_records import prompt_examples

from korean_flashcards.checks import check_card, check_nuance

GONE = prompt_examples()[1]
WRONG_TENSES = [
    ("친구를 만났어요.", "I will meet my friend."),
    ("저는 빵을 먹었어요.", "I eat bread."),
    ("도로를 막았어요.", "They are closing the road."),
    ("시험이 어려웠어요.", "The exam is hard."),
    ("어렸을 때 의사가 되고 싶었어요.", "As a child I will want to be a doctor."),
    ("오늘 서른 살이 되었어요.", "I will turn thirty today."),
    ("눈이 오네요.", "Oh, it snowed."),
    ("은행은 아홉 시에 열어요.", "The bank opened at nine."),
    ("먼저 가 보겠습니다.", "I went home."),
    ("다시 연락드릴게요.", "I contacted you again."),
    ("비가 오면 행사를 취소할 거예요.", "If it rains, we cancelled the event."),
]
RIGHT_TENSES = [
    ("마음에 들었어요.", "I like it."),
    ("수아는 그 비밀을 이제야 알아챘다.", "Only now did Sua notice the secret."),
    ("알겠습니다.", "I understood."),
    ("큰일 났어요.", "We will be in trouble."),
    ("제 친구는 결혼했어요.", "My friend is married."),
    ("동생은 형을 닮았어요.", "He looks like his brother."),
    ("내일 가요.", "I'm going tomorrow."),
    ("비가 왔어요.", "It has rained."),
    ("벌써 갔을 거예요.", "He must have left already."),
    ("그렇게 하면 좋겠어요.", "I wish it were so."),
    ("제가 만든 김치를 먹어요.", "They eat the kimchi that I made."),
    ("내일 비가 온다고 했어요.", "They say it is going to rain tomorrow."),
    ("안경을 쓰고 있어요.", "She is wearing glasses."),
]


def _codes(back: str) -> set[str]:
    card = GONE.cards[0] | {"back": f"{GONE.cards[0]['back']}\n\n{back}"}
    return {each.code for each in check_card(card, GONE.record, GONE.word)} & {"tense", "no_translation"}


@pytest.mark.parametrize("style", ["'{}'", "({})", "— {}"])
def test_a_wrong_tense_is_reported(style: str) -> None:
    assert [pair for pair in WRONG_TENSES if _codes(f"{pair[0]} {style.format(pair[1])}") != {"tense"}] == []


def test_right_tenses_are_accepted() -> None:
    assert [pair for pair in RIGHT_TENSES if _codes(f"{pair[0]} '{pair[1]}'")] == []


@pytest.mark.parametrize(
    ("term", "meaning", "is_wrong"),
    [
        ("예뻤다", "is pretty (plain present)", True),
        ("예뻤다", "was pretty", False),
        ("매워요", "was spicy", True),
        ("매워요", "is spicy (polite)", False),
        ("없어", "there is no; do not have", False),
        ("마음에 들어요", "to be pleased, liked", False),
    ],
)
def test_the_meaning_of_a_form_has_its_tense(term: str, meaning: str, is_wrong: bool) -> None:
    record = {"term": term, "pos": "adjective", "primary_meaning": meaning}
    codes = {each.code for each in check_nuance(record, {"term": term, "pos": "adjective"})}
    assert ("tense" in codes) == is_wrong


@pytest.mark.parametrize(
    "back",
    [
        "You call: 우리 집에 놀러 오세요. Then the rain stops.",
        "수업은 세 시에 끝나요. 학원은 다섯 시에 시작해요. 'The private class starts at five.'",
        "To your husband: 음식 좀 시켜 줘. Ordering by phone is 시키다.",
        "As she is included: 우리 같이 갈까? 저희 would shut her out.",
    ],
)
def test_an_example_without_a_translation_is_reported(back: str) -> None:
    assert _codes(back) == {"no_translation"}


@pytest.mark.parametrize(
    "back",
    [
        "You call: 우리 집에 놀러 오세요 (come and see us).",
        "You call: 우리 집에 놀러 오세요. - Come and see us.",
        "미안해요. 많이 늦었어요. 'I'm sorry. I'm very late.'",
        "Politely: 책을 세 권 빌렸어요. 'I borrowed three books.' To a friend: 책 세 권 빌렸어. Both mean the same.",
        "For 'Shall I?' you say 제가 할까요? It is not rude.",
        "Others change in the same way: 쉬워요, 추워요, 매워요.",
        "It sounds softer than 안 돼요.",
    ],
)
def test_translated_examples_and_forms_in_prose_are_accepted(back: str) -> None:
    assert _codes(back) == set()


@pytest.mark.parametrize(
    ("meaning", "code"), [("sings, calls", "tense"), ("sang, called", None), ("sings, sang", None)]
)
def test_the_meaning_of_a_past_form_is_past(meaning: str, code: str | None) -> None:
    word = {"term": "불렀어요", "pos": "verb", "definition": "sang, called (polite)"}
    record = GONE.record | {"term": "불렀어요", "pos": "verb", "primary_meaning": meaning}
    assert ({each.code for each in check_nuance(record, word)} & {"tense"}) == ({code} if code else set())


@pytest.mark.parametrize(("role", "reported"), [("subject", True), ("object", False)])
def test_the_meaning_names_the_role_of_the_particle(role: str, reported: bool) -> None:
    word = {"term": "편지를", "pos": "noun", "definition": "letter (object)"}
    record = GONE.record | {"term": "편지를", "pos": "noun", "primary_meaning": f"letter (as the {role})"}
    assert ("false_grammar" in {each.code for each in check_nuance(record, word)}) is reported
