"""Split an English definition into senses, each a set of stems: "to feel suddenly" equals "feeling sudden".

Function words count: "I see" is not "see", and "to you" is not "you".
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from korean_flashcards.confusables.ambiguous import AMBIGUOUS, AMBIGUOUS_VERBS
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.glosses import content_words

Sense = frozenset[str]

# Words that say nothing about the meaning. Other function words count ("I", "not", "out", "this").
_LABELS_TEXT = """
a an the to of is be am are sb sth etc eg ie esp usually especially kind sort type form noun verb adjective adverb particle
suffix prefix honorific polite formal informal casual humble proper quotative korean unknown none na tbd
"""
_LABELS = frozenset(_LABELS_TEXT.split())
# Words that name a grammatical function instead of a meaning.
_GRAMMAR = frozenset(["marker", "ending", "hearsay", "exclamation", "exclamatory", "realization"])
# Words that link clauses, in addition to the idle words of ``glosses``.
_LINKS_TEXT = """
but whether because if when while though although until since only even than then unless there
must should can cannot could would will shall may might able intend let want wanted probably perhaps
"""
_CLIPPED = ((lazy_regex(r"n't\b"), " not"), (lazy_regex(r"'ll\b"), " will"), (lazy_regex(r"'(s|m|re|ve|d)\b"), ""))
_NOTE = lazy_regex(r"\([^)]*\)?")
_WHOLE = 4  # letters
_UNSTEMMED = frozenset((
    "sometimes", "news", "times", "missing", "missed", "means",
    # "lovely" is not "loved", and "hardly" is not "hard".
    "lovely", "lively", "likely", "lonely", "costly", "deadly", "hardly", "lately", "shortly", "barely", "nearly",
))  # fmt: skip
_NAME = lazy_regex(r"(?i).+\bname\b.*|surname|nickname|name|no common meaning")
# A definition that is a proper name, such as "Roger" or "Dan (name)".
_PROPER = lazy_regex(r"[A-Z][a-z]+(?: \(.*\))?|proper noun|(?:fe)?male name|surname")


@lru_cache(maxsize=4096)
def senses_of(definition: str) -> Mapping[Sense, str]:
    """Return a definition's senses in order, each with the first part that expresses it: "to feel" in "to notice; to feel".

    Notes in parentheses count only if the definition contains nothing else.
    """
    found: dict[Sense, str] = {}
    for sense, text in _parts(definition):
        found.setdefault(sense, text)
    return MappingProxyType(found)


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
    found = re.findall(r"[a-z]+", text)
    words = frozenset(found) - _LABELS
    if words & _GRAMMAR:
        return frozenset()
    sense = frozenset(stem for word in words for stem in _stems(word) or [word])
    # "to go" is "go", but "to me" is not "me", and "thanks to" is not "thanks".
    is_direction = "to" in found[1:] or ("to" in found and is_function(sense))
    return sense | {"to"} if is_direction else sense


def is_proper(definition: str) -> bool:
    """Return whether a definition is a proper name, which is not confused with words that only look or sound similar."""
    return _PROPER.fullmatch(definition) is not None


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
    """Return the stems of a word. Short words are not stemmed: "fate" would become "fat", and "news" "new"."""
    stems = content_words(word)
    return frozenset([word]) if stems and (len(word) <= _WHOLE or word in _UNSTEMMED) else stems


_LINKS = frozenset(stem for word in _LINKS_TEXT.split() for stem in (word, *_stems(word)))


def _all_stems(words: Iterable[str]) -> frozenset[str]:
    """Return the stems of English words and of their inflected forms: "call", and "cal" for "called"."""
    return frozenset(
        stem for word in words for form in (word, f"{word}ed", f"{word}ing") for stem in (form, *_stems(form))
    )


_AMBIGUOUS_STEMS = _all_stems(AMBIGUOUS)
_AMBIGUOUS_VERB_STEMS = _all_stems(AMBIGUOUS_VERBS)
