"""Check that the record and the cards are about the requested word, and that the word is written in Hangul."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.english_words import FROM_KOREAN
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity, headword
from korean_flashcards.formats.same_word import same_word
from korean_flashcards.korean.hangul import has_hangul
from korean_flashcards.korean.romanisation import romanised

WRONG_TERM = Check(
    "wrong_term", Severity.ERROR, "The term is not the requested word.",
    "Compares the Hangul in the term, ignoring the IPA, with the term in the list.",
)  # fmt: skip
TERM_ROMANISED = Check(
    "term_romanised", Severity.ERROR, "The term is written in Latin letters.",
    "Compares the term with romanizations of the word, by letter and by sound.",
)  # fmt: skip
ROMANISED = Check(
    "romanised", Severity.WARNING, "The text spells the word in Latin letters.",
    "Searches English text for the word's romanization, ignoring names and words borrowed into English.",
)  # fmt: skip
TERM_NOT_KOREAN = Check(
    "term_not_korean", Severity.ERROR, "The term is not Korean.",
    "Finds a term without Hangul that is not a romanization of the word.",
)  # fmt: skip
ABOUT_ANOTHER_WORD = Check(
    "about_another_word", Severity.ERROR, "The text quotes Korean words but never the requested word.",
    "Searches the record's sentences, or the card, for the word or an inflected form of it.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (WRONG_TERM, TERM_ROMANISED, TERM_NOT_KOREAN, ROMANISED, ABOUT_ANOTHER_WORD)

_NOUN = lazy_regex(r"\b(?:an?|the|this|that|my|your|our|his|her|their|real|true|old|young|no) ([a-z]+)", re.I)
# Shorter romanizations are too often English words (man, son, nara).
_TELLING = 5


def term_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report a record whose term differs from the term in the list."""
    yield from _term(analysis.text("term"), analysis.word)


def term_of_card(card: Card) -> Iterator[Finding]:
    """Report a card whose term differs from the term in the list."""
    yield from _term(str(card.card.get("term") or ""), card.analysis.word)


def romanised_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report a record that romanizes the word."""
    yield from _romanised(analysis, analysis)


def romanised_on_card(card: Card) -> Iterator[Finding]:
    """Report a card that romanizes the word."""
    yield from _romanised(card, card.analysis)


def record_is_about_the_word(analysis: Analysis) -> Iterator[Finding]:
    """Report a record whose sentences quote Korean but never the word itself."""
    text = analysis.about_the_word
    if analysis.language.code == "ko" or not has_hangul(text):
        return
    if not analysis.occurs_in(text) and not analysis.has_part_in(text):
        yield ABOUT_ANOTHER_WORD.at(
            "explanation",
            f"the record is about other Korean words and never mentions {analysis.word}: write about {analysis.word}",
        )


def card_is_about_the_word(card: Card) -> Iterator[Finding]:
    """Report a card that quotes Korean but never the word itself."""
    text, word = f"{card.front}\n{card.back}", card.analysis
    if word.language.code == "ko" or not has_hangul(card.back):
        return
    has_word = any(word.occurs_in(snippet.korean) for snippet in card.snippets) or word.occurs_in(text)
    if not has_word and not word.has_part_in(text):
        yield ABOUT_ANOTHER_WORD.at("back", f"the card shows other Korean words but never {word.word}")


def nouns_in_translations(field: str, subject: Analysis | Card) -> set[str]:
    """Return the words after an article or a possessive in the translations of a field."""
    translations = [stretch.translation for stretch in subject.korean if stretch.field == field]
    return {found[1] for translation in translations for found in _NOUN.finditer(translation)}


def _term(term: str, word: str) -> Iterator[Finding]:
    written = headword(term)
    if not written or same_word(written, word):
        return
    if has_hangul(written):
        yield WRONG_TERM.at("term", f"the term is {written!r}, but the requested word is {word!r}")
    elif set(_latin_words(written)) & romanised(word):
        yield TERM_ROMANISED.at("term", f"the term is romanized as {written!r}: write {word!r} in Hangul")
    else:
        yield TERM_NOT_KOREAN.at("term", f"the term is {written!r}, which is not Korean: the word is {word!r}")


def _romanised(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    """Report text that romanizes the word.

    Capitalized names (Hanna) are ignored, as are words borrowed into English (kimchi) or that appear in the meaning, and
    words that a translation uses as an English noun: 선비 같으세요 'He is like a seonbi'.
    """
    sought = {form for form in romanised(analysis.spoken) if len(form) >= _TELLING and form in subject.all_prose}
    if not sought:
        return
    sought -= FROM_KOREAN | set(_latin_words(f"{analysis.definition} {analysis.text('primary_meaning')}"))
    for field, text in subject.prose if sought else ():
        if found := sought.intersection(re.findall("[a-z]+", text)) - nouns_in_translations(field, subject):
            yield ROMANISED.at(field, f"{analysis.word} is romanized as {min(found)!r}: write it in Hangul")


def _latin_words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())
