"""Recognize entries of a word list from which the offline model cannot make a good card, and say what would help."""

from typing import Any

from korean_flashcards.checks.occurrence import occurs_in
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.korean.glosses import says_nothing
from korean_flashcards.korean.hangul import has_hangul
from korean_flashcards.korean.ipa import ipa_of
from korean_flashcards.llm.providers.base import BackendError
from korean_flashcards.llm.providers.offline.person_names import is_person_name
from korean_flashcards.llm.providers.offline.places import spoken_part

_BOUND = ("particle", "ending", "suffix")


def check_entry(word: dict[str, Any]) -> None:
    """Check what can be checked without the morphological analyzer.

    Raises:
        BackendError: The word has no definition, is a person's name, or has digits or Latin letters.
    """
    term, definition = word["term"], str(word.get("definition") or "")
    if says_nothing(definition):
        _refuse(FailureCode.NO_DEFINITION, "no definition in the list: add one or use a different model")
    if is_person_name(term, definition, str(word.get("usage_hint") or "")):
        _refuse(FailureCode.PERSON_NAME, f"{term} is a person's name: the offline model makes no cards of names")
    if ipa_of(spoken_part(term)) is None:
        message = f"the offline model cannot pronounce {term!r}: write the word in Hangul or use a different model"
        _refuse(FailureCode.NO_PRONUNCIATION, message)


def check_example(word: dict[str, Any], pos: str) -> None:
    """Check that the list's example contains the word or a form of it. Otherwise, the definition may be wrong, too.

    Raises:
        BackendError: The example does not contain the word.
    """
    term, example = spoken_part(word["term"]), str(word.get("example") or "")
    if not has_hangul(example):
        return
    inflects = pos in ("verb", "adjective")
    if not occurs_in(term, example, pos, bound=pos in _BOUND or term != word["term"], inflects=inflects):
        message = f"the list's example does not contain {word['term']}: correct or remove it, or use a different model"
        _refuse(FailureCode.WRONG_EXAMPLE, message)


def _refuse(code: FailureCode, message: str) -> None:
    raise BackendError(code, message, retry=False)
