"""Compare the word that a reply names with the requested word."""

import re
import unicodedata
from functools import lru_cache

from korean_flashcards.domain.records import headword

_NOT_HANGUL, _NOT_HANGUL_OR_LATIN = re.compile("[^가-힣]"), re.compile("[^가-힣a-z0-9]")


def same_word(about: str, word: str) -> bool:
    """Return whether ``about`` names the word, regardless of IPA in brackets, Unicode normalization, or added hanja.

    Digits and Latin letters are compared only if the word itself contains them: 10분 is not 20분. Otherwise, such
    characters are treated as a romanization or a gloss.
    """
    plain, (wanted, ignored, letters) = _plain(headword(about)), _letters(word)
    return plain == wanted or ignored.sub("", plain) == letters


@lru_cache(maxsize=64)
def _letters(word: str) -> tuple[str, re.Pattern[str], str]:
    """Return the word without spaces, the characters to ignore in comparisons, and the word without these."""
    plain = _plain(word)
    ignored = _NOT_HANGUL_OR_LATIN if re.search(r"[a-z0-9]", plain) else _NOT_HANGUL
    return plain, ignored, ignored.sub("", plain)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).casefold().split())
