"""Test that Korean written wrongly is found in every field, also in single words, and accepted when shown as a mistake."""

from typing import Any

import pytest
from checks.good_records import prompt_examples

from korean_flashcards.checks import check_card, check_nuance

GONE = prompt_examples()[1]
CODES = {"wrong_inflection", "misspelled", "wrong_particle", "wrong_spaces", "wrong_case"}


def _in_record(field: str, text: Any) -> list[tuple[str, str]]:
    found = check_nuance(GONE.record | {field: text}, GONE.word)
    return [(each.code, each.field) for each in found if each.code in CODES]


def _on_card(text: str, side: str = "back") -> set[str]:
    card = GONE.cards[0] | {side: f"{GONE.cards[0][side]}\n\n{text}"}
    return {each.code for each in check_card(card, GONE.record, GONE.word)} & CODES


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("explanation", "갔어요 'went' is regular. Compare 덥다, 덥어요, and 더운.", "wrong_inflection"),
        ("usage_context", "To a friend you say 나 갔어; 'if I knew' is 내가 알으면.", "wrong_inflection"),
        ("other_meanings", "also 'has gone bad': 맛이 갔서요", "wrong_inflection"),
        ("metaphor", "An open gate says 갔어요 and swings: “어렵은 길”.", "wrong_inflection"),
        (
            "comparison",
            {"vs": "왔어요", "nuance": "갔어요 leaves, 왔어요 arrives (집에 왔슴니다)."},
            "wrong_inflection",
        ),
        ("korean_keywords", ["갔어요", "가다", "오았어요"], "wrong_inflection"),
        ("explanation", "가다 → 갔어요, and 춥다 → 춥어요.", "wrong_inflection"),
        ("explanation", "The vowels contract: 가 + 았어요 → 갔어요, so 아프다 gives 아퍼요.", "misspelled"),
        ("explanation", "갔어요 takes 에 for the goal: 시장에; the object takes 을/를 (과일를).", "wrong_particle"),
        ("usage_context", "Said of a guest: “손님가 갔어요”.", "wrong_particle"),
        ("korean_keywords", ["갔어요", "저희은"], "wrong_particle"),
        (
            "explanation",
            "갔어요 is the past; 안갔어요 negates it, and 갈 수있다 'can go' shows ability.",
            "wrong_spaces",
        ),
        ("other_meanings", "갔어요 also means 'died'; 배우를 되다 'become an actor' is different.", "wrong_case"),
        ("comparison", {"vs": "왔어요", "nuance": "갔어요 leaves (학생 세명), 왔어요 arrives."}, "wrong_spaces"),
    ],
)
def test_wrong_forms_are_found_in_every_field(field: str, text: Any, code: str) -> None:
    assert (code, field) in _in_record(field, text)


@pytest.mark.parametrize(
    "text",
    [
        "가- + -았어요: the stem 춥- and the ending -어요 give 추워요, not 춥어요.", "살 + 으면 → 살면, 춥 + 어요 → 추워요.",
        "“알으면” is wrong; write 알면.", "춥어요 (X) 추워요 (O)", "✗ 듣으면 ✓ 들으면", "덥어요 → 더워요, 듣어요 → 들어요",
        "가아요 contracts to 가요.", "가아요 is contracted: 가요", "Never say 모르아요.", "a frequent mistake is 먹았어요",
        "하였다 and 되었다 may contract, 갔었어요 may not.", "You might expect 돕어요, but it is 도와요.",
        "The particle is 을 after a consonant: 책을, not 책를.", "차을 would be wrong.", "작가 과학자와 마을 아이 이야기.",
        "In dialect people say 갔슴니더 or 알어요.",
    ],
)  # fmt: skip
def test_forms_that_are_called_wrong_or_taken_apart_are_accepted(text: str) -> None:
    assert _in_record("explanation", f"갔어요 is the past of 가다. {text}") == []
    assert _on_card(text) == set()


@pytest.mark.parametrize("side", ["front", "back"])
def test_wrong_forms_are_found_on_both_sides_of_cards(side: str) -> None:
    assert _on_card("Her answer is 알습니다 'I know'.", side) == {"wrong_inflection"}


def test_the_names_of_characters_are_no_sentences() -> None:
    assert _on_card("갔어요 is native, unlike 支 (흩어질 지), 市 (저자 시), and 責 (꾸짖을 책).") == set()


def test_a_mistake_in_the_translation_of_another_example_excuses_nothing() -> None:
    assert _on_card("실수했어요. 'It was my mistake.' Then he says 짐을 싣었어요.") == {"wrong_inflection"}


def test_the_sentence_after_a_translation_excuses_nothing() -> None:
    assert _on_card("제가 갈께요. 'I'll go.' You hear [갈께요], yet it is written otherwise.") == {"misspelled"}
    assert _on_card("제가 갈께요. 'I'll go.' is a frequent mistake.") == set()


def test_the_requested_word_is_not_the_models_fault() -> None:
    word = GONE.word | {"term": "춥어요"}
    card = GONE.cards[0] | {"back": "In this song it is 춥어요. 'It is cold.'"}
    assert "wrong_inflection" not in {each.code for each in check_card(card, GONE.record, word)}


@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("A learner writes 집에 갔서요. Which letter has to change here?", "갔서요 has the wrong letter: 갔어요."),
        ("Should it be 춥어요 or 추워요? Only one of them exists.", "춥어요 breaks the rule, 추워요 keeps it."),
        ("A classmate says 책를 읽어요, which makes every Korean smile. What should stand there?", "책을. 책를 fails."),
    ],
)  # fmt: skip
def test_fronts_may_ask_about_mistakes(front: str, back: str) -> None:
    card = GONE.cards[0] | {"front": front, "back": f"{back} 집에 갔어요. 'He went home.'"}
    assert {each.code for each in check_card(card, GONE.record, GONE.word)} & CODES == set()
    card["back"] += " 어제 왔서요. 'He came yesterday.'"
    assert {each.code for each in check_card(card, GONE.record, GONE.word)} & CODES == {"wrong_inflection"}


def test_other_fronts_must_not_contain_mistakes() -> None:
    card = GONE.cards[0] | {"front": "Your friend says 집에 갔서요. When did he leave the office today?"}
    assert "wrong_inflection" in {each.code for each in check_card(card, GONE.record, GONE.word)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He walks home: 집까지 걷었어요.", True), ("He walks home: 집까지 걸었어요.", False),
        ("It means to roll up: 소매를 걷었어요.", False), ("They ask: 길을 묻어요.", True),
        ("They buried it and asked nobody: 땅에 묻었어요.", False), ("Grilled fish: 생선을 굽었어요.", True),
    ],
)  # fmt: skip
def test_stems_that_inflect_in_two_ways_are_judged_by_the_meaning(text: str, found: bool) -> None:
    assert _on_card(text) == ({"wrong_inflection"} if found else set())
