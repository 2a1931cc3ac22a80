"""Compare short English glosses by their content words, without a synonym dictionary."""

import re
from functools import lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex

_IDLE_WORDS = """
a an the of to be is are am was in on at for with and or by from as into out up off over it its he him she her
his i me my we us our you your they them their this that these those who whom what which one no not than so
too also such very more most some any use used using make made do done have has had get got go goes give
something someone somebody oneself sb sth etc eg ie esp usually especially kind sort type form noun verb
adjective adverb particle suffix prefix name surname person honorific polite formal informal casual korean
"""
# Placeholders in word lists without definitions ("A Korean noun: 생각이").
_PLACEHOLDER = lazy_regex(
    r"(unknown|none|n/?a|tbd|[-?.…\s]*|an? korean (noun|verb|adjective|adverb|particle|word)\b.*)", re.I
)
_IDLE = frozenset(_IDLE_WORDS.split())
_WORDS = lazy_regex("[a-z]{2,}")
# Related English words share their first letters.
_BEGINNING = 5
# Longest first. The number is the minimum length of the stem: with a shorter one, "station" would equal "state".
_SUFFIXES = (
    ("iness", "y", 3), ("ness", "", 3), ("ment", "", 4), ("ings", "", 3), ("ions", "", 5), ("ion", "", 5),
    ("ies", "y", 2), ("ied", "y", 2), ("ing", "", 3),
    ("ers", "er", 3), ("ed", "", 3), ("ly", "", 3), ("es", "", 3), ("s", "", 3),
)  # fmt: skip
_LAST_LETTERS = frozenset(suffix[-1] for suffix, *_ in _SUFFIXES)


def says_nothing(definition: str) -> bool:
    """Return whether a definition is only a placeholder, such as "unknown" or "A Korean noun: 생각이"."""
    return _PLACEHOLDER.fullmatch(definition.strip()) is not None


@lru_cache(maxsize=65536)
def content_words(text: str) -> frozenset[str]:
    """Return the stems of the words that carry meaning: "in the rooms; to study" → {"room", "studi"}."""
    return frozenset(map(_stem, set(_WORDS.findall(text.lower())) - _IDLE))


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two sets of content words have a word in common, or words that begin alike (understand, understood)."""
    if one & other:
        return True
    beginnings = {word[:_BEGINNING] for word in other}
    return any(word[:_BEGINNING] in beginnings for word in one)


@lru_cache(maxsize=65536)
def senses(text: str) -> frozenset[frozenset[str]]:
    """Return the content words in each sense. Semicolons, commas, slashes, and parentheses separate senses."""
    return frozenset(words for part in re.split(r"[;,/()]", text) if (words := content_words(part)))


def words_like(text: str, stems: frozenset[str]) -> tuple[str, ...]:
    """Return the words in a text that have one of these stems, lowercased and without duplicates."""
    found = _WORDS.findall(text.lower())
    return tuple(dict.fromkeys(word for word in found if word not in _IDLE and _stem(word) in stems))


def cut(text: str, limit: int) -> str:
    """Return the text on one line of at most ``limit`` characters.

    Longer text is truncated at a word boundary and ends with an ellipsis.
    """
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0].rstrip(",;") + "…"


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    for suffix, replacement, least in _SUFFIXES if word[-1] in _LAST_LETTERS else ():
        if word.endswith(suffix) and not word.endswith("ss") and len(word) - len(suffix) >= least:
            word = word[: len(word) - len(suffix)] + replacement
            break
    if len(word) > 3:
        word = word.removesuffix("e")
        if word[-1] == word[-2]:
            word = word[:-1]
    return word[:-1] + "i" if len(word) > 2 and word.endswith("y") else word
