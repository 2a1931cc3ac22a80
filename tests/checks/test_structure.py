"""Test the form of records and cards: fronts that ask something, tags, quotation marks, and words written twice."""

from collections.abc import Callable, Iterable

import pytest
from checks.test_empty_text import IMAGE, WORD
from checks.test_foreign_words import RECORD

from korean_flashcards.checks import check_card
from korean_flashcards.checks.chat import chat_in_record
from korean_flashcards.checks.doubled_words import doubled_in_record, doubled_on_card
from korean_flashcards.checks.endings_of_text import ends_of_record
from korean_flashcards.checks.english_slips import english_slips
from korean_flashcards.checks.filler import filler_in_record
from korean_flashcards.checks.foreign_latin import foreign_latin
from korean_flashcards.checks.front_task import front_has_a_task
from korean_flashcards.checks.fronts import front_asks
from korean_flashcards.checks.keywords import keywords_of_record
from korean_flashcards.checks.languages import languages_of_record
from korean_flashcards.checks.latin_korean import romanised_words_in_record
from korean_flashcards.checks.leftovers import leftovers_in_record
from korean_flashcards.checks.lengths import lengths_of_card
from korean_flashcards.checks.memory_image import image_of_record
from korean_flashcards.checks.open_marks import open_mark
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.checks.tag_values import tags_of_card
from korean_flashcards.domain.records import Finding

ANALYSIS = Analysis(RECORD | IMAGE, WORD)
STORY = "A neighbor stands dripping in the hall and shakes her coat."


def card(front: str = "", tab_name: str = "Example", back: str = "", tags: list[str] | None = None) -> Card:
    return Card({"tab_name": tab_name, "front": front, "back": back, "tags": tags or []}, ANALYSIS)


def codes(front: str, tab_name: str = "Example") -> set[str]:
    return {each.code for each in front_has_a_task(card(front, tab_name))}


@pytest.mark.parametrize(
    "ending",
    ["", "Imagine it.", "Everything is wet.", "Think of it slowly and carefully.", "비가 와요? That is what she says.",
     "She shouts: 'Is it raining?' Then she laughs.", "The coat drips on the floor, and the dog looks up."],
)  # fmt: skip
def test_a_front_that_asks_nothing_is_reported(ending: str) -> None:
    assert codes(f"{STORY} {ending}") == {"no_task"}


@pytest.mark.parametrize(
    "ending",
    ["What has she left at home?", "What does she mean by 'Is it raining?'", "Politely offer her yours.",
     "At the door, ask whether she needs help.", "Toast her courage in one sentence.", "비가 오면 (   )을 써요.",
     "Say it to her, and then to her son.", "Two words name what she needs, but only one of them is on this card."],
)  # fmt: skip
def test_a_front_with_a_question_a_task_or_a_gap_is_accepted(ending: str) -> None:
    assert codes(f"{STORY} {ending}") == set()


@pytest.mark.parametrize(
    "opening",
    ["Picture yourself on", "You are standing at", "You find yourself on", "Imagine", "Close your eyes and see",
     "Here is", "In front of you is", "Minji steps through the portal to", "We step through the portal onto",
     "You stepped through the portal to", "You step through the door to"],
)  # fmt: skip
def test_a_scene_begins_at_the_portal(opening: str) -> None:
    assert codes(f"{opening} a quay where gulls fight. What falls on you?", "Scene") == {"scene_opening"}
    assert codes(f"{opening} a quay where gulls fight. What falls on you?", "Cultural") == set()


@pytest.mark.parametrize(
    "opening",
    ["You step through the portal to", "Stepping through the portal, you reach", "Slowly you step through the portal to",
     "On the wet planks of", "A gull circles above"],
)  # fmt: skip
def test_a_scene_may_begin_with_other_words(opening: str) -> None:
    assert codes(f"{opening} a quay where ropes creak. What falls on you?", "Scene") == set()


@pytest.mark.parametrize(
    "ending",
    ["What does this word mean?", "So, what is this Korean word?", "Can you guess the word?", "How do you use this word?",
     "What comes to mind?", "Translate this word.", "Imagine it."],
)  # fmt: skip
def test_a_front_does_not_end_in_a_question_that_fits_any_word(ending: str) -> None:
    found = {each.code for each in front_asks(card(f"{STORY} {ending}"))}
    assert found == {"no_scene"}


@pytest.mark.parametrize(
    "ending",
    ["Which of the two needs this word?", "What is it?", "What does each syllable mean?", "Explain it to her son."],
)
def test_a_front_may_end_in_a_short_question(ending: str) -> None:
    assert not {each.code for each in front_asks(card(f"{STORY} {ending}"))}


@pytest.mark.parametrize(
    ("tab_name", "tags"),
    [("Scene", ["concept:metaphor", "rain_idea"]), ("Scene", ["idea:rain"]), ("Scene", ["concept:비"]),
     ("Scene", ["concept:metaphor", "grammar:noun"]), ("Grammar", ["topic:weather"]), ("Grammar", ["grammar:_으로"]),
     ("Grammar", ["grammar:에게"]), ("Cultural", ["concept:food"]), ("Cultural", ["grammar:exclamation"]),
     ("Example", ["weather"]), ("Example", ["concept:rain"]), ("Formal-Casual", ["formality:weather"])],
)  # fmt: skip
def test_a_tag_that_does_not_fit_the_card_is_reported(tab_name: str, tags: list[str]) -> None:
    assert len(list(tags_of_card(card(tab_name=tab_name, tags=tags)))) == 1


@pytest.mark.parametrize(
    ("tab_name", "tags"),
    [("Scene", ["concept:metaphor", "concept:shelter", "my_own"]), ("Grammar", ["grammar:을/를", "hard"]),
     ("Grammar", ["grammar:ㅂ_irregular"]), ("Cultural", ["culture:weather"]), ("Cultural", ["topic:food"]),
     ("Usage-Comparison", ["pair"]), ("Hanja", ["hanja", "character:雨"]), ("Formal-Casual", ["formality:casual"]),
     ("Example", ["topic:weather", "register:spoken"])],
)  # fmt: skip
def test_tags_that_fit_the_card_and_own_tags_are_accepted(tab_name: str, tags: list[str]) -> None:
    assert list(tags_of_card(card(tab_name=tab_name, tags=tags))) == []


@pytest.mark.parametrize(
    "text",
    ["To an elder: 우산이 있으세요? 'Do you have an umbrella? To a friend: 우산 있어? 'Got an umbrella?'",
     "Said [우사는 with 은.", "Held up with 쓰다 (우산을 쓰다.",
     "It means “umbrella and nothing else.", "A word of rain) and of sun.",
     "In the shop: 우산 주세요. An umbrella, please.'", "Said [우산). Native.", 'She says "I forgot it and leaves.',
     "Also ‘a shelter in a wider sense."],
)  # fmt: skip
def test_a_mark_without_its_partner_is_reported(text: str) -> None:
    assert open_mark(text)


@pytest.mark.parametrize(
    "text",
    ["The students' umbrellas don't fit: 'They're Minsu's,' she said.", "rock 'n' roll in the '90s, give 'em all",
     "From English 'notebook (computer)'.", "우산이에요. 'It's the students' umbrella.' Others' coats hang there.",
     "1) rain, 2) sun :)", "A hole of 5\" in the roof.", "‘It’s mine,’ said Jun’s “friend”.", "Counted [우산 (하나)] once.",
     "Fill in 집( ) 갔다 [ ].", "'그'는 사람이에요 'that is a person'.", "'하나, 둘', said James' son."],
)  # fmt: skip
def test_apostrophes_and_lists_are_not_marks_without_a_partner(text: str) -> None:
    assert open_mark(text) == ""


@pytest.mark.parametrize(
    "text", ["Made in in Korea.", "It keeps the the rain off.", "From Seoul Seoul to Busan.", "우산을 우산을 샀어요."]
)
def test_a_word_that_is_written_twice_is_reported(text: str) -> None:
    record = RECORD | IMAGE | {"usage_context": text}
    assert [each.field for each in doubled_in_record(Analysis(record, WORD))] == ["usage_context"]
    assert [each.field for each in doubled_on_card(card(back=text))] == ["back"]


@pytest.mark.parametrize(
    "text",
    ["Thud thud, very very slowly.", "I know that that is so; she had had it.", "빨리 빨리 오세요.", "What it is is rain.",
     "Give her her umbrella."],
)  # fmt: skip
def test_words_that_may_follow_themselves_are_accepted(text: str) -> None:
    assert list(doubled_on_card(card(back=text))) == []


def test_a_sentence_is_not_in_two_fields_or_twice_in_one() -> None:
    again = "Shops near the station lend a clear one."
    record = RECORD | IMAGE | {"explanation": f"Native. {again}", "usage_context": f"Neutral. {again}"}
    assert [each.field for each in doubled_in_record(Analysis(record, WORD))] == ["usage_context"]
    back = f"{again} People open it at the exit. 'It is raining.' They close it soon. {again}"
    assert "repetition" in {each.code for each in lengths_of_card(card(back=back))}
    translated = "비가 와요. 'It is raining here.' 비가 옵니다. 'It is raining here.'"
    assert "repetition" not in {each.code for each in lengths_of_card(card(back=translated))}


@pytest.mark.parametrize("action", ["to open a wing", "it opens a wing"])
def test_an_action_begins_with_an_ing_verb(action: str) -> None:
    assert {each.code for each in image_of_record(Analysis(RECORD | IMAGE | {"metaphor_action": action}, WORD))} == {
        "image_parts"
    }
    slowly = RECORD | IMAGE | {"metaphor_action": "slowly opening a wing over a child"}
    assert list(image_of_record(Analysis(slowly, WORD))) == []


def found(rule: Callable[[Analysis], Iterable[Finding]], **fields: object) -> set[str]:
    return {each.code for each in rule(Analysis(RECORD | IMAGE | fields, WORD))}


@pytest.mark.parametrize(
    ("field", "text"),
    [("metaphor", "A heron opens its wing over a child and"), ("metaphor", "A heron opens its wing over a"),
     ("metaphor", "A heron opens its wide wing"), ("explanation", "Native. Held up with 쓰다: 우산을"),
     ("usage_context", "Neutral in talk and in writing, of the large ones on a beach too"),
     ("other_meanings", "A cover for missiles. In politics: 핵우산"), ("suggested_location", "a bus stop in"),
     ("anchor_sensory", "cold brass, the smell of")],
)  # fmt: skip
def test_sentences_without_an_end_break_off(field: str, text: str) -> None:
    assert found(ends_of_record, **{field: text}) == {"cut_off"}


@pytest.mark.parametrize(
    ("field", "text"),
    [("other_meanings", "to look for"), ("usage_context", "Neutral in talk and writing"), ("explanation", "Counted with 개"),
     ("anchor_sensory", "cold brass, a gull far off"), ("metaphor_action", "letting nobody in"),
     ("metaphor", "A heron opens its wing 'for you'")],
)  # fmt: skip
def test_phrases_without_an_end_are_accepted(field: str, text: str) -> None:
    assert found(ends_of_record, **{field: text}) == set()


@pytest.mark.parametrize(
    "text",
    ["Once you know it, you will notice it everywhere.", "In short, a great word to learn.",
     "A shelter of cloth. 'Open it!' This is a very useful and important word that you will often need.",
     "Don't worry if it seems hard at first.", "You simply must know this one."],
)  # fmt: skip
def test_advice_to_learn_the_word_is_filler(text: str) -> None:
    assert found(filler_in_record, usage_context=text) == {"filler"}


@pytest.mark.parametrize(
    "text",
    ["In speech this is the more common way.", "Grandmothers notice a hole at once.", "In no time it was folded."],
)
def test_facts_are_not_filler(text: str) -> None:
    assert found(filler_in_record, usage_context=text) == set()


@pytest.mark.parametrize(
    "text", ["Note to the editor: check this.", "I cannot verify this.", "Shall I continue?", "I have added two more.",
             "Hope that makes sense."],
)  # fmt: skip
def test_more_talk_to_the_user_is_reported(text: str) -> None:
    assert found(chat_in_record, usage_context=f"Of rain. {text}") == {"chat"}
    assert found(chat_in_record, usage_context=f"Of rain: 우산. '{text}' It is said so.") == set()


@pytest.mark.parametrize(
    "text",
    [
        "Was fällt, kommt.",
        "Said ganz einfach of rain.",
        "No se dice así.",
        "Muy bonito para los amigos.",
        "Avec les amis.",
    ],
)
def test_sentences_in_other_languages_are_reported(text: str) -> None:
    assert found(foreign_latin, usage_context=text) == {"not_english"}


@pytest.mark.parametrize(
    "text",
    [
        "In a café near El Paso, Los Angeles.",
        "From German Schirm für den Regen.",
        "The die is cast; what was will die.",
        "A résumé and a cliché.",
        "Per se it is no more than a faux pas.",
    ],
)
def test_names_and_borrowed_words_are_english(text: str) -> None:
    assert found(foreign_latin, usage_context=text) == set()


@pytest.mark.parametrize(
    ("text", "code"),
    [("[Korean sentence] follows.", "prompt_leak"), ("Neutral. N/A", "prompt_leak"), ("See above.", "prompt_leak"),
     ("???", "prompt_leak"), ("Neutral. }", "leftover_json"), ("Of **rain.", "leftover_markdown"),
     ("The $umbrella$ of paper.", "leftover_markdown"), ("> Of rain.", "leftover_markdown")],
)  # fmt: skip
def test_placeholders_and_more_markup_are_reported(text: str, code: str) -> None:
    assert found(leftovers_in_record, usage_context=text) == {code}


@pytest.mark.parametrize(
    "text", ["Costs 5$ to 10$.", "-> 우산은", "They see above all the handle.", "[우산], [우사는]"]
)
def test_similar_text_is_not_a_placeholder(text: str) -> None:
    assert found(leftovers_in_record, usage_context=text) == set()


@pytest.mark.parametrize(
    "text", ["Said usan, of rain: 우산.", "With 빌리다, so billida.", "Opened with pyeoda.", "Said [jitkko]."]
)
def test_korean_in_latin_letters_is_reported(text: str) -> None:
    assert found(romanised_words_in_record, usage_context=text) == {"romanised"}


@pytest.mark.parametrize(
    "text",
    [
        "Taken to Gyeongju and Sejong-daero by Kim Young-cheol.",
        "A domino of 도미노 in a museum.",
        "kimchi, hanok, soju",
    ],
)
def test_names_and_english_words_are_not_romanized_korean(text: str) -> None:
    assert found(romanised_words_in_record, usage_context=text) == set()


def test_keywords_are_words_and_listed_once() -> None:
    assert found(keywords_of_record, korean_keywords=["우산", "비가 와요."]) == {"keyword_form"}
    assert found(keywords_of_record, korean_keywords=["우산", "비 (rain)", "비"]) == {"keyword_form"}
    assert found(keywords_of_record, korean_keywords=["우산", "비", "비"]) == {"keyword_form"}
    assert found(keywords_of_record, korean_keywords=["우산", "괜찮으세요?", "비"]) == set()


def test_letters_within_a_korean_word_are_corrupted() -> None:
    assert found(languages_of_record, usage_context="To the left: 왼쪽으ㄹㅗ.") == {"mojibake"}
    assert found(languages_of_record, usage_context="After 받침ㄹ이 and ㅏ, -ㅂ니다 and ㅋㅋ.") == set()


@pytest.mark.parametrize(
    "text",
    ["An rabbit hides.", "It is a old one.", "Nobody maked it.", "The goverment lends it.", "Rain?? Yes.", "Of rain.."],
)
def test_slips_in_english_are_reported(text: str) -> None:
    assert found(english_slips, usage_context=text) == {"english_slip"}


@pytest.mark.parametrize(
    "text",
    ["A one-way street, a European user, an hour, an X-ray.", "An MP3 of a unit… Wait... What?!", "A ewe and an heir.",
     "Vitamin A is. Grade A exam."],
)  # fmt: skip
def test_correct_english_is_not_a_slip(text: str) -> None:
    assert found(english_slips, usage_context=text) == set()


def test_the_registered_checks_report_the_form_of_a_card() -> None:
    bad = {
        "term": "우산", "tab_name": "Scene", "front": "You are on a quay in in Sokcho. A heron opens its wing.",
        "back": "That is 우산, an umbrella. 우산을 폈어요. 'I opened my umbrella.", "tags": ["rain"], "honorific_level": "",
    }  # fmt: skip
    found = {each.code for each in check_card(bad, RECORD | IMAGE, WORD)}
    assert {"no_task", "scene_opening", "written_twice", "unpaired_mark", "tag_value"} <= found
