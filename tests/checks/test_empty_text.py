"""Test that text without content, broken text, and images that do not fit together are reported, and similar text is not."""

import pytest
from checks.test_foreign_words import RECORD

from korean_flashcards.checks import check_card, check_nuance
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.checks.tag_values import tags_of_card

WORD = {"term": "우산", "pos": "명사", "definition": "umbrella", "hanja": "雨傘"}
IMAGE = {
    "metaphor": "A heron opens its wing over a wet child and holds still: 우산 keeps the rain off.",
    "metaphor_noun": "heron",
    "metaphor_action": "opening a wing over a wet child", "suggested_location": "a bus stop in Sokcho",
    "anchor_object": "a bent handle", "pos": "noun", "primary_meaning": "umbrella",
}  # fmt: skip


def codes(**fields: object) -> set[str]:
    return {each.code for each in check_nuance(RECORD | IMAGE | fields, WORD)}


def on_card(
    front: str, back: str = "That is 우산, an umbrella. 우산을 폈어요. 'I opened my umbrella.'", tab: str = "Scene"
) -> set[str]:
    card = {"term": "우산", "tab_name": tab, "front": front, "back": back, "honorific_level": ""}
    return {each.code for each in check_card(card, RECORD | IMAGE, WORD)}


@pytest.mark.parametrize(
    "text",
    ["A useful noun that learners often need in daily life.", "Used very often by many people in everyday conversation.",
     "Both words have a similar meaning, but they are slightly different.",
     "Neutral. It is worth noting when it comes to tone.",
     "Said of rain. It is important to remember that people use it everywhere.",
     "A truly fascinating word of the countryside.",
     "Mastering this word will help you sound more natural at the bus stop."],
)  # fmt: skip
def test_sentences_that_fit_any_word_are_filler(text: str) -> None:
    assert "filler" in codes(usage_context=text)


@pytest.mark.parametrize(
    "text",
    ["Neutral, everywhere.", "Everyday speech.", "Spoken and written, of people and animals.",
     "Common among young people, rude to elders.",
     "Used with 쓰다: 우산을 쓰다 'to put up an umbrella'.", "It is important at funerals to open it slowly."],
)  # fmt: skip
def test_short_and_particular_sentences_are_not_filler(text: str) -> None:
    assert "filler" not in codes(usage_context=text)


@pytest.mark.parametrize(
    "text",
    ["Great question! Said of rain.", "Usage context: said of rain.", "[Back] Said of rain.",
     "Let's break it down: 우 is rain.",
     "Said of rain. I hope that helps!", "Card 2: said of rain."],
)  # fmt: skip
def test_talk_to_the_user_is_reported(text: str) -> None:
    assert "chat" in codes(usage_context=text)


@pytest.mark.parametrize(
    "text",
    ["You say 맞아요 'Great question!' to a child.", "Of course it also keeps the sun off.", "Certainly not for cars."],
)
def test_similar_words_are_not_talk_to_the_user(text: str) -> None:
    assert "chat" not in codes(usage_context=text)


@pytest.mark.parametrize(
    ("field", "text"),
    [("usage_context", "Neutral, every"), ("usage_context", "Said of rain. At the door: 우산 두 개가"),
     ("explanation", "With 쓰다; also 우산을"),
     ("primary_meaning", "umbrella (against rain"), ("primary_meaning", "umbrella, or the"), ("metaphor_action",
     "opening a wing over a"),
     ("explanation", "Counted with 개 (우산 두 개"), ("metaphor", "A heron opens its wing over a wet child and an umbre")],
)  # fmt: skip
def test_text_that_breaks_off_is_reported(field: str, text: str) -> None:
    assert "cut_off" in codes(**{field: text})


@pytest.mark.parametrize(
    ("field", "text"),
    [("primary_meaning", "to look for"), ("explanation", "Forms: 추워요, 추운, 추우면"), ("usage_context",
     "Neutral everywhere"),
     ("metaphor_action", "opening a wing"), ("explanation", "Counted with 개: 우산 두 개")],
)  # fmt: skip
def test_glosses_and_lists_of_forms_do_not_break_off(field: str, text: str) -> None:
    assert "cut_off" not in codes(**{field: text})


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [("metaphor_noun", "light bulb", "image_parts"), ("metaphor_action", "baking bread", "image_parts"),
     ("metaphor", "Imagine the rain. 우산 is a nice thing in Korea.", "image_parts"), ("metaphor_noun", "something",
     "image_vague"),
     ("suggested_location", "a place in your mind", "image_vague"), ("anchor_object", "the feeling", "image_vague")],
)  # fmt: skip
def test_an_image_that_does_not_fit_together_is_reported(field: str, text: str, code: str) -> None:
    assert code in codes(**{field: text})
    assert not {"image_parts", "image_vague"} & codes()


@pytest.mark.parametrize("noun", ["herons", "grey heron", "heron with a wet child"])
def test_the_thing_may_be_named_in_other_words(noun: str) -> None:
    assert "image_parts" not in codes(metaphor_noun=noun)


GOOD_FRONT = (
    "You step through the portal to a bus stop in Sokcho. A heron opens its wing over a child. What is it to the child?"
)


@pytest.mark.parametrize(
    ("front", "code"),
    [("You step through the portal to a quay. A zeppelin sings and sings and sings. What has it got?", "scene_image"),
     ("You step through the portal to a stop in Busan. A heron opens its wing. What is it to the child?", "scene_image"),
     ("You step through the portal. A kite opens its wing over a wet child. What is it to the child?", "scene_image"),
     (GOOD_FRONT.replace("What", "Which umbrella"), "front_tells"), (GOOD_FRONT.replace("What", "What 우산"), "front_hints"),
     ("When do you use this word in Korean?", "no_scene"), (GOOD_FRONT.removesuffix("?"), "cut_off")],
)  # fmt: skip
def test_fronts_without_the_image_or_with_the_answer_are_reported(front: str, code: str) -> None:
    assert code in on_card(front)
    assert not {"scene_image", "front_tells", "no_scene", "cut_off"} & on_card(GOOD_FRONT)


def test_the_thing_that_acts_is_the_records() -> None:
    front = "You step through the portal to a bus stop. A red kite slowly opens over a child. What is it to the child?"
    assert "scene_image" in on_card(front)
    assert "scene_image" not in on_card(front.replace("A red kite slowly opens", "Feathers stir, and wings open"))


@pytest.mark.parametrize("text", ["Neutral. Neutral. Of things.", "It is short. It is short."])
def test_short_sentences_are_not_repeated(text: str) -> None:
    assert "repetition" in codes(usage_context=text)
    assert "repetition" not in codes(usage_context="Neutral. Normal. Of things.")


def test_a_choice_between_two_words_may_name_the_word_and_the_meaning() -> None:
    front = "A friend holds a large canopy in the sun. Is it 우산, the umbrella, or is it something else?"
    assert "front_tells" not in on_card(front, tab="Usage-Comparison")


def test_learners_who_say_something_are_told_what() -> None:
    front = "It rains, and your teacher has no umbrella. Offer yours politely: how do you say it?"
    assert "front_tells" not in on_card(front, tab="Example")
    assert "front_tells" in on_card(
        "It rains. Say: 우산을 폈어요. What do you say?", "우산을 폈어요. 'I opened it.'", "Example"
    )


@pytest.mark.parametrize(
    ("tags", "found"),
    [(["concept:"], 1), (["concept:a long idea about the rain of spring"], 1), (["hanja_hanja"], 1), (["grammar"], 1),
     (["concept:rain", "hanja", "level:TOPIK1", "my_own_tag"], 0)],
)  # fmt: skip
def test_tags_need_a_short_value(tags: list[str], found: int) -> None:
    card = Card({"tags": tags}, Analysis(RECORD | IMAGE, WORD))
    assert len(list(tags_of_card(card))) == found


@pytest.mark.parametrize(
    "text", ["`우산` of paper", "*우산* of paper", "~~old~~ 우산", "우산 &mdash; paper", "[b]우산[/b]"]
)
def test_more_kinds_of_markup_are_reported(text: str) -> None:
    assert {"leftover_markdown", "leftover_html"} & codes(usage_context=text)


@pytest.mark.parametrize("text", ["5 * 3 * 2", "*우산를 is wrong", "snake_case_name", "a = b == c", "~우산, ~우산을"])
def test_other_signs_are_not_markup(text: str) -> None:
    assert not {"leftover_markdown", "leftover_html"} & codes(usage_context=text)
