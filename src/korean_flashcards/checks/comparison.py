"""The word compared with is another Korean word, and the comparison is about the two."""

from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.occurrence import lemmas, occurs_in
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.records import Finding, Severity, headword
from korean_flashcards.formats.nuance_reply import same_word
from korean_flashcards.korean.hangul import has_hangul
from korean_flashcards.korean.hanja_data import spelled
from korean_flashcards.korean.morphology import is_listed

SAME_WORD = Check(
    "comparison_same_word", Severity.ERROR, "the word is compared with itself", "comparison.vs against the term",
)  # fmt: skip
INFLECTION = Check(
    "comparison_inflection", Severity.WARNING, "the word is compared with another form of itself",
    "the dictionary forms of comparison.vs and of the term, which is a noun, verb or adjective",
    needs_morphology=True,
)  # fmt: skip
NOT_KOREAN = Check(
    "comparison_not_korean", Severity.ERROR, "the word compared with is not Korean", "comparison.vs has no Hangul",
)  # fmt: skip
NO_SUCH_WORD = Check(
    "comparison_no_such_word", Severity.WARNING, "the word compared with is in no dictionary",
    "the morphemes of comparison.vs, and the dictionary of hanja",
    needs_morphology=True,
)  # fmt: skip
UNRELATED = Check(
    "comparison_unrelated", Severity.WARNING, "the comparison speaks of neither word",
    "the term and comparison.vs, inflected or not, in a comparison that quotes Korean; on the card, comparison.vs",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (SAME_WORD, INFLECTION, NOT_KOREAN, NO_SUCH_WORD, UNRELATED)

_INFLECTED = frozenset(("noun", "verb", "adjective"))


def compared_with_another_word(analysis: Analysis) -> Iterator[Finding]:
    """comparison.vs is Korean, and not the term."""
    vs = headword(analysis.vs)
    if not vs:
        return
    if not has_hangul(vs):
        yield NOT_KOREAN.at(
            "comparison", f"{vs!r} is not Korean: compare {analysis.word} with a Korean word, or with none"
        )
    elif same_word(vs, analysis.word):
        yield SAME_WORD.at("comparison", f"{analysis.word} is compared with itself: choose another word, or null")


def compared_with_no_form_of_itself(analysis: Analysis) -> Iterator[Finding]:
    """comparison.vs is not 가다 for 갔어요."""
    vs, word = headword(analysis.vs), analysis.spoken
    if not has_hangul(vs) or same_word(vs, word) or analysis.text("pos") not in _INFLECTED or " " in f"{vs}{word}":
        return
    if (own := lemmas(word)) and own == lemmas(vs):
        yield INFLECTION.at("comparison", f"{vs} is a form of the same word as {word}: choose another word, or null")


def compared_with_a_word_that_exists(analysis: Analysis) -> Iterator[Finding]:
    """comparison.vs is made of morphemes that the analyser's dictionary has."""
    vs = headword(analysis.vs)
    if has_hangul(vs) and not spelled(vs) and not is_listed(vs):
        yield NO_SUCH_WORD.at("comparison", f"{vs} is in no dictionary: choose a word that exists, or null")


def comparison_is_about_the_two(analysis: Analysis) -> Iterator[Finding]:
    """A comparison that quotes Korean quotes one of the two words."""
    vs, nuance = headword(analysis.vs), str((analysis.record.get("comparison") or {}).get("nuance") or "")
    if not has_hangul(vs) or not has_hangul(nuance):
        return
    if not occurs_in(vs, nuance) and not analysis.occurs_in(nuance):
        yield UNRELATED.at("comparison", f"the comparison with {vs} speaks of neither {vs} nor {analysis.word}")


def card_shows_the_comparison(card: Card) -> Iterator[Finding]:
    """The Usage-Comparison card has the word compared with."""
    vs = headword(card.analysis.vs)
    if card.tab_name == "Usage-Comparison" and has_hangul(vs) and not occurs_in(vs, f"{card.front}\n{card.back}"):
        yield UNRELATED.at("back", f"the card should tell {card.analysis.word} from {vs}, which it never shows")
