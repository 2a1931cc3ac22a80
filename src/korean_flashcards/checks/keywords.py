"""Check the keywords, and Korean that is romanized or left without a translation."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.korean_text import korean_of
from korean_flashcards.checks.speech import SpeechLevel, speech_level
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.checks.term import ROMANISED
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.formats.same_word import same_word
from korean_flashcards.korean.hangul import strip_to_hangul
from korean_flashcards.korean.romanisation import romanizes

KEYWORD_MISSING = Check(
    "keyword_missing", Severity.WARNING, "The keywords do not include the word itself.",
    "Looks for a keyword that shares a syllable with the term.",
)  # fmt: skip
NO_TRANSLATION = Check(
    "no_translation", Severity.WARNING, "An example has no translation.",
    "Finds Korean sentences at the end of a paragraph on cards without any translation.",
)  # fmt: skip
CHECKS = (KEYWORD_MISSING, NO_TRANSLATION)

_ROMANISED = re.compile(
    r"([가-힣][가-힣 ,.?!]*?)[ ]?\(([a-z][a-z ,.?!'-]+)\)|\(([a-z][a-z ,.?!'-]+)\)[ ]?([가-힣][가-힣 ]*)", re.I
)
# A quotation in the next line is the translation.
_PARAGRAPH_END = re.compile(r"([가-힣][가-힣0-9 ,]*[.?!])[ \t]*(?:\n\s*\n|\s*\Z)")
_FEWEST_WORDS = 3
# Plain forms are often dictionary entries: 문제를 맞히다.
_SPOKEN = (SpeechLevel.FORMAL, SpeechLevel.POLITE, SpeechLevel.CASUAL)


def keywords_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report keywords that do not include the word itself."""
    own, keywords = analysis.word, analysis.keywords
    syllables = set(strip_to_hangul(own))
    if keywords and not any(same_word(keyword, own) or syllables & set(keyword) for keyword in keywords):
        yield KEYWORD_MISSING.at("korean_keywords", f"the keywords must begin with {own}")


def romanised_examples(card: Card) -> Iterator[Finding]:
    """Report Korean whose romanization stands beside it in parentheses."""
    for field, text in card.prose:
        for after, latin, latin_before, before in _ROMANISED.findall(text) if "(" in text else ():
            korean, written = after or before, latin or latin_before
            words = korean.split()
            count = len(written.split())
            near = words[-count:] if after else words[:count]
            if romanizes(written, "".join(near)):
                yield ROMANISED.at(field, f"“{' '.join(near)}” is romanized as “{written}”: leave it out")


def examples_are_translated(card: Card) -> Iterator[Finding]:
    """Report an example sentence without a translation if the card has no translation at all."""
    skipped = card.tab_name == "Hanja" or card.analysis.language.code == "ko" or card.analysis.is_offline
    if skipped or any(stretch.translation for stretch in korean_of(card)):
        return
    for sentence in _PARAGRAPH_END.findall(card.back):
        if len(sentence.split()) >= _FEWEST_WORDS and speech_level(sentence) in _SPOKEN:
            yield NO_TRANSLATION.at("back", f"“{sentence}” has no translation")
