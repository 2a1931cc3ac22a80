"""Check the keywords, and Korean that is romanized."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.checks.term import ROMANISED
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.formats.same_word import same_word
from korean_flashcards.korean.hangul import is_syllable, split, strip_to_hangul
from korean_flashcards.korean.hanja_data import spelled
from korean_flashcards.korean.morphology import is_listed
from korean_flashcards.korean.romanisation import romanizes

KEYWORD_MISSING = Check(
    "keyword_missing", Severity.WARNING, "The keywords do not include the word itself.",
    "Looks for a keyword that shares a syllable with the term.",
)  # fmt: skip
KEYWORD_FORM = Check(
    "keyword_form", Severity.WARNING, "A keyword is more than a Korean word, a misspelling of the word, or listed twice.",
    "Finds meanings beside a keyword, sentences, keywords that are listed twice, and keywords with one wrong letter.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (KEYWORD_MISSING, KEYWORD_FORM)

_ROMANISED = lazy_regex(
    r"([가-힣][가-힣 ,.?!]*?)[ ]?\(([a-z][a-z ,.?!'-]+)\)|\(([a-z][a-z ,.?!'-]+)\)[ ]?([가-힣][가-힣 ]*)", re.I
)
_MEANING = lazy_regex(r"[가-힣] ?[(=:–—-]? ?[a-z]{3,}|[a-z]{3,} ?[(=:–—-] ?[가-힣]")


_SENTENCE = lazy_regex(r"[가-힣]\.\s*$")


def keywords_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report keywords that do not include the word itself."""
    own, keywords = analysis.word, analysis.keywords
    for keyword in keywords:
        if _MEANING.search(keyword) and not _MEANING.search(own):
            yield KEYWORD_FORM.at("korean_keywords", f"“{keyword}”: write only the Korean word")
        elif _SENTENCE.search(keyword) and keyword.rstrip(".") not in own:
            yield KEYWORD_FORM.at("korean_keywords", f"“{keyword}” is a sentence: write a word")
    if again := next((keyword for keyword in keywords if keywords.count(keyword) > 1), ""):
        yield KEYWORD_FORM.at("korean_keywords", f"{again} is listed twice")
    syllables = set(strip_to_hangul(own))
    if keywords and not any(same_word(keyword, own) or syllables & set(keyword) for keyword in keywords):
        yield KEYWORD_MISSING.at("korean_keywords", f"the keywords must begin with {own}")


def keywords_are_spelled(analysis: Analysis) -> Iterator[Finding]:
    """Report keywords that look like the word with a wrong letter."""
    own = analysis.spoken
    for keyword in analysis.keywords:
        near = len(keyword) == len(own) > 1 and keyword != own and _differ_in_a_letter(keyword, own)
        if near and not (is_listed(keyword) or spelled(keyword)):
            yield KEYWORD_FORM.at("korean_keywords", f"“{keyword}” does not exist: write {own}")


def _differ_in_a_letter(one: str, other: str) -> bool:
    """Return whether two words of the same length differ in one letter of one syllable."""
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if len(pairs) != 1 or not all(map(is_syllable, pairs[0])):
        return False
    one_letters, other_letters = split(pairs[0][0]), split(pairs[0][1])
    return sum(a != b for a, b in zip(one_letters, other_letters, strict=True)) == 1


def romanised_examples(card: Card) -> Iterator[Finding]:
    """Report Korean whose romanization stands beside it in parentheses."""
    for field, text in card.prose:
        for after, latin, latin_before, before in _ROMANISED.findall(text) if "(" in text else ():
            korean, written = after or before, latin or latin_before
            words = korean.split()
            count = len(written.split())
            near = words[-count:] if after else words[:count]
            # A loanword such as "radio" is its own romanization.
            if "english" not in text.lower() and romanizes(written, "".join(near)):
                yield ROMANISED.at(field, f"“{' '.join(near)}” is romanized as “{written}”: leave it out")
