"""Romanize words the way models sometimes do: in Revised Romanization (2000), by sound or by letter."""

import unicodedata
from functools import lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.hangul import ONSETS, VOWELS, is_syllable, split
from korean_flashcards.korean.pronunciation import pronounce

_ONSET_LETTERS = "g kk n d tt r m b pp s ss - j jj ch k t p h"
_VOWEL_LETTERS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i"
_ONSETS = dict(zip(ONSETS, _ONSET_LETTERS.replace("-", "").split(" "), strict=True))
_VOWELS = dict(zip(VOWELS, _VOWEL_LETTERS.split(), strict=True))
_CODAS = {
    **dict.fromkeys(("ㄱ", "ㄲ", "ㅋ", "ㄳ", "ㄺ"), "k"), **dict.fromkeys(("ㄴ", "ㄵ", "ㄶ"), "n"),
    **dict.fromkeys(("ㄹ", "ㄼ", "ㄽ", "ㄾ", "ㅀ"), "l"), **dict.fromkeys(("ㅁ", "ㄻ"), "m"),
    **dict.fromkeys(("ㅂ", "ㅄ", "ㅍ", "ㄿ"), "p"), "ㅇ": "ng", "": "",
}  # fmt: skip

_HANGUL = lazy_regex("[^가-힣]")
_FOLDED = tuple((lazy_regex(letters), folded) for letters, folded in (
    ("[^a-z]", ""), ("sh", "s"), ("tch|ch|jj|cz", "j"), ("gg|kk|g|q|c", "k"), ("tt|dd|d", "t"), ("pp|bb|b", "p"),
    ("ss", "s"), ("rr|ll|lr|rl|r", "l"), ("(?<=[ktpj])h", ""), ("oo|eu|eo|o|u", "u"), ("ae|ay|e", "e"), ("ee|i", "i"),
    ("w", ""), ("y", ""), (r"(.)\1+", r"\1"),
))  # fmt: skip


@lru_cache(maxsize=16384)
def romanised(word: str) -> frozenset[str]:
    """Return a word's romanizations by sound and by letter, or an empty set if the word contains anything but Hangul."""
    hangul = "".join(word.split())
    if not hangul or not all(map(is_syllable, hangul)):
        return frozenset()
    return frozenset(_letters(spelling).replace("lr", "ll") for spelling in (hangul, *pronounce(hangul)))


def romanizes(text: str, word: str) -> bool:
    """Return whether the text spells the word in Latin letters, in any of the usual systems: jjada, tchada, Chosŏn.

    Loanwords such as "banana" are their own romanization.
    """
    latin, hangul = _folded(text), _HANGUL.sub("", word)
    if not latin or not hangul:
        return False
    # Pronunciation never changes the first consonant, and most glosses in parentheses begin with another letter.
    onset = _folded(_ONSETS[split(hangul[0]).onset])
    return (not onset or latin[0] == onset[0]) and latin in map(_folded, romanised(hangul))


def latin_start(text: str) -> str:
    """Return the first two letters of a name in Latin letters or Hangul, without what differs between systems."""
    return _folded(_letters(text) if all(map(is_syllable, text)) else text)[:2]


@lru_cache(maxsize=16384)
def _folded(latin: str) -> str:
    """Return the letters without what differs between systems: voice, aspiration, doubling, and diacritics."""
    plain = unicodedata.normalize("NFD", latin.lower())
    for letters, folded in _FOLDED:
        plain = letters.sub(folded, plain)
    return plain


def _letters(hangul: str) -> str:
    parts = []
    for syllable in hangul:
        onset, vowel, coda = split(syllable)
        parts.append(_ONSETS[onset] + _VOWELS[vowel] + _CODAS.get(coda, "t"))
    return "".join(parts)
