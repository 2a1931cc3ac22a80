"""Compare words by their meaning: near-synonyms have definitions that share a sense."""

from collections.abc import Iterator

from korean_flashcards.confusables.senses import Sense, shown
from korean_flashcards.confusables.word import ConfusableWord

# Points if the words share all senses, the first sense of both, the first sense of one, or any sense.
_ALL, _FIRST, _ONE_FIRST, _ANY = 75, 65, 55, 45
# Words of different classes rarely mean the same thing, even if their glosses match ("like", "to attach" and "attachment").
_OTHER_CLASS = -30
_CLASSES = {"verb": "verb", "adjective": "verb", "noun": "noun", "pronoun": "noun", "numeral": "noun"}


def keys(word: ConfusableWord) -> Iterator[Sense]:
    """Yield whole senses, because individual gloss words (thing, person, to make) are shared by too many words."""
    yield from word.senses


def points(one: ConfusableWord, other: ConfusableWord) -> int:
    """Return a pair's points: the maximum if the words share all senses, or 0 if they share none."""
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
    """Return the reason for the points, including the shared sense."""
    shared = next(sense for sense in min(one, other, key=_name).senses if sense in one.sense_set & other.sense_set)
    return f"both mean “{shown(min(one, other, key=_name).definition, shared)}”"


def _class(word: ConfusableWord) -> str:
    return _CLASSES.get(word.pos, word.pos)


def _name(word: ConfusableWord) -> str:
    return word.item_id
