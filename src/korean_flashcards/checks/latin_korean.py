"""Check that Korean is written in Hangul: find romanized words and sentences, and Chinese characters within sentences."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.english_words import FROM_KOREAN, is_known
from korean_flashcards.checks.languages import IN_CHINESE
from korean_flashcards.checks.romanised_words import (
    is_korean_in_latin,
    may_be_korean,
    romanised_word,
)
from korean_flashcards.checks.signs import HAN, only_with
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.checks.term import ROMANISED, nouns_in_translations
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding
from korean_flashcards.korean.romanisation import romanizes

# Endings that no English word has: gyeseyo, wasseoyo, hamnida. Each begins with one of the signs.
_ENDING = lazy_regex(
    r"(?<![\w’'])[a-z]{2,}-?(?:seyo|eoyo|haeyo|aseyo|sseo|neyo|jiyo|geoyo|daeyo|ieyo|yeyo|mnida|mnikka|seumnida|neun|reul)\b",
    re.I,
)
_SIGNS = ("eyo", "eoyo", "jiyo", "mnida", "mnikka", "sseo", "neun", "reul")
# 학생 [hak-saeng], 학생 hakssaeng, 학생 (haksaeng): letters that English and IPA do not have.
_BESIDE = lazy_regex(
    r"([가-힣]+)[.,]? ?(?:\[([a-z][a-z -]{2,})\]|\(([a-z][a-z ,.?!'-]{2,})\)|/([a-z][a-z-]{2,})/| ([a-z]{4,})(?![a-z]))",
    re.I,
)
# Part of a hyphenated name: Sejong-daero
_NAME_BEFORE = lazy_regex(r"[A-Z][\w-]*-\Z")
_KOREAN_SOUNDS = lazy_regex("eo|eu|ae|ui|kk|tt|pp|jj|ss|[bcdghjkmnprst]y[aeou]|[a-z]-[a-z]", re.I)
# [hak-kkyo]: IPA has other signs than these, or a dot after a syllable.
_SAID = lazy_regex(r"\[([a-z][a-z -]{2,})\]")
# 그 職員은 정말
_HAN = "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
_IN_SENTENCE = lazy_regex(
    rf"(?:[가-힣]|[:.!?] ) ?({_HAN}{{2,}})"
    r"(?:은|는|이|가|을|를|에|에서|에게|의|도|와|과|로|으로|한테|까지|부터|만|하고) [가-힣]+[ .?!]"
)


def romanised_words_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report romanized Korean in the record."""
    yield from _romanised(analysis)


def romanised_words_on_card(card: Card) -> Iterator[Finding]:
    """Report romanized Korean on the card."""
    yield from _romanised(card)


@only_with(HAN)
def hanja_in_sentences_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report words in Chinese characters within Korean sentences of the record."""
    yield from _hanja_in_sentences(analysis)


@only_with(HAN)
def hanja_in_sentences_on_card(card: Card) -> Iterator[Finding]:
    """Report words in Chinese characters within Korean sentences on the card."""
    yield from _hanja_in_sentences(card)


def _romanised(subject: Analysis | Card) -> Iterator[Finding]:
    if subject.is_offline:
        return
    # German has "neun", so other languages than English may have words with these endings.
    is_english = subject.analysis.language.code == "en"
    has_sign = is_english and any(sign in subject.all_prose for sign in _SIGNS)
    suspects = [word for word in subject.words if may_be_korean(word)] if is_english else []
    for field, text in subject.prose:
        for found in _ENDING.findall(text) if has_sign else ():
            yield ROMANISED.at(field, f"“{found}” is Korean in Latin letters: write it in Hangul")
        for latin in suspects:
            if latin in text and _is_word(latin, text) and latin not in nouns_in_translations(field, subject):
                yield from _suspect(field, latin, text, subject)
        for korean, *written in () if text.isascii() else _BESIDE.findall(text):
            latin = next(filter(None, written))
            if _KOREAN_SOUNDS.search(latin) and romanizes(latin, korean) and not _is_loanword(latin, text):
                yield ROMANISED.at(field, f"“{korean}” is romanized as “{latin}”: leave it out")
        for latin in _SAID.findall(text) if "[" in text and is_english else ():
            # IPA can consist of Latin letters alone: [pam]
            if f"[{latin}]" != subject.analysis.text("ipa") and not all(map(is_known, latin.split())):
                yield ROMANISED.at(field, f"the pronunciation [{latin}] is in Latin letters: write it in Hangul")


def _is_word(latin: str, text: str) -> bool:
    """Return whether the letters are a word of the text and not a name or part of one, such as Sejong-daero."""
    found = re.finditer(rf"(?<![\w'’]){latin}(?![\w'’])", text)
    return any(not _NAME_BEFORE.search(text[: match.start()]) for match in found)


def _suspect(field: str, latin: str, text: str, subject: Analysis | Card) -> Iterator[Finding]:
    """Yield a finding for a word of Korean syllables that spells a Korean word, or has letters that only Korean has.

    After an article, the name of a Korean thing is used as an English noun.
    """
    if korean := romanised_word(latin, subject):
        yield ROMANISED.at(field, f"“{latin}” is {korean} in Latin letters: write it in Hangul")
    elif is_korean_in_latin(latin) and not re.search(rf"\b(?:an?|the) {latin}\b", text):
        yield ROMANISED.at(field, f"“{latin}” is Korean in Latin letters: write it in Hangul")


def _is_loanword(latin: str, text: str) -> bool:
    """Return whether the romanization of a word is an English word that the text may be about."""
    return "english" in text.lower() or latin.lower() in FROM_KOREAN or is_known(latin)


def _hanja_in_sentences(subject: Analysis | Card) -> Iterator[Finding]:
    for field, text in subject.prose if subject.has_han else ():
        for word in _IN_SENTENCE.findall(text):
            yield IN_CHINESE.at(field, f"“{word}” in a Korean sentence is in Chinese characters: write it in Hangul")
