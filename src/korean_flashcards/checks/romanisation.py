"""The Latin spellings of a word that models slip into: Revised Romanization (2000), by sound and by letter."""

from functools import lru_cache

from korean_flashcards.korean.hangul import is_syllable, split
from korean_flashcards.korean.pronunciation import pronounce

_ONSETS = dict(zip("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ",
                   "g kk n d tt r m b pp s ss - j jj ch k t p h".split(), strict=True)) | {"ㅇ": ""}  # fmt: skip
_VOWELS = dict(zip("ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ",
                   "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split(), strict=True))  # fmt: skip
_CODAS = {"": "", "ㄱ": "k", "ㄲ": "k", "ㅋ": "k", "ㄳ": "k", "ㄺ": "k", "ㄴ": "n", "ㄵ": "n", "ㄶ": "n", "ㄹ": "l", "ㄼ": "l",
          "ㄽ": "l", "ㄾ": "l", "ㅀ": "l", "ㅁ": "m", "ㄻ": "m", "ㅂ": "p", "ㅄ": "p", "ㅍ": "p", "ㄿ": "p", "ㅇ": "ng"}  # fmt: skip


@lru_cache(maxsize=16384)
def romanised(word: str) -> frozenset[str]:
    """The word in Latin letters, by its sound and by its spelling; empty if it is not Hangul alone."""
    hangul = "".join(word.split())
    if not hangul or not all(map(is_syllable, hangul)):
        return frozenset()
    return frozenset(_letters(spelling).replace("lr", "ll") for spelling in (hangul, pronounce(hangul)))


def _letters(hangul: str) -> str:
    parts = []
    for syllable in hangul:
        onset, vowel, coda = split(syllable)
        parts.append(_ONSETS[onset] + _VOWELS[vowel] + _CODAS.get(coda, "t"))
    return "".join(parts)
