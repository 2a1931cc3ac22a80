"""Find a word of a Korean sentence whose translation is missing, beside an English word that translates something else.

Both must be true: 사전 두 권 주세요 'Two laptops, please.' has no dictionary, and no word for a laptop.
The two must be of the same kind (things, people, colors, days, cities, …), and the table of everyday words must have all
nouns of the sentence. It was tested with the 9,900 translated sentences of a word list.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from korean_flashcards.checks.subject import Analysis
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.english_roots import is_form, roots
from korean_flashcards.korean.everyday_meanings import everyday_meanings, telling_words, words_for
from korean_flashcards.korean.hangul import is_syllable, split
from korean_flashcards.korean.morphology import RawMorpheme, raw_morphemes

_NOUNS = frozenset(("NNG", "NNP", "NNB", "MAG", "XR", "XSN"))
_IDLE_WORDS = """
좀 더 또 다 잘 안 못 저 나 너 하다 되다 나다 대하다 위하다 이렇다 그렇다 어떻다
것 수 때 중 번 번째 개 명 씨 데 줄 전 후 동안 때문 거 들 님 째 뿐
"""
_IDLE = frozenset(_IDLE_WORDS.split())
_PREDICATES = ("VV", "VA")
_LONGEST_COMPOUND = 3
# The analyzer often takes forms of one for the other: 들어 주세요, 사는.
_SAME_FORMS = {"듣다": "들다", "들다": "듣다", "사다": "살다", "살다": "사다", "달다": "달리다", "달리다": "달다"}
# A list, or a translation that an apostrophe has cut off
_UNCLEAR, _SENTENCE = lazy_regex("[);:/“‘]"), lazy_regex(r"[.?!…]['’”\")]*$")
_PARTICLES = "은는이가을를에의도로와과만"
_FREE = lazy_regex(r"\bliterally\b|[=…]|\.\.\.|\b(?:great|grand)-?(?:uncle|aunt)", re.I)


def exchanged(korean: str, english: str, analysis: Analysis) -> tuple[str, str] | None:
    """Return a Korean word without its translation, and an English word that translates none in the text, or None.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    if _has_idiom(korean, analysis):
        return None
    is_sentence = _SENTENCE.search(korean) is not None
    if _UNCLEAR.search(korean) or _FREE.search(english) or is_sentence != (_SENTENCE.search(english) is not None):
        return None
    said = roots(english)
    telling = sorted(said & telling_words().keys())
    beginnings = set(map(_beginning, filter(is_syllable, set(korean)))) if telling else set()
    others = [each for each in telling if not _may_translate(each, korean, beginnings)]
    if not others:
        return None
    words = list(dict.fromkeys(_words(raw_morphemes(korean))))
    known = {word: _roots_of(word, analysis) for word in words}
    if any(not known[word] and word not in _IDLE and not word.endswith("다") for word in words):
        return None  # An English word may translate a word that is not in the table.
    explained = frozenset[str]().union(*known.values())
    others = [each for each in others if not any(is_form(each, one) or is_form(one, each) for one in explained)]
    for word in words if others else ():
        if _has_form(said, known[word]) or _may_lack(word):
            continue
        for other in others:
            if _kind(word) and any(_kind(each) == _kind(word) for each in telling_words()[other]):
                return word, next(token for token in re.findall("[a-zé]+", english.lower()) if other in roots(token))
    return None


def _has_idiom(korean: str, analysis: Analysis) -> bool:
    """Return whether the text has a word of the set phrase or proverb that the record is about. English has its own."""
    return analysis.text("pos") == "phrase" and any(part in korean for part in analysis.spoken.split())


def _may_translate(english: str, korean: str, beginnings: set[tuple[str, str]]) -> bool:
    """Return quickly whether the text may have a Korean word with this translation, judging by its spelling.

    ``beginnings``: the first two letters of each syllable of the text.
    """
    return any(
        _may_be_in(word, korean) or (word.endswith("다") and _beginning(word[0]) in beginnings)
        for word in words_for()[english]
    )


def _may_be_in(noun: str, korean: str) -> bool:
    """Return whether the text has the noun. A noun of one syllable must be a word, not the beginning of one (국, 국수)."""
    if len(noun) > 1 or noun not in korean:
        return noun in korean
    return re.search(f"(?<![가-힣]){noun}(?![가-힣]|$)|(?<![가-힣]){noun}[{_PARTICLES}](?![가-힣])", korean) is not None


@cache
def _beginning(syllable: str) -> tuple[str, str]:
    onset, vowel, _ = split(syllable)
    return onset, vowel


def _words(parts: Sequence[RawMorpheme]) -> Iterator[str]:
    """Yield the nouns, verbs, and adjectives in their dictionary form. Compounds in the table are one word."""
    at = 0
    while at < len(parts):
        part, after = parts[at], parts[at + 1 : at + 2]
        if part.tag in _NOUNS:
            length = _compound(parts[at : at + _LONGEST_COMPOUND])
            word = "".join(each.form for each in parts[at : at + length])
            if length == 1 and after and after[0].tag.startswith(("XSV", "XSA")):
                verb = f"{word}{after[0].form}다"
                yield verb if verb in everyday_meanings() else word
            elif part.tag != "NNP" or word in everyday_meanings():
                yield word  # names are not translated
            at += length
            continue
        if part.tag.startswith(_PREDICATES):
            yield f"{part.form}다"
        at += 1


def _compound(parts: Sequence[RawMorpheme]) -> int:
    """Return how many nouns at the beginning make up one word of the table."""
    for length in range(len(parts), 1, -1):
        nouns = parts[:length]
        if all(part.tag in _NOUNS for part in nouns) and "".join(part.form for part in nouns) in everyday_meanings():
            return length
    return 1


def _roots_of(word: str, analysis: Analysis) -> frozenset[str]:
    """Return the roots of all translations of a word, including those in the record."""
    meanings = everyday_meanings()
    found = frozenset[str]().union(
        *(meanings[each].roots for each in (word, _SAME_FORMS.get(word, "")) if each in meanings)
    )
    return found | roots(_glosses(analysis)) if _is_headword(word, analysis) else found


def _has_form(said: frozenset[str], known: frozenset[str]) -> bool:
    return any(is_form(each, one) for each in said for one in known)


def _may_lack(word: str) -> bool:
    """Return whether a word is unknown, or often translated freely."""
    meanings = everyday_meanings().get(word)
    return meanings is None or meanings.is_loose


def _kind(word: str) -> str:
    meanings = everyday_meanings().get(word)
    return meanings.kind if meanings else ""


def _is_headword(word: str, analysis: Analysis) -> bool:
    return word in (analysis.spoken, analysis.spoken.removesuffix("하다"))


def _glosses(analysis: Analysis) -> str:
    meanings = (homonym["meaning"] for homonym in analysis.homonyms)
    texts = (analysis.definition, analysis.text("primary_meaning"), analysis.text("other_meanings"), *meanings)
    return "; ".join(texts)
