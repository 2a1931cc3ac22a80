"""Tell whether a word list's definition is in English, so that only English definitions are compared word by word."""

import re
from functools import cache

from korean_flashcards.korean.glosses import content_words
from korean_flashcards.korean.hanja_data import entries

_ACCENTS = re.compile("[à-öø-ÿāăąćčďęěğłńňőœřśşšťűůźżžơưạ-ỹ]")


def is_english(text: str) -> bool:
    """Return whether at least half of the text's content words are among the 8,000 in the glosses of the hanja."""
    words = content_words(text)
    return not _ACCENTS.search(text.lower()) and 2 * len(words & _known_words()) >= len(words) > 0


def is_known(word: str) -> bool:
    """Return whether an English word is among those in the glosses, or too short or common to be there."""
    return content_words(word) <= _known_words()


def is_beginning(word: str) -> bool:
    """Return whether an English word is not among those in the glosses, but the beginning of one of them: umbre."""
    return not is_known(word) and any(known.startswith(word) for known in _known_words())


@cache
def _known_words() -> frozenset[str]:
    return content_words(" ".join(entry.gloss for entry in entries().values()))
