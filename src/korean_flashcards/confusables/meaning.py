"""Near-synonyms: definitions that share a sense."""

from collections.abc import Iterator

from korean_flashcards.confusables.senses import Sense, shown
from korean_flashcards.confusables.word import ConfusableWord

# Points where all senses are shared, the first of both, the first of one, any.
_ALL, _FIRST, _ONE_FIRST, _ANY = 75, 65, 55, 45
# An English word of two classes ("like", "right", "to attach" and "attachment") is seldom one meaning.
_OTHER_CLASS = -30
_CLASSES = {"verb": "verb", "adjective": "verb", "noun": "noun", "pronoun": "noun", "numeral": "noun"}


def keys(word: ConfusableWord) -> Iterator[Sense]:
    """Each of its senses, whole: single words (thing, person, to make) are shared by all and sundry."""
    yield from word.senses


def points(one: ConfusableWord, other: ConfusableWord) -> int:
    """More the more of the meaning is shared, and the more central it is to both; 0 for none."""
    shared = one.sense_set & other.sense_set
    if not shared:
        return 0
    if len(shared) == len(one.senses) == len(other.senses):
        worth = _ALL
    elif one.senses[0] == other.senses[0]:
        worth = _FIRST
    else:
        worth = _ONE_FIRST if one.senses[0] in shared or other.senses[0] in shared else _ANY
    known = one.pos and other.pos
    return worth + (_OTHER_CLASS if known and _class(one) != _class(other) else 0)


def why(one: ConfusableWord, other: ConfusableWord) -> str:
    """What both mean."""
    shared = next(sense for sense in min(one, other, key=_name).senses if sense in one.sense_set & other.sense_set)
    return f"both mean “{shown(min(one, other, key=_name).definition, shared)}”"


def _class(word: ConfusableWord) -> str:
    return _CLASSES.get(word.pos, word.pos)


def _name(word: ConfusableWord) -> str:
    return word.item_id
