"""Tell the tense of simple English sentences by their verb forms, without a tagger. Most sentences have no clear tense."""

import re
from functools import cache, lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.english_roots import PARTICIPLES, PAST

_PAST_FORMS = "|".join(past for past, _ in PAST)
_REGULAR = """
work study play watch listen live like love want call wait walk open close start finish cook clean wash help talk visit
arrive return use need look ask answer order rent borrow cancel travel apologize apologise contact receive decide move
change learn turn try enjoy believe order snow rain climb smile laugh cry stay carry pass fail marry hope thank explain
"""
_BASES = "|".join((*(base for _, base in PAST), *_REGULAR.split()))
_PRONOUN = r"\b(?:I|you|You|we|We|they|They)"
_SUBJECT = (
    r"\b(?:I|[Yy]ou|[Hh]e|[Ss]he|[Ii]t|[Ww]e|[Tt]hey|[Ww]ho"
    r"|(?:[Tt]he|[Mm]y|[Yy]our|[Hh]is|[Hh]er|[Oo]ur|[Aa]) \w+|(?!Dear)[A-Z]\w+)"
)
_OFTEN = r"(?: (?:always|also|just|really|often|usually|already|only|never|suddenly|even))?"
_FUTURE = lazy_regex(r"\b(?:will|won't|shall|shan't|going to|gonna|let's|about to)\b|'ll\b|’ll\b", re.I)
# The verb after "will" is not in the past: will hurt.
_AFTER_WILL = lazy_regex(r"(?:\b(?:will|won't|shall|going to|gonna|let's)|['’]ll)(?: not| never| be| get)? \w+", re.I)
# Everything that may be in the past, also as a participle or a conditional.
_MAY_BE_PAST = lazy_regex(
    r"\b(?:(?:was|were|did|had|has|have|would|could|might|should)(?:n't|n’t)?|been|gone|done|seen|used|ago"
    r"|yesterday|put|read"
    rf"|cut|let|set|hit|hurt|cost|shut|spread|quit|born|{_PAST_FORMS}|\w+ed|(?:tak|giv|eat|writt|brok|spok|chos"
    rf"|stol|forgott|gott|driv|ridd|fall|hidd|froz|beat|shak|wok|prov)en"
    r"|sent|lent|spent|meant|bent|burnt|learnt|dreamt)\b|['’](?:ve|d)\b",
    re.I,
)
_STATES = "wear|sit|stand|ly|hang|going|look|carry|hold"  # is wearing: Korean has the past
_PROGRESSIVE = lazy_regex(
    rf"(?:\b(?:am|is|are|isn't|aren't)|['’](?:m|s|re))(?: not| still| now)? (?!{_STATES})(\w{{3,}}ing)\b", re.I
)
_PRESENT = lazy_regex(
    rf"{_PRONOUN}{_OFTEN} (?:{_BASES}|don't|do not)\b|\b(?:[Hh]e|[Ss]he|[Ii]t){_OFTEN} (?:(?:{_BASES})e?s|doesn't)\b"
    r"|\b[Dd]o(?:es)? (?:I|you|we|they|he|she|it)\b"
)
_BE = lazy_regex(
    r"\b(?:am|is|are|isn't|aren't|do|does|don't|doesn't|has|have|can|may|must|should|would|could)\b|['’](?:m|s|re"
    r"|ve|d|ll)\b",
    re.I,
)
_IS = lazy_regex(r"\b(?:am|is|are|isn't|aren't)\b|['’](?:m|s|re)\b", re.I)
_CERTAINLY_PAST = lazy_regex(
    rf"\b(?:was|were|wasn't|weren't|did|didn't)\b"
    rf"|{_SUBJECT}{_OFTEN} (?:{_PAST_FORMS}|(?!need|fe|ble|spe|embed)\w{{2,}}ed)\b"
)
_CLAUSE = lazy_regex(r"^(?:If|When|Because|Since|As|Although|Before|After|While|Once) [^,]+, ", re.I)
_LATER_CLAUSE = lazy_regex(r",? (?:because|since|when|although|while|before|after) .*$")


def main_clause(english: str) -> str:
    """Return the sentence without the clauses before and after its main clause: If it rains, we will cancel it."""
    return _LATER_CLAUSE.sub("", _CLAUSE.sub("", english))


def is_future_only(english: str) -> bool:
    """Return whether the sentence is about the future, with nothing that may be in the past: I will go."""
    return _has_future(english) and not _MAY_BE_PAST.search(_AFTER_WILL.sub(" ", english))


@lru_cache(maxsize=1024)
def is_present_only(english: str) -> bool:
    """Return whether a main verb is in the present, with nothing that may be in the past: I eat bread."""
    if _may_be_past(english) or _has_future(english):
        return False
    return (_PRESENT.search(english) or _PROGRESSIVE.search(english)) is not None


def is_adjective_in_the_present(english: str) -> bool:
    """Return whether the sentence has am, is, or are, and nothing that may be in the past: It is cold."""
    return _IS.search(english) is not None and not (_may_be_past(english) or _has_future(english))


def is_past_only(english: str) -> bool:
    """Return whether the main verb is certainly in the past, with nothing in the present or future: I went home."""
    if _has_future(english) or _BE.search(english) or _PRESENT.search(english):
        return False
    return _CERTAINLY_PAST.search(english) is not None


@lru_cache(maxsize=1024)
def _has_future(english: str) -> bool:
    return _FUTURE.search(english) is not None


@lru_cache(maxsize=1024)
def _may_be_past(english: str) -> bool:
    return _MAY_BE_PAST.search(english) is not None


def irregular_verbs(text: str) -> frozenset[str]:
    """Return the irregular verbs in a text, in their base form: "has eaten" → {"eat"}."""
    bases = _bases()
    return frozenset(bases[word] for word in re.findall("[a-z]+", text.lower()) if word in bases)


@cache
def _bases() -> dict[str, str]:
    return {form: base for past, base in (*PAST, *PARTICIPLES) for form in (past, base, f"{base}s")}
