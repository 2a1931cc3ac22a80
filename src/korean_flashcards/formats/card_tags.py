"""Define the tags that the project composes, and keep the tags of word lists, models, and reviewers apart from them.

A tag such as ``level:TOPIK1`` consists of a prefix and a value. In Anki, the project's own prefixes become levels
(``level::TOPIK1``). Any other tag stays as it is. Anki compares tags case-insensitively.
"""

import re
import unicodedata
from functools import lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex

LEVELS = "::"  # separates the levels of a tag or a deck in Anki
_CONTROL = lazy_regex("[\x00-\x1f\x7f]")
# ``formats.card`` composes these tags from the analysis and the card.
_OF_CARDS = (
    "term", "pos", "card", "concept", "metaphor", "comparison_term", "hanja", "character", "level", "formality", "source",
)  # fmt: skip
# Later pipelines add these tags: the review state, confusable words, and whether a list still contains the word.
_REVIEW = "review"
_ADDED_LATER = (_REVIEW, "confusable", "status")
_LIST = "list"
PREFIXES = frozenset({*_OF_CARDS, *_ADDED_LATER, _LIST})
# Anki marks notes with these tags. An import of a package removes them.
_ANKIS_OWN = ("marked", "leech")
# Only a later pipeline or Anki may give a card these tags. A model or a reviewer may not.
RESERVED = rf"(?i)^(?:(?:{'|'.join(_ADDED_LATER)})(?::.*)?|{'|'.join(_ANKIS_OWN)})$"
_RESERVED = lazy_regex(RESERVED)


def levels_of(name: str) -> list[str]:
    """Return the levels of a tag or a deck in the form in which Anki stores them, without the empty ones."""
    composed = _CONTROL.sub("", unicodedata.normalize("NFC", name))
    return [level for each in composed.split(LEVELS) if (level := each.strip())]


@lru_cache(maxsize=1024)
def tag_text(text: str) -> str:
    """Convert text to a tag without spaces, commas, or empty levels, or to "" if nothing is left.

    Anki separates tags with spaces; ``cards.tsv`` uses commas.
    """
    return LEVELS.join(levels_of(re.sub(r"[\s,]+", "_", text.strip())))


def prefix_of(tag: str) -> str:
    """Return the part of a tag before the first colon, in lower case: ``status`` for ``Status::gone``."""
    return tag.partition(":")[0].lower()


def list_tag(tag: str) -> str:
    """Return a word list's tag, with ``list:`` in front if it could be mistaken for a tag of the project or of Anki.

    ``course::unit1`` and ``a:b`` stay unchanged, and ``Status:gone`` becomes ``list:Status:gone``.
    """
    return f"{_LIST}:{tag}" if prefix_of(tag) in PREFIXES or tag.lower() in _ANKIS_OWN else tag


def is_reserved(tag: str) -> bool:
    """Return whether a model or a reviewer may not give a card this tag. See RESERVED."""
    return _RESERVED.match(tag) is not None


def is_review_state(tag: str) -> bool:
    """Return whether the tag is a card's review state, such as ``review:approved``."""
    return prefix_of(tag) == _REVIEW


def anki_tag(tag: str) -> str:
    """Return a card's tag as it is written to Anki: one of the project's prefixes becomes a level of the hierarchy."""
    _, colon, value = tag.partition(":")
    prefix = prefix_of(tag)
    value = value.lstrip(":")
    return f"{prefix}::{value}" if colon and value and prefix in PREFIXES else tag
