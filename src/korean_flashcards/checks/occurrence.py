"""Whether a word, or an inflection of it, stands in a Korean text."""

import re
from functools import lru_cache

from korean_flashcards.korean.hangul import CODAS, has_hangul, is_syllable, split, strip_to_hangul
from korean_flashcards.korean.morphology import Morpheme, analyse
from korean_flashcards.korean.near import stem

_PREDICATES = ("VV", "VA", "VX", "VCN")
_NAMES = ("N", "XR", "MM", "MA", "IC")
# What phrases have in common and hence tells none of them.
_LIGHT = frozenset(("하다", "되다", "있다", "없다", "주다", "이다", "거", "것", "수"))
_TOKENS = re.compile("[가-힣]+")
_KOREAN = re.compile(r"[가-힣][가-힣0-9 .,?!~]*")


def spelled_in(word: str, text: str) -> bool:
    """True if the word stands in the text as it is spelled, whatever the spaces; one of one syllable at a token's stem."""
    sought = strip_to_hangul(word)
    if len(sought) > 1:
        return sought in strip_to_hangul(text)
    return any(sought in (token, stem(token)) for token in _TOKENS.findall(text))


def occurs_in(word: str, text: str, *, bound: bool = False) -> bool:
    """True if the word or an inflection of it stands in the text; ``bound`` words (-님, 는) stand inside others.

    Raises AnalyserMissing where spelling does not show it.
    """
    if bound:
        return strip_to_hangul(word) in strip_to_hangul(text)
    if spelled_in(word, text) or _stem_spelled_in(word, text):
        return True
    sought = lemmas(word) - _LIGHT or lemmas(word)
    present: frozenset[str] = frozenset().union(*map(lemmas, _KOREAN.findall(text)))
    return bool(sought & present) if " " not in word.strip() else bool(sought) and sought <= present


def _stem_spelled_in(word: str, text: str) -> bool:
    """A dictionary form's stem begins a token: 신다 in 신고; of longer ones but for the last vowel: 계시다 in 계세요."""
    if len(word) < 2 or not word.endswith("다") or not all(map(is_syllable, word)):
        return False
    letters = "".join("".join(split(syllable)) for syllable in word[:-1])
    if len(word) > 2:
        letters = letters.rstrip("".join(CODAS))[:-1]
    return any("".join("".join(split(ch)) for ch in token).startswith(letters) for token in _TOKENS.findall(text))


@lru_cache(maxsize=65536)
def lemmas(text: str) -> frozenset[str]:
    """The dictionary forms of the content words: 친절했어요 → {친절, 친절하다}. Raises AnalyserMissing."""
    found: set[str] = set()
    before: Morpheme | None = None
    for morpheme in analyse(text) if has_hangul(text) else ():
        if morpheme.tag.startswith(_PREDICATES):
            found.add(f"{morpheme.form}다")
        elif morpheme.tag in ("XSV", "XSA") and before:
            found.add(f"{before.form}{morpheme.form}다")
        elif morpheme.tag.startswith(_NAMES):
            found.add(morpheme.form)
        before = morpheme
    return frozenset(found)
