"""Read a term as people write it in lists: the headword, its dictionary number, and the notes beside it."""

import unicodedata
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.headword_marks import without_boundaries
from korean_flashcards.formats.term_notes import separate_notes
from korean_flashcards.formats.term_wrapping import unwrapped_term

# Most terms consist only of syllables and need no cleaning.
_PLAIN = lazy_regex("[가-힣]+(?: [가-힣]+)*")
_WORD_END = r"[가-힣ㄱ-ㅎㅏ-ㅣ]"
_OPENING, _CLOSING = r"[(（\[［〔〈《【<]", r"[)）\]］〕〉》】>]"
# Dictionaries write 사과05 and 사과005; 00 marks a word without homographs. A prefix has its hyphen last: 맨01-.
_PADDED = lazy_regex(rf"(.*{_WORD_END})(?:[_-]?0(\d{{1,2}})| ?{_OPENING}0(\d{{1,2}}){_CLOSING})(-?)")
_SUPERSCRIPT = lazy_regex(rf"(.*{_WORD_END}) ?([⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}}|[₀₁₂₃₄₅₆₇₈₉]{{1,2}}|[①-⑳⑴-⒇❶-❿]|\^\d{{1,2}})(-?)")
_SUFFIXED = lazy_regex(
    rf"([^\d]*{_WORD_END})(?:([0-9]{{1,9}})| ([0-9]{{1,9}})| ?{_OPENING}([0-9]{{1,9}}){_CLOSING})(-?)"
)
# 제1 and 제2 are ordinal numbers.
_ORDINAL = "제"
# Dictionaries number at most a few dozen homographs. Higher numbers count something else.
_MOST_HOMOGRAPHS = 40
# A list with this many zero-padded numbers numbers its homographs. The number 10 has no zero: 개09, 개10. Only short words
# have that many homographs, so that 코로나19 stays.
_FEWEST_PADDED = 2
_TWO_DIGITS = lazy_regex(r"[가-힣]{1,2}[1-4]\d")
# A longer cell contains no term. Cleaning it would take long, because notes are removed one by one.
LONGEST_CELL = 1000


@dataclass(frozen=True)
class TermText:
    """A term after cleaning.

    Attributes:
        term: The headword.
        written: The text in the cell, without invisible characters and with single spaces.
        hanja: The hanja beside the headword, or an empty string.
        gloss: The English meaning beside the headword, or an empty string.
        number: The dictionary number, or None.
    """

    term: str
    written: str
    hanja: str = ""
    gloss: str = ""
    number: int | None = None


class _AnyHeadword(Container[str]):
    """A set that contains every headword."""

    def __contains__(self, headword: object) -> bool:
        return True


def read_term(text: str, definition: str = "", numbered: Container[str] = frozenset()) -> TermText:
    """Return the cleaned term in a cell.

    Args:
        text: The text in the cell.
        definition: The row's definition. Latin text beside the word that repeats it is removed.
        numbered: The headwords that the list numbers, as returned by ``numbered_headwords``.
    """
    written = " ".join(clean(text).split())
    if _PLAIN.fullmatch(written) or len(written) > LONGEST_CELL:
        return TermText(written, written)
    term, hanja, gloss, number = unwrapped_term(text), "", "", 0
    while True:
        found = _marked_number(term) or _listed_number(term, numbered)
        notes = separate_notes(found[0] if found else term, clean(definition))
        shorter = unwrapped_term(notes.term)
        hanja, gloss = hanja or notes.hanja, gloss or notes.gloss
        number = number or (found[1] if found else 0)
        if shorter == term:
            return TermText(term, written, hanja, gloss, number or None)
        term = shorter


def numbered_headwords(terms: Iterable[str]) -> frozenset[str]:
    """Return the headwords to which a list adds at least two different numbers, such as 배 for 배1 and 배2.

    A zero-padded number is one of them: 수 for 수01 and 수12. Headwords with a number that no homograph has, such as 0 or
    2026, are left out.
    """
    numbers: dict[str, set[int]] = {}
    padded: set[str] = set()
    two_digits: set[str] = set()
    for text in terms:
        if has_number(text):
            found = read_term(text, "", _AnyHeadword())
            numbers.setdefault(found.term, set()).add(found.number or 0)
            if _PADDED.fullmatch(found.written):
                padded.add(found.term)
            elif _TWO_DIGITS.fullmatch(found.written):
                two_digits.add(found.term)
    several = {headword for headword, given in numbers.items() if len(given) > 1}
    if len(padded) >= _FEWEST_PADDED:
        several |= two_digits - {_ORDINAL}
    return frozenset(one for one in several if min(numbers[one]) > 0 and max(numbers[one]) <= _MOST_HOMOGRAPHS)


def has_number(text: str) -> bool:
    """Return whether a cell contains a digit, so that its term may depend on the numbers in the whole list."""
    return any(map(str.isdigit, text))


def spellings(values: Mapping[str, str], numbered: Container[str]) -> set[str]:
    """Return the spellings under which a ledger may have a row's word: after cleaning, and as written in the list."""
    found = read_term(values.get("term", ""), values.get("definition", ""), numbered)
    return {found.term, found.written}


def _marked_number(term: str) -> tuple[str, int] | None:
    """Return the headword and its number if the number can only be a dictionary's: zero-padded or superscript."""
    if found := _PADDED.fullmatch(term):
        return without_boundaries(found[1]) + found[4], int(found[2] or found[3])
    if found := _SUPERSCRIPT.fullmatch(term):
        digits = (int(unicodedata.numeric(sign)) for sign in found[2].lstrip("^"))
        return without_boundaries(found[1]) + found[3], int("".join(map(str, digits)))
    return None


def _listed_number(term: str, numbered: Container[str]) -> tuple[str, int] | None:
    found = _SUFFIXED.fullmatch(term)
    if not found or found[1] == _ORDINAL:
        return None
    headword = found[1] + found[5]
    return (headword, int(found[2] or found[3] or found[4])) if headword in numbered else None
