"""Split an English definition into senses, each a set of stems: "to feel suddenly" equals "feeling sudden"."""

import re
from collections.abc import Iterator
from functools import lru_cache

from korean_flashcards.korean.glosses import content_words

Sense = frozenset[str]

# Words that say nothing about the meaning. Other function words count if a sense has no content words ("I", "who", "as").
_LABELS_TEXT = """
a an the to of is be am are sb sth etc eg ie esp usually especially kind sort type form noun verb adjective adverb particle
suffix prefix person honorific polite formal informal casual humble proper quotative korean unknown none na tbd
"""
_LABELS = frozenset(_LABELS_TEXT.split())
# Function words that change the meaning of the words next to them: "not to exist", "to come out", "this place".
_TURNS_TEXT = """
not no without cannot out up off over down away back for at this that these those
do does did done go goes went give gave get got have has had make made use used
"""
_TURNS = frozenset(_TURNS_TEXT.split())
_CLIPPED = ((re.compile(r"n't\b"), " not"), (re.compile(r"'ll\b"), " will"), (re.compile(r"'(s|m|re|ve|d)\b"), ""))
_NOTE = re.compile(r"\([^)]*\)?")
_WHOLE = 4  # letters
_NAME = re.compile(r"(?i).+\bname\b.*|surname|nickname")


@lru_cache(maxsize=4096)
def senses_of(definition: str) -> tuple[Sense, ...]:
    """Return a definition's senses in order, without duplicates.

    Notes in parentheses count only if the definition contains nothing else.
    """
    return tuple(dict.fromkeys(sense for sense, _ in _parts(definition)))


def shown(definition: str, sense: Sense) -> str:
    """Return the part of a definition that expresses the sense, such as "to feel" in "to notice; to feel"."""
    return next(text for found, text in _parts(definition) if found == sense)


def _parts(definition: str) -> Iterator[tuple[Sense, str]]:
    for part in re.split(r"[;,/]", _NOTE.sub(" ", definition).strip() or definition.strip(" ()")):
        if sense := _sense(part):
            yield sense, " ".join(part.split())


def _sense(text: str) -> Sense:
    """Return the sense that one part of a definition expresses.

    Definitions of names (“female name”) yield no sense because nobody confuses Emily with Natalie.
    """
    if _NAME.fullmatch(text.strip()):
        return frozenset()
    text = text.lower()
    for clipped, whole in _CLIPPED:
        text = clipped.sub(whole, text)
    words = frozenset(re.findall(r"[a-z]+", text)) - _LABELS
    meaning = frozenset(stem for word in words for stem in _stems(word))
    return meaning | (words & _TURNS) if meaning else words


def _stems(word: str) -> Sense:
    """Return the stems of a word. Short words are not stemmed, because "fate" would become "fat"."""
    stems = content_words(word)
    return frozenset([word]) if stems and len(word) <= _WHOLE else stems
