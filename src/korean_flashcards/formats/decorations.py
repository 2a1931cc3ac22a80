"""Remove emoji, stars, and other symbols that people write before or after a word.

A circle or a square may stand for any word (○○ 씨), so it counts as decoration only in front of a word and a space.
"""

import unicodedata

from korean_flashcards.domain.lazy_regex import lazy_regex

_JOINERS = "\u200d\ufe0e\ufe0f\u20e3"
_KEYCAP = lazy_regex("[0-9#*]\ufe0f?\u20e3")
# Lines, which belong to headings, and letters and numbers in circles and squares.
_NOT_DECORATIVE = lazy_regex("[\u2500-\u259f\u2e80-\u2fff\u3200-\u33ff]")
_PLACEHOLDERS = "○◯◇□△▽◎"


def without_decorations(text: str) -> str:
    """Return the text without the symbols around it. The result is empty if there is nothing else."""
    plain = _KEYCAP.sub("", text) if "\u20e3" in text else text
    start, end = 0, len(plain)
    while start < end and _is_decoration(plain[start]):
        start += 1
    while end > start and _is_decoration(plain[end - 1]):
        end -= 1
    return plain[start:end].strip() if (start, end) != (0, len(text)) else text


def _is_decoration(sign: str) -> bool:
    """Return whether the sign is an emoji or a similar symbol. Symbols that contain letters, such as ㈜, are not."""
    if sign in _JOINERS:
        return True
    if sign.isascii() or sign in _PLACEHOLDERS or _NOT_DECORATIVE.match(sign):
        return False
    return unicodedata.category(sign) in {"So", "Sk"} and sign not in "°℃℉"
