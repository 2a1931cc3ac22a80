"""Test that meanings, parts of speech, and comparisons that contradict the list or each other are reported."""

import pytest

from korean_flashcards.checks import check_card, check_nuance

BROTH = {"term": "국물", "pos": "noun", "definition": "broth"}
RECORD = {
    "term": "국물[kuŋ.mul]", "ipa": "[kuŋ.mul]", "pos": "noun", "primary_meaning": "broth",
    "metaphor": "A ladle pours light into a bowl: 국물 is what pours.", "metaphor_noun": "ladle",
    "metaphor_action": "pouring light",
    "explanation": "Noun. Said [궁물]; one drinks it with 마시다.", "korean_keywords": ["국물"],
    "comparison": {"vs": "건더기",
    "nuance": "국물 is the liquid (국물을 마셔요); 건더기 is what swims in it (건더기를 건져요)."},
}  # fmt: skip


def codes(word: dict[str, object] = BROTH, **fields: object) -> set[str]:
    return {each.code for each in check_nuance(RECORD | fields, word)}


def of(term: str, pos: str, definition: str, **fields: object) -> set[str]:
    record = {
        "term": term,
        "primary_meaning": definition,
        "pos": pos,
        "comparison": None,
        "metaphor": f"A {term}.",
        **fields,
    }
    return codes({"term": term, "pos": pos, "definition": definition}, **record)


@pytest.mark.parametrize(
    ("term", "definition", "meaning"),
    [("밤", "chestnut", "night, evening"), ("감", "persimmon", "feeling, sense"), ("여쭈다", "to ask (humble)",
     "to answer (humble)"),
     ("정", "affection, attachment", "courage"), ("달다", "to be sweet", "to hang up"), ("음력", "lunar calendar",
     "solar calendar")],
)  # fmt: skip
def test_a_meaning_that_contradicts_the_list_is_reported(term: str, definition: str, meaning: str) -> None:
    word = {"term": term, "pos": "noun", "definition": definition}
    record = {
        "term": term,
        "primary_meaning": meaning,
        "explanation": f"Said of {definition}.",
        "metaphor": f"A {term}.",
    }
    assert {"meaning_differs", "opposite_meaning"} & codes(word, **record, comparison=None)


@pytest.mark.parametrize(
    ("definition", "meaning"),
    [("to be, to stay (honorific)", "to be (somewhere), honorific for 있다"), ("luck", "fortune"), ("old person",
     "an older person"),
     ("to give (humble)", "to give (to a superior), humbly"), ("to halt", "to stop"), ("film", "a movie"),
     ("you (plural)", "you, your"), ("mother-in-law (husband's mother)", "mother-in-law (of a wife)")],
)  # fmt: skip
def test_a_meaning_in_other_words_is_accepted(definition: str, meaning: str) -> None:
    word = {"term": "계시다", "pos": "verb", "definition": definition}
    record = {"term": "계시다", "pos": "verb", "primary_meaning": meaning, "metaphor": "A 계시다."}
    assert not {"meaning_differs", "opposite_meaning"} & codes(word, **record, comparison=None)


@pytest.mark.parametrize(
    ("metaphor", "found"),
    [("A 컨디션 feels like the condition of dough.", False), ("A 컨디션 feels like dough.", True), ("A 컨디션.", True)],
)
def test_a_free_translation_that_the_record_explains_is_accepted(metaphor: str, found: bool) -> None:
    word = {"term": "컨디션", "pos": "noun", "definition": "physical condition"}
    record = {"term": "컨디션", "pos": "noun", "primary_meaning": "how one feels, form", "metaphor": metaphor}
    assert ("meaning_differs" in codes(word, **record, comparison=None)) is found


@pytest.mark.parametrize(
    ("term", "listed", "pos"),
    [("새", "determiner", "adjective"), ("새", "determiner", "noun"), ("물을", "noun", "verb"), ("내가", "pronoun", "noun"),
     ("벌써", "adverb", "adjective"), ("-(으)면", "ending", "noun")],
)  # fmt: skip
def test_a_class_that_list_and_form_exclude_is_reported(term: str, listed: str, pos: str) -> None:
    word = {"term": term, "pos": listed, "definition": "a thing"}
    assert {"class_of_list", "word_class", "pos_disagrees"} & codes(word, term=term, pos=pos, comparison=None)


@pytest.mark.parametrize(
    ("term", "listed", "pos"), [("오늘", "noun", "adverb"), ("이", "determiner", "pronoun"), ("가", "noun", "verb")]
)
def test_a_correction_of_the_list_is_accepted(term: str, listed: str, pos: str) -> None:
    assert "class_of_list" not in codes({"term": term, "pos": listed, "definition": "a thing"}, term=term, pos=pos)


@pytest.mark.parametrize(
    ("text", "reported"),
    [("Adjective, before a noun.", True), ("Irregular verb: 국물.", True), ("Noun with 을.", False)],
)
def test_the_explanation_names_the_class_of_the_record(text: str, reported: bool) -> None:
    assert ("class_claim" in codes(explanation=text)) == reported


@pytest.mark.parametrize(
    ("vs", "nuance", "code"),
    [("밥", RECORD["comparison"]["nuance"], "comparison_unrelated"),  # type: ignore[index]
     ("건더기", "건더기 is the liquid (국물을 마셔요); 국물 swims in it (건더기를 건져요).", "comparison_swapped"),
     ("건더기 (solids)", RECORD["comparison"]["nuance"], "comparison_with_meaning")],  # type: ignore[index]
)  # fmt: skip
def test_a_comparison_of_the_wrong_word_is_reported(vs: str, nuance: str, code: str) -> None:
    assert code in codes(comparison={"vs": vs, "nuance": nuance})
    assert not {"comparison_unrelated", "comparison_swapped", "comparison_with_meaning"} & codes()


@pytest.mark.parametrize(
    "nuance",
    ["That one swims in it, 국물 pours (국물을 마셔요).", "건더기 is not poured like 국물 (국물을 마셔요). 건더기를 건져요.",
     "Solids are lifted (건더기를 건져요), liquids drunk: 국물을 마셔요.",
     "건더기 swims, 국물 is around it: 건더기를 건지고 국물을 마셔요."],
)  # fmt: skip
def test_examples_of_both_words_are_accepted(nuance: str) -> None:
    assert not {"comparison_unrelated", "comparison_swapped"} & codes(comparison={"vs": "건더기", "nuance": nuance})


def on_card(back: str, tab: str) -> set[str]:
    front = "You step through the portal. A ladle pours light into a bowl. What is it that pours out of it?"
    card = {"term": "국물", "tab_name": tab, "front": front, "back": back, "honorific_level": ""}
    return {each.code for each in check_card(card, RECORD, BROTH)}


@pytest.mark.parametrize(
    ("text", "code"),
    [("That is 국물, broth.", None), ("That is 국물, the liquid of a stew.", None),
     ("That is 국물, the word for 국 that pours.", None),
     ("That is 국물, a bicycle.", "scene_meaning"), ("That is 건더기, broth.", "other_word_named")],
)  # fmt: skip
def test_the_scene_reveals_the_word_and_its_meaning(text: str, code: str | None) -> None:
    found = on_card(f"Steam rises over the liquid.\n\n{text} 국물을 마셔요. 'I drink the broth.'", "Scene")
    assert {"scene_meaning", "other_word_named"} & found == ({code} if code else set())


@pytest.mark.parametrize(
    ("text", "reported"),
    [("The liquid is 건더기: 국물을 마셔요. 'I drink the broth.'", True),
     ("The liquid is 국물: 국물을 마셔요. 'I drink the broth.'", False)],
)  # fmt: skip
def test_the_examples_on_a_comparison_card_fit_the_words(text: str, reported: bool) -> None:
    assert (
        "comparison_swapped" in on_card(f"{text} 건더기를 건져요. 'I lift the solids.'", "Usage-Comparison")
    ) == reported


@pytest.mark.parametrize(
    ("term", "pos", "vs", "nuance", "reported"),
    [("에서", "particle", "에", "에 is where one acts (집에서 자요); 에서 is where one is (집에 있어요).", True),
     ("에서", "particle", "에", "에서 is where one acts (집에서 자요); 에 is where one is (집에 있어요).", False),
     ("빌리다", "verb", "빌려주다", "빌려주다 is what receivers do (책을 빌렸어요); 빌리다 is not.", True),
     ("빌리다", "verb", "빌려주다", "빌려주다 is what owners do (책을 빌려줬어요); 빌리다 is not.", False)],
)  # fmt: skip
def test_particles_and_longer_verbs_are_told_apart(term: str, pos: str, vs: str, nuance: str, reported: bool) -> None:
    word = {"term": term, "pos": pos, "definition": "a thing"}
    record = {"term": term, "pos": pos, "comparison": {"vs": vs, "nuance": nuance}}
    assert ("comparison_swapped" in codes(word, **record)) == reported


def test_a_metaphor_of_a_different_word_is_reported() -> None:
    assert "other_word_named" in codes(metaphor="A ladle pours light into a bowl: 건더기 is what pours.")
