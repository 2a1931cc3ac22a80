"""Compare words by their meaning: near-synonyms have definitions that share a sense."""

from collections.abc import Iterator

from korean_flashcards.confusables.light_verbs import is_sense_of
from korean_flashcards.confusables.senses import Sense, is_ambiguous, is_function, shown
from korean_flashcards.confusables.transliterated import is_transliterated
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
_VAGUE = frozenset(("so", "as"))
# Lists from subtitles call many other forms particles.
_PARTICLES_TEXT = """
이 가 은 는 을 를 의 에 에서 에게 에게서 한테 한테서 께 께서 와 과 하고 랑 이랑 로 으로 로서 으로서 로써 으로써 보다
처럼 같이 만큼 만 뿐 밖에 도 까지 마저 조차 부터 마다 나 이나 라도 이라도 든지 이든지 야 이야 요 대로 말고 따라
의하면 통해 통해서 관해 관한 대해 대한 위해 위해서
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
# A card must not lead from a standard word to its counterpart in a dialect.
_DIALECT = frozenset(("마이", "억수로", "겁나게", "허벌나게", "솔찬히", "거시기", "참말로", "엄니"))
_CLASSES = {"verb": "verb", "adjective": "verb", "noun": "noun", "pronoun": "noun", "numeral": "noun"}


def keys(word: ConfusableWord) -> Iterator[Sense]:
    """Yield whole senses, because individual gloss words (thing, person, to make) are shared by too many words."""
    yield from word.senses


def points(one: ConfusableWord, other: ConfusableWord) -> int:
    """Return a pair's points: the maximum if the words share all senses, or 0 if they share none."""
    shared = one.sense_set & other.sense_set
    if not shared or _is_no_word(one) or _is_no_word(other) or _is_question(one) != _is_question(other):
        return 0
    if len(shared) == len(one.senses) == len(other.senses):
        worth = _ALL
    elif one.senses[0] == other.senses[0]:
        worth = _FIRST
    else:
        worth = _ONE_FIRST if one.senses[0] in shared or other.senses[0] in shared else _ANY
    if all(_is_weak(sense, one, other) for sense in shared):
        worth += _WEAK
    if _begin_alike(one, other):
        worth += _SAME_BEGINNING
    known = one.pos and other.pos
    return worth + (_OTHER_CLASS if known and _class(one) != _class(other) else 0)


def why(one: ConfusableWord, other: ConfusableWord) -> str:
    """Return the reason for the points, including the shared sense."""
    shared = next(sense for sense in min(one, other, key=_name).senses if sense in one.sense_set & other.sense_set)
    return f"both mean “{shown(min(one, other, key=_name).definition, shared)}”"


def _begin_alike(one: ConfusableWord, other: ConfusableWord) -> bool:
    """Return whether two words are probably one word with different endings, or with the honorific suffix 님."""
    first, second = one.bare, other.bare
    if first[:_BEGINNING] != second[:_BEGINNING]:
        return False
    are_nouns = one.pos == other.pos == "noun"  # 역사상 and 역사에, but not 돌아가면 and 돌아오면
    return are_nouns or len(first) != len(second) or ("님" in first) != ("님" in second)


def _is_no_word(word: ConfusableWord) -> bool:
    """Return whether no word of similar meaning should lead to this one.

    It is a number, a dialect word, a wrong particle, or an English word.
    """
    if word.slots is None or word.bare in _DIALECT or (word.pos == "particle" and word.bare not in _PARTICLES):
        return True
    return is_transliterated(word.bare, word.definition)


def _is_question(word: ConfusableWord) -> bool:
    """Return whether a word means a question: 안될까요 "possible?" is not 가능한 "possible"."""
    return word.definition.rstrip(") ").endswith("?")


def _is_weak(sense: Sense, one: ConfusableWord, other: ConfusableWord) -> bool:
    """Return whether a shared sense is no evidence that the words mean the same."""
    if any(word.light and not is_sense_of(sense, word.light) for word in (one, other)):
        return True
    if is_function(sense):
        if sense <= _VAGUE:
            return True
        # 받게 and 갖게 mean “so that” because they have the same ending.
        same_ending = one.pos != "pronoun" and one.bare[-1:] == other.bare[-1:]
        return same_ending or one.pos != other.pos or one.pos not in _FUNCTIONS
    return is_ambiguous(sense, verbs="verb" in (_class(one), _class(other)))


def _class(word: ConfusableWord) -> str:
    is_nominalized = word.bare.endswith("기") and word.definition.endswith("ing")  # 보이기 "showing"
    return "verb" if word.light or is_nominalized else _CLASSES.get(word.pos, word.pos)


def _name(word: ConfusableWord) -> str:
    return word.item_id
