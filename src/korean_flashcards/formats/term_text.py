"""Read a term as people write it in lists: the headword, its dictionary number, and the notes beside it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.formats.term_notes import separate_notes
from korean_flashcards.formats.term_wrapping import unwrapped_term

# Most terms consist only of syllables and need no cleaning.
_PLAIN = re.compile("[가-힣]+(?: [가-힣]+)*")
_WORD_END = r"[가-힣ㄱ-ㅎㅏ-ㅣ]"
# Dictionaries write 사과05 and 사과005; 00 marks a word without homographs. A prefix has its hyphen last: 맨01-.
_PADDED = re.compile(rf"(.*{_WORD_END})[_-]?0(\d{{1,2}})(-?)")
_SUPERSCRIPT = re.compile(rf"(.*{_WORD_END})([⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}}|[₀₁₂₃₄₅₆₇₈₉]{{1,2}}|[①-⑳]|\^\d{{1,2}})(-?)")
_SUFFIXED = re.compile(rf"([^\d]*{_WORD_END})(?:([0-9]{{1,9}})| ([0-9]{{1,9}})| ?\(([0-9]{{1,9}})\))(-?)")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
# 제1 and 제2 are ordinal numbers.
_ORDINAL = "제"
# Dictionaries number at most a few dozen homographs. Higher numbers count something else.
_MOST_HOMOGRAPHS = 40


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


def read_term(text: str, definition: str = "", numbered: frozenset[str] = frozenset()) -> TermText:
    """Return the cleaned term in a cell.

    Args:
        text: The text in the cell.
        definition: The row's definition. Latin text beside the word that repeats it is removed.
        numbered: The headwords that the list numbers, as returned by ``numbered_headwords``.
    """
    written = " ".join(clean(text).split())
    if _PLAIN.fullmatch(written):
        return TermText(written, written)
    term, hanja, gloss, number = unwrapped_term(text), "", "", None
    while True:
        notes = separate_notes(term, clean(definition))
        found = _marked_number(notes.term) or _listed_number(notes.term, numbered)
        shorter = unwrapped_term(found[0] if found else notes.term)
        hanja, gloss = hanja or notes.hanja, gloss or notes.gloss
        number = number or (found[1] or None if found else None)
        if shorter == term:
            return TermText(term, written, hanja, gloss, number)
        term = shorter


def numbered_headwords(terms: Iterable[str]) -> frozenset[str]:
    """Return the headwords to which a list adds at least two different numbers, such as 배 for 배1 and 배2.

    Headwords with a number that no homograph has, such as 0 or 2026, are left out.
    """
    numbers: dict[str, set[int]] = {}
    for text in terms:
        if has_number(text) and (found := _suffixed_number(read_term(text).term)):
            numbers.setdefault(found[0], set()).add(found[1])
    return frozenset(
        headword
        for headword, found in numbers.items()
        if len(found) > 1 and min(found) > 0 and max(found) <= _MOST_HOMOGRAPHS
    )


def has_number(text: str) -> bool:
    """Return whether a cell contains a digit, so that its term may depend on the numbers in the whole list."""
    return any("0" <= sign <= "9" for sign in text)


def spellings(values: Mapping[str, str], numbered: frozenset[str]) -> set[str]:
    """Return the spellings under which a ledger may have a row's word: after cleaning, and as written in the list."""
    found = read_term(values.get("term", ""), values.get("definition", ""), numbered)
    return {found.term, found.written}


def _marked_number(term: str) -> tuple[str, int] | None:
    """Return the headword and its number if the number can only be a dictionary's: zero-padded or superscript."""
    if found := _PADDED.fullmatch(term):
        return found[1] + found[3], int(found[2])
    if found := _SUPERSCRIPT.fullmatch(term):
        number = (
            ord(found[2]) - ord("①") + 1 if "①" <= found[2] <= "⑳" else int(found[2].lstrip("^").translate(_DIGITS))
        )
        return found[1] + found[3], number
    return None


def _listed_number(term: str, numbered: frozenset[str]) -> tuple[str, int] | None:
    found = _suffixed_number(term) if numbered else None
    return found if found and found[0] in numbered else None


def _suffixed_number(term: str) -> tuple[str, int] | None:
    found = _SUFFIXED.fullmatch(term)
    if not found or found[1] == _ORDINAL:
        return None
    return found[1] + found[5], int(found[2] or found[3] or found[4])
