"""Split an English definition into senses, each a set of stems: "to feel suddenly" equals "feeling sudden".

Function words count: "I see" is not "see", and "to you" is not "you".
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from korean_flashcards.confusables.ambiguous import AMBIGUOUS, AMBIGUOUS_VERBS
from korean_flashcards.korean.glosses import content_words

Sense = frozenset[str]

# Words that say nothing about the meaning. Other function words count ("I", "not", "out", "this").
_LABELS_TEXT = """
a an the to of is be am are sb sth etc eg ie esp usually especially kind sort type form noun verb adjective adverb particle
suffix prefix person honorific polite formal informal casual humble proper quotative korean unknown none na tbd
"""
_LABELS = frozenset(_LABELS_TEXT.split())
# Words that name a grammatical function instead of a meaning.
_GRAMMAR = frozenset(["marker", "ending", "hearsay", "exclamation", "exclamatory", "realization"])
# Words that link clauses, in addition to the idle words of ``glosses``.
_LINKS_TEXT = """
but whether because if when while though although until since only even than then unless there
"""
_LINKS = frozenset(_LINKS_TEXT.split())
_CLIPPED = ((re.compile(r"n't\b"), " not"), (re.compile(r"'ll\b"), " will"), (re.compile(r"'(s|m|re|ve|d)\b"), ""))
_NOTE = re.compile(r"\([^)]*\)?")
_WHOLE = 4  # letters
_NAME = re.compile(r"(?i).+\bname\b.*|surname|nickname|name|no common meaning")


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
    if words & _GRAMMAR:
        return frozenset()
    return frozenset(stem for word in words for stem in _stems(word) or [word])


def is_function(sense: Sense) -> bool:
    """Return whether a sense consists only of function words, such as "if" or "to me"."""
    return not _content(sense)


def is_ambiguous(sense: Sense, *, verbs: bool) -> bool:
    """Return whether a sense says no more than one English word with unrelated meanings, such as "general" or "put in"."""
    stems = _AMBIGUOUS_STEMS | _AMBIGUOUS_VERB_STEMS if verbs else _AMBIGUOUS_STEMS
    content = _content(sense)
    return len(content) == 1 and content <= stems


def _content(sense: Sense) -> Sense:
    return frozenset(word for word in sense if word not in _LINKS and content_words(word))


def _stems(word: str) -> Sense:
    """Return the stems of a word. Short words are not stemmed, because "fate" would become "fat"."""
    stems = content_words(word)
    return frozenset([word]) if stems and len(word) <= _WHOLE else stems


_AMBIGUOUS_STEMS = frozenset(stem for word in AMBIGUOUS for stem in _stems(word) or [word])
_AMBIGUOUS_VERB_STEMS = frozenset(stem for word in AMBIGUOUS_VERBS for stem in _stems(word) or [word])
