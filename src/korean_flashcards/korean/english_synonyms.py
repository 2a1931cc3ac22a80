"""Tell whether two English glosses may mean the same. The glosses of hanja list synonyms: "stop, halt", "luck, fortune"."""

import re
from collections import defaultdict
from functools import cache

from korean_flashcards.domain.lazy_regex import lazy_regex

from .glosses import alike, content_words
from .hanja_data import entries

_NOTES = lazy_regex(r"\([^)]*\)")
# pear (not the ship 배)
_CONTRAST = lazy_regex(r"\b(?:not|unlike|opposite|different|from)\b")
_ARTICLE = lazy_regex("^(?:to|an?|the) ")
_SHORTEST = 3  # letters
_LONGEST = 2  # words: longer senses are explanations

# Words for the same thing that no gloss lists together.
_MORE_SYNONYMS = """
big large huge great; small little tiny; begin start; end finish stop; fast quick quickly rapid speedy swift; slow slowly
happy glad joyful pleased; sad unhappy sorrowful; smart clever intelligent bright; scary frightening afraid fear scared
pretty beautiful lovely cute; tasty delicious yummy; car vehicle automobile; doctor physician; mom mother; dad father
kid child children; film movie; store shop; house home; job work occupation; street road way; nearly almost; maybe
perhaps probably
speak talk say tell; look see watch; hear listen; answer reply respond response; buy purchase; get receive obtain
give hand present; fix repair mend; wear put dress; difficult hard tough; easy simple; sick ill illness disease; rich wealthy
angry mad; tired exhausted weary; broth soup stock; error mistake fault; luck fortune; sky heaven; wish want hope desire
help assist aid; choose select pick; decision determination resolve; result outcome effect; reason cause; method way means
place location spot; city town; nation country state; person human man people; woman lady female; man male; boss superior
meal food dish rice; stay remain; live dwell reside; reach arrive; leave depart go; meeting appointment promise; gather
collect
break destroy; make build create produce construct; cook prepare; cold chilly cool; hot warm; wide broad; polite courteous
rude impolite; kind friendly nice gentle; attachment affection love fondness; feeling emotion sentiment; grown adult
awesome amazing great wow; soon shortly; suddenly abruptly unexpectedly; always constantly; often frequently; very
really quite; indigestion upset
"""


def may_mean_the_same(one: str, other: str) -> bool:
    """Return whether two glosses have a sense, a word, or a synonym in common. Notes in parentheses do not count.

    Words such as "give" and "be", which are too common to compare, count only as a whole sense.
    """
    if _plain_senses(one) & _plain_senses(other):
        return True
    words, others = _core(one), _core(other)
    return not words or not others or _repeats(words, other) or _repeats(others, one) or related(words, others)


def _repeats(words: frozenset[str], text: str) -> bool:
    """Return whether a gloss with its notes has all these words: "counter for flat things", "sheet (counter for flat …)"."""
    return words <= content_words(text) and not _CONTRAST.search(text)


def _plain_senses(text: str) -> set[str]:
    parts = re.split("[;,/…]", _NOTES.sub("", text.lower()))
    return {sense for part in parts if (sense := _ARTICLE.sub("", part.strip(" .!?'\"")).strip())}


def _core(text: str) -> frozenset[str]:
    """Return the content words outside parentheses, or those inside if there are no others."""
    return content_words(_NOTES.sub("", text)) or content_words(text)


def related(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two sets of content words have a word in common, alike words, or synonyms."""
    synonyms = _synonyms()
    if alike(one, other) or any(_extends(word, longer) or _extends(longer, word) for word in one for longer in other):
        return True
    return any(not synonyms.get(word, frozenset()).isdisjoint(other) for word in one)


def _extends(word: str, longer: str) -> bool:
    """Return whether a word is the beginning of a longer one: old, older."""
    return len(word) >= _SHORTEST and longer.startswith(word)


@cache
def _synonyms() -> dict[str, set[str]]:
    """Return the stems of the words that stand beside each word in a gloss."""
    groups = [[content_words(sense) for sense in part.split(",")] for part in _parts()]
    groups += [[content_words(word) for word in line.split()] for line in re.split("[;\n]", _MORE_SYNONYMS)]
    found: dict[str, set[str]] = defaultdict(set)
    for group in groups:
        senses = [sense for sense in group if 0 < len(sense) <= _LONGEST]
        together = set().union(*senses)
        for word in together if len(senses) > 1 else ():
            found[word] |= together
    return dict(found)


def _parts() -> list[str]:
    glosses = (entry.gloss for entry in entries().values() if "," in entry.gloss)
    return [part for gloss in glosses for part in _NOTES.sub("", gloss).split(";") if "," in part]
