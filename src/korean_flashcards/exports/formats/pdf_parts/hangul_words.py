"""Find the Hangul words of texts, to compare a PDF with the cards that it must show."""

import unicodedata
from collections.abc import Iterable

from korean_flashcards.domain.lazy_regex import lazy_regex

# A longer word may continue in the next line after each of these parts, and nowhere else.
LONGEST_PART = 12
HANGUL_WORD = lazy_regex(f"[가-힣]{{1,{LONGEST_PART}}}")

# Characters without a shape: they only say how other characters are joined or ordered (Unicode category Cf), or which
# variant of a character is meant. On paper they do nothing.
_INVISIBLE = lazy_regex(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)


def hangul_words(texts: Iterable[str]) -> set[str]:
    """Return each word in Hangul once. Words with more than ``LONGEST_PART`` syllables are split into parts."""
    return {word for text in texts for word in HANGUL_WORD.findall(visible(text))}


def visible(text: str) -> str:
    """Return the text without invisible characters. Hangul that was spelled in single letters becomes syllables."""
    return text if text.isascii() else unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
