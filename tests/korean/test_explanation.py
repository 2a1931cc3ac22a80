"""Test the explanation of a pronunciation: each step names its article, and the steps lead to the sounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korean.tables import read_table

from korean_flashcards.korean.explanation import Step, explain
from korean_flashcards.korean.ipa import ipa_of
from korean_flashcards.korean.morphology import Morpheme
from korean_flashcards.korean.pronunciation import pronounce
from korean_flashcards.korean.pronunciation_rules import RULES

# Words in the table that show where an article must not apply.
COUNTEREXAMPLES = {"여덟도", "삶도", "굶기다", "금요일", "맏아들"}

phrases = st.text(
    st.one_of(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), st.sampled_from(" a.")), max_size=8
)
words_of_tables = st.sampled_from(
    [row["word"] for name in ("pronunciation.tsv", "vocabulary.tsv") for row in read_table(name)]
)


@given(st.one_of(phrases, words_of_tables), st.booleans(), st.booleans())
def test_steps_lead_from_the_text_to_its_pronunciation(text: str, is_verb: bool, linked: bool) -> None:
    found = explain(text, is_verb=is_verb, linked=linked)
    assert (found.sounds, *found.also) == pronounce(text, is_verb=is_verb, linked=linked)
    assert found.ipa == ipa_of(text, is_verb=is_verb, linked=linked)
    reached = text
    for step in found.steps:
        assert step.before == reached != step.after
        assert 0 <= step.where <= len(text)
        reached = step.after
    assert reached == found.sounds


@pytest.mark.parametrize("row", read_table("pronunciation.tsv"), ids=lambda row: f"{row['article']}-{row['word']}")
def test_each_example_is_explained_by_its_article(row: dict[str, str]) -> None:
    found = explain(row["word"], is_verb=row["hint"] == "verb")
    cited = {step.article.partition(".")[0] for step in found.steps}
    counterexample = found.sounds == row["word"] or row["word"] in COUNTEREXAMPLES
    assert counterexample or row["article"] in cited or row["article"] == "lexical", found


def test_every_article_has_an_example() -> None:
    cited = {
        step.article
        for name, verb in (("pronunciation.tsv", False), ("pronunciation.tsv", True), ("vocabulary.tsv", False))
        for row in read_table(name)
        for step in explain(row["word"], is_verb=verb).steps
    }
    assert {rule.article for rule in RULES} <= cited


def test_a_step_reports_its_rule_its_position_and_its_source() -> None:
    found = explain("서울역")
    assert (found.sounds, found.ipa) == ("서울력", "[sʌ.ul.ljʌk̚]")
    assert found.steps == (
        Step(
            "29", "ㄴ-insertion in a compound before 이, 야, 여, 요, or 유", "서울역", "서울녁", 2, "from its last part"
        ),
        Step("20", "lateralization: ㄴ becomes ㄹ next to ㄹ", "서울녁", "서울력", 2, ""),
    )


def test_a_step_names_the_source_that_overrides_the_others() -> None:
    verb = [Morpheme("심", "VV", 0, 1), Morpheme("지", "EC", 1, 2)]
    assert explain("심지", morphemes=verb).steps[0].because == "from its morphemes"
    assert explain("심지", is_verb=True).steps[0].because == "it is a verb"
    assert explain("심고").steps[0].because == "from the lexicon"
    assert explain("인기").steps[0].because == "from the lexicon"
    assert explain("잠자리", definition="bed").steps[0].because == "from its meaning"
    assert explain("고가", definition="a thing").steps[0].because == "the usual reading"
    assert explain("고가", hanja="高價").steps[0].because == "from its hanja 高價"
    assert explain("고가").steps[0].because == "the usual reading"
    assert explain("독립").steps[0].because == ""


def test_a_word_pronounced_as_spelled_has_no_steps() -> None:
    assert explain("나라").steps == ()
    assert explain("").ipa is None
