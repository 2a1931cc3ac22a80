"""Find the vowels for which the Standard Pronunciation permits a second sound (Articles 4, 5, and 22)."""

from collections.abc import Mapping
from functools import lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex

from .hangul import CODAS, ONSETS, Jamo, join, split

# Nouns that end in 의. After other words, a final 의 is the particle.
_UI_NOUNS = """
강의 개의 건의 결의 경의 고의 거의 논의 동의 명의 모의 무의 문의 민의 번의 법의 본의 부의 불의 사의 상의 선의 성의 수의
신의 심의 악의 여의 열의 예의 유의 의의 임의 적의 전의 정의 제의 조의 주의 질의 창의 탈의 토의 편의 하의 한의 합의 항의
협의 호의 회의 내의 부주의 부정의 주치의 전문의 전공의 개업의 수련의 재논의
"""
_IS_UI_NOUN = frozenset(_UI_NOUNS.split())
# Longer words that end so may be a noun (민주주의) or have the particle (위원회의).
_MAYBE_UI_NOUNS = lazy_regex(r".{2,}(?:주의|회의|강의|협의)")
# Stems in these vowels: 되어 [되여], 피었다 [피엳따].
_FRONT = frozenset("ㅣㅐㅔㅚㅟㅢ")
# What can follow the ending 어: other endings, particles, and verbs.
_AFTER_EO = lazy_regex("$|[서도야요라지진져졌가보봐봤버주줘줬준놓놔두둬있내나난났들오올온왔]")
_EO_NOUNS = lazy_regex("의태어|외래어|의성어|제어|시어머|이어폰|[미이]디어|[니티케헤웨쉐셰에]어|[레바다타와파라]이어")
_FINAL_O = lazy_regex("(?:(?<![바육])이|아니|시)오$")


def _syllables_with(vowel: str) -> str:
    """Return all syllables with a vowel, as a range for each onset in a regular expression."""
    return "".join(f"{join(Jamo(onset, vowel, ''))}-{join(Jamo(onset, vowel, CODAS[-1]))}" for onset in ONSETS)


# Only words with one of these syllables have a second vowel.
_VARIABLE = lazy_regex(f"[어었오{''.join(map(_syllables_with, 'ㅢㅖㅚ'))}]")


@lru_cache(maxsize=16384)
def other_vowels(word: str) -> Mapping[int, str]:
    """Return the vowels that the Standard also permits, keyed by index of the syllable."""
    if not _VARIABLE.search(word):
        return {}
    found = ((index, _others(word, index)) for index in range(len(word)))
    return {index: vowels for index, vowels in found if vowels}


def _others(word: str, index: int) -> str:
    onset, vowel, coda = split(word[index])
    if vowel == "ㅚ":
        return "ㅞ"  # Article 4
    if vowel == "ㅖ":
        return "ㅔ" if onset not in ("ㅇ", "ㄹ") else ""  # Article 5.2
    if vowel == "ㅢ" and onset == "ㅇ" and (index or word == "의"):
        return "ㅣ" if coda or index < len(word) - 1 else _final_ui(word)  # Article 5.4
    return _glide(word, index) if index and word[index] in "어었오" else ""


def _final_ui(word: str) -> str:
    if word in _IS_UI_NOUN:
        return "ㅣ"
    return "ㅔㅣ" if _MAYBE_UI_NOUNS.fullmatch(word) else "ㅔ"


def _glide(word: str, index: int) -> str:
    """Apply Article 22: 되어 [되여], 피었다 [피엳따], 아니오 [아니요]."""
    before = split(word[index - 1])
    if before.coda or before.vowel not in _FRONT:
        return ""
    if word[index] == "오":
        return "ㅛ" if _FINAL_O.search(word) else ""
    if word[index] == "어" and (not _AFTER_EO.match(word, index + 1) or _EO_NOUNS.search(word)):
        return ""
    return "ㅕ"
