"""Compare words by their meaning: near-synonyms have definitions that share a sense."""

from collections.abc import Iterator

from korean_flashcards.confusables.senses import Sense, is_ambiguous, is_function, shown
from korean_flashcards.confusables.word import ConfusableWord

# Points if the words share all senses, the first sense of both, the first sense of one, or any sense.
_ALL, _FIRST, _ONE_FIRST, _ANY = 75, 65, 55, 45
# Added if every shared sense is ambiguous, or says only how the words are used in a sentence ("if", "to me").
_WEAK = -35
# Added if the words begin with the same two syllables: they are often forms of one word, such as 교수 and 교수님.
_SAME_BEGINNING, _BEGINNING = -30, 2
# Classes whose words often mean nothing but such a function.
_FUNCTIONS = ("pronoun", "determiner", "adverb", "numeral", "interjection", "conjunction")
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
    if all(_is_weak(sense, one, other) for sense in shared):
        worth += _WEAK
    if _begin_alike(one.bare, other.bare):
        worth += _SAME_BEGINNING
    known = one.pos and other.pos
    return worth + (_OTHER_CLASS if known and _class(one) != _class(other) else 0)


def why(one: ConfusableWord, other: ConfusableWord) -> str:
    """Return the reason for the points, including the shared sense."""
    shared = next(sense for sense in min(one, other, key=_name).senses if sense in one.sense_set & other.sense_set)
    return f"both mean “{shown(min(one, other, key=_name).definition, shared)}”"


def _begin_alike(one: str, other: str) -> bool:
    """Return whether two words are probably one word with different endings, or with the honorific suffix 님."""
    return one[:_BEGINNING] == other[:_BEGINNING] and (len(one) != len(other) or ("님" in one) != ("님" in other))


def _is_weak(sense: Sense, one: ConfusableWord, other: ConfusableWord) -> bool:
    """Return whether a shared sense is no evidence that the words mean the same."""
    if is_function(sense):
        # 받게 and 갖게 mean “so that” because they have the same ending.
        same_ending = one.pos != "pronoun" and one.bare[-1:] == other.bare[-1:]
        return same_ending or one.pos != other.pos or one.pos not in _FUNCTIONS
    return is_ambiguous(sense, verbs="verb" in (_class(one), _class(other)))


def _class(word: ConfusableWord) -> str:
    return _CLASSES.get(word.pos, word.pos)


def _name(word: ConfusableWord) -> str:
    return word.item_id
