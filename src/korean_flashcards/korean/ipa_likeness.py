"""Compare two IPA transcriptions by their sounds, regardless of notation and accent."""

import re
from difflib import SequenceMatcher

from korean_flashcards.domain.lazy_regex import lazy_regex

# Alternative symbols for the same sound, in the order of replacement. They include the variants that the Standard
# Pronunciation allows: ㅚ and ㅟ as monophthongs (Article 4), ㅖ as ㅔ after a consonant, and ㅢ as ㅣ or ㅔ (Article 5).
_SAME = (
    ("g", "ɡ"), ("tʃ", "tɕ"), ("dʒ", "dʑ"), ("ʃ", "ɕ"), ("ʒ", "ʑ"), ("ʲ", ""), ("ɭ", "l"), ("ʎ", "l"), ("r", "ɾ"),
    ("ɲ", "n"), ("ɦ", "h"), ("ç", "h"), ("β", "b"), ("ɣ", "ɡ"), ("ø", "we"), ("ɥ", "w"), ("y", "wi"), ("ɨ", "ɯ"), ("ə", "ʌ"),
    ("ɔ", "ʌ"), ("æ", "ɛ"), ("ɐ", "a"), ("ʼ", "͈"), ("*", "͈"), ("ɛ", "e"), ("ɯi", "ɰi"), ("ɰi", "i"), ("ɕj", "ɕ"),
)  # fmt: skip
_SILENT = lazy_regex(r"[\[\]/ːˑˈˌ.‿͜͡\s\u031a\-'ʰ]")
_NOT_ASPIRATION = lazy_regex(r"[\[\]/ːˑˈˌ.‿͜͡\s\u031a\-']")
_KINDS = str.maketrans({"ɡ": "k", "b": "p", "d": "t", "ɕ": "s", "ʑ": "s", "͈": "", "j": "", "w": "", "ɾ": "l"})
_SAME_WORD = 0.5


def is_other_word(given: str, expected: str) -> bool:
    """Return whether fewer than half of the sounds match, so that the IPA is for a different word."""
    return SequenceMatcher(None, _coarse(given), _coarse(expected), autojunk=False).ratio() < _SAME_WORD


def sounds(ipa: str) -> str:
    """Return the IPA without marks for length and stress, in which each sound has only one symbol."""
    text = _NOT_ASPIRATION.sub("", ipa)
    for sign, usual in _SAME:
        text = text.replace(sign, usual)
    # ㅖ after a consonant may also be pronounced ㅔ.
    return re.sub(r"(?<=[^aeiouʌɯ])je", "e", text)


def _coarse(ipa: str) -> str:
    """Return only the vowels and the places of articulation, which accents and misapplied sound rules do not change."""
    return _SILENT.sub("", sounds(ipa)).translate(_KINDS)
