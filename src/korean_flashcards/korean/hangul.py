"""Split and join Hangul syllables using the arithmetic in the Unicode Standard (section 3.12).

Letters are compatibility jamo ("ㄱ", "ㅏ", "ㄳ"), as typed on a keyboard. Text must be in NFC.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex

ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

_KOREAN_WITHOUT_SYLLABLES = lazy_regex("[ㄱ-ㅣ]|^(?=.*[A-Z])[A-Z0-9]{1,5}$")
_FIRST, _LAST = "가", "힣"
_SYLLABLES = lazy_regex("[가-힣]+")
_INITIAL_LAW_Y = frozenset("ㅑㅕㅖㅛㅠㅣ")


class Jamo(NamedTuple):
    """The letters of one syllable. ``coda`` is "" in an open syllable."""

    onset: str
    vowel: str
    coda: str


def is_syllable(ch: str) -> bool:
    """Return whether a string is a single complete Hangul syllable (U+AC00–U+D7A3)."""
    return len(ch) == 1 and _FIRST <= ch <= _LAST


def has_hangul(text: str) -> bool:
    """Return whether the text contains at least one complete Hangul syllable."""
    return _SYLLABLES.search(text) is not None


def is_korean(text: str) -> bool:
    """Return whether text is Korean: Hangul, a single letter (-ㄴ), or an abbreviation that Korean uses (TV, SNS, 3D)."""
    return has_hangul(text) or _KOREAN_WITHOUT_SYLLABLES.search(text) is not None


def strip_to_hangul(text: str) -> str:
    """Return only the Hangul syllables in a text: "남성[nam.sʌŋ]" → "남성"."""
    return "".join(_SYLLABLES.findall(text))


@cache
def split(syllable: str) -> Jamo:
    """Return the letters of a syllable: "값" → ("ㄱ", "ㅏ", "ㅄ").

    Raises:
        ValueError: The argument is not a single complete Hangul syllable.
    """
    if not is_syllable(syllable):
        raise ValueError(f"{syllable!r} is not a single complete Hangul syllable.")
    rest, coda = divmod(ord(syllable) - ord(_FIRST), len(CODAS))
    onset, vowel = divmod(rest, len(VOWELS))
    return Jamo(ONSETS[onset], VOWELS[vowel], CODAS[coda])


@cache
def join(jamo: Jamo) -> str:
    """Return the syllable that these letters form. This is the inverse of ``split``.

    Raises:
        ValueError: A letter cannot occur in its position (such as ㄸ as a coda or ㄳ as an onset).
    """
    onset, vowel, coda = jamo
    if onset not in tuple(ONSETS) or vowel not in tuple(VOWELS) or coda not in CODAS:
        raise ValueError(f"The letters {', '.join(map(repr, jamo))} do not form a Hangul syllable.")
    index = (ONSETS.index(onset) * len(VOWELS) + VOWELS.index(vowel)) * len(CODAS) + CODAS.index(coda)
    return chr(ord(_FIRST) + index)


def syllables(onsets: str = ONSETS, vowels: str = VOWELS, codas: Sequence[str] = CODAS) -> Iterator[str]:
    """Yield all syllables that consist of these letters. Thousands of them take a fraction of the time of ``join``."""
    lasts = [CODAS.index(coda) for coda in codas]
    for onset in map(ONSETS.index, onsets):
        for vowel in map(VOWELS.index, vowels):
            first = ord(_FIRST) + (onset * len(VOWELS) + vowel) * len(CODAS)
            yield from (chr(first + last) for last in lasts)


def initial_form(reading: str) -> str:
    """Return the word-initial form of a hanja's reading: 녀 → 여, 래 → 내, 리 → 이.

    This applies the initial sound law (두음법칙) of Korean orthography, Articles 10–12.
    """
    if not is_syllable(reading):
        return reading
    onset, vowel, coda = split(reading)
    if onset in ("ㄴ", "ㄹ") and vowel in _INITIAL_LAW_Y:
        return join(Jamo("ㅇ", vowel, coda))
    return join(Jamo("ㄴ", vowel, coda)) if onset == "ㄹ" else reading
