"""Recognize the columns of a word list by their cells: words, hanja, parts of speech, frequencies, and meanings."""

import re
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.formats.frequency_ranks import number_of
from korean_flashcards.formats.list_headers import UNUSED, role_of
from korean_flashcards.korean.hangul import has_hangul, is_syllable, split, strip_to_hangul
from korean_flashcards.korean.hanja_data import reads_as

Rows = Sequence[Sequence[str]]

_HAN = lazy_regex(r"[\u3400-\u9fff\uf900-\ufaff]+")
_ONLY_HAN = lazy_regex(r"[\u3400-\u9fff\uf900-\ufaff\s,;/·-]+")
_IPA = lazy_regex(r"[\[/].*[\]/]|.*[ʌɯɛɾɕʑŋʰ͈ː].*")
# A romanization after the word, and a check box before it.
_IN_LATIN = lazy_regex(r"^[-*+]\s+\[[xX]\]\s|(?<=[가-힣])\s*(?:\([^()가-힣]*\)|\[[^\[\]가-힣]*\])")
_LEVEL = lazy_regex(r"(?:\D*[\s._-])?[1-6](?:\.0)?\s*급?")
# Dates, addresses, file names, shares, and codes such as "A12".
_LABEL = lazy_regex(
    r"(?:https?://|www\.)\S*|<img.*|\[sound:.*|\S+\.(?:mp3|wav|ogg|m4a|png|jpe?g|gif|svg|webp|mp4|pdf)"
    r"|[\W\d]*\d[\W\d]*\w{0,3}\W*|[a-z]{0,4}[-_]?\d+[a-z]?|.*\b(?:19|20)\d\d\b.*|.*\d{1,2}:\d\d.*|true|false",
    re.IGNORECASE | re.DOTALL,
)
# How each consonant is written in Latin letters at the beginning of a word. ㅇ matches any vowel.
_LETTERS = {
    "ㄱ": "gk", "ㄲ": "gk", "ㄴ": "n", "ㄷ": "dt", "ㄸ": "dt", "ㄹ": "rl", "ㅁ": "m", "ㅂ": "bp", "ㅃ": "bp", "ㅅ": "s",
    "ㅆ": "s", "ㅇ": "aeiouwy", "ㅈ": "jcz", "ㅉ": "jcz", "ㅊ": "cj", "ㅋ": "k", "ㅌ": "t", "ㅍ": "p", "ㅎ": "h",
}  # fmt: skip
_HOMOGRAPH = lazy_regex(r"\d{1,2}(?:\.0)?")
_LONGEST_LABEL = 60  # characters
_MOST = 0.6  # of a column's cells
_MOSTLY = 0.75  # of the rows
_NEARLY = 0.85  # of the distinct values in the column that has the most


def recognized(rows: Rows, columns: dict[str, int], candidates: Collection[int], has_header: bool) -> dict[str, int]:
    """Return the columns among ``candidates`` that are recognized by their cells and that ``columns`` lacks."""
    found = dict(columns)
    free = sorted(candidates)
    if "term" not in found:
        words = _words(rows, free)
        if not words:
            return {}
        found["term"] = words[0]
    term = found["term"]
    tests: dict[str, Callable[[int], bool]] = {
        "hanja": lambda index: share(rows, index, is_han) >= _MOST and reads_as_terms(rows, term, index),
        "pos": lambda index: share(rows, index, standard_part_of_speech) >= _MOST,
        "ipa": lambda index: share(rows, index, _IPA.fullmatch) >= _MOST,
        "frequency": lambda index: not has_header and _is_frequency(rows, term, index),
        "example": lambda index: not has_header and _is_example(rows, term, index),
    }
    for column, test in tests.items():
        free = [index for index in free if index not in found.values()]
        if column not in found and (matches := [index for index in free if test(index)]):
            found[column] = matches[0]
    free = [index for index in free if index not in found.values()]
    if "definition" not in found and (matches := meanings(rows, term, free, least=2 if "term" in columns else 1)):
        found["definition"] = matches[0]
    return {column: index for column, index in found.items() if column not in columns}


def fits(column: str, rows: Rows, index: int, term: int | None) -> bool:
    """Return whether a column's cells are what its guessed header says. Fewer than two cells do not tell."""
    if column == "term":
        return not rows or share(rows, index, is_korean) >= 0.5
    cells = cells_of(rows, index)
    if len(cells) < 2:
        return bool(cells) or column != "definition"
    tests: dict[str, Callable[[str], object]] = {
        "pos": standard_part_of_speech, "frequency": number_of, "homograph": _HOMOGRAPH.fullmatch,
        "topik_level": _LEVEL.fullmatch, "ipa": lambda cell: has_hangul(cell) or _IPA.fullmatch(cell), "example": has_hangul,
    }  # fmt: skip
    if column == "hanja":
        return term is not None and share(rows, index, _HAN.search) > 0 and reads_as_terms(rows, term, index)
    return column not in tests or share(rows, index, tests[column]) >= 0.5


def share(rows: Rows, index: int, test: Callable[[str], object]) -> float:
    """Return the share of a column's nonempty cells that pass the test."""
    cells = cells_of(rows, index)
    return sum(bool(test(cell)) for cell in cells) / len(cells) if cells else 0.0


def cells_of(rows: Rows, index: int) -> list[str]:
    """Return the nonempty cells of a column."""
    return [row[index] for row in rows if 0 <= index < len(row) and row[index]]


def is_korean(cell: str) -> bool:
    """Return whether most letters are Hangul syllables, apart from a romanization in brackets: "사과 (sagwa)"."""
    letters = [sign for sign in _IN_LATIN.sub("", cell) if sign.isalpha()]
    return sum(map(has_hangul, letters)) * 2 > len(letters)


def is_han(cell: str) -> bool:
    """Return whether the cell contains only Chinese characters."""
    return _ONLY_HAN.fullmatch(cell) is not None


def reads_as_terms(rows: Rows, term: int, index: int) -> bool:
    """Return whether most cells with Chinese characters are the hanja of their row's word or of a part of it."""
    pairs = [(row[term], _HAN.findall(row[index])) for row in rows if len(row) > max(term, index)]
    words = [(strip_to_hangul(word), max(han, key=len)) for word, han in pairs if han]
    return sum(spells(word, han) for word, han in words) * 2 > len(words)


def spells(word: str, hanja: str) -> bool:
    """Return whether the hanja read as the word or as a part of it."""
    size = len(hanja)
    return any(reads_as(hanja, word[start : start + size]) for start in range(len(word) - size + 1))


def _is_frequency(rows: Rows, term: int, index: int) -> bool:
    """Return whether the column after the words contains counts: numbers that descend or that differ in no other order."""
    numbers = [number_of(cell) for cell in cells_of(rows, index)]
    values = [number for number in numbers if number is not None]
    if index < term or len(values) < 2 or len(values) < _MOSTLY * len(rows):
        return False
    descending = sum(one >= other for one, other in pairwise(values)) >= 0.9 * (len(values) - 1)
    ascending = all(one <= other for one, other in pairwise(values))
    is_level = max(values) <= 6
    return (
        not ascending
        and not is_level
        and (descending or (max(values) >= 1000 and len(set(values)) >= _MOST * len(rows)))
    )


def _is_example(rows: Rows, term: int, index: int) -> bool:
    """Return whether most cells are longer Korean texts that contain the beginning of their row's word."""
    pairs = [(row[term], row[index]) for row in rows if len(row) > max(term, index) and row[index]]
    used = sum(len(text) > len(word) and word[: max(len(word) - 1, 1)] in text for word, text in pairs)
    return index != term and len(pairs) > 1 and used >= _MOST * len(pairs) and share(rows, index, is_korean) >= _MOST


def _words(rows: Rows, candidates: Sequence[int]) -> list[int]:
    """Return the columns that may contain the words: Korean that is not a topic, a part of speech, or a sentence."""
    korean = [index for index in candidates if share(rows, index, is_korean) >= _MOST]
    distinct = {index: len(set(cells_of(rows, index))) for index in korean}
    varied = [index for index in korean if distinct[index] >= _NEARLY * max(distinct.values())]
    for test in (standard_part_of_speech, _is_sentence):
        varied = [index for index in varied if share(rows, index, test) < _MOST] or varied
    return varied


def meanings(rows: Rows, term: int, candidates: Sequence[int], least: int) -> list[int]:
    """Return the columns that may contain meanings: text that differs from word to word."""
    distinct: dict[int, int] = {}
    for index in candidates:
        cells = cells_of(rows, index)
        words = {row[term] for row in rows if len(row) > max(term, index) and row[index]}
        varies = len(set(cells)) >= _MOST * len(words) and (len(cells) == 1 or len(set(cells)) > 1)
        if len(cells) >= least and varies and share(rows, index, _may_be_meaning) >= _MOST:
            distinct[index] = len(set(cells))
    rest = [index for index in distinct if not _is_romanization(rows, term, index)]
    most = max((distinct[index] for index in rest), default=0)
    return [index for index in rest if distinct[index] >= _NEARLY * most]


def _may_be_meaning(cell: str) -> bool:
    """Return whether the cell is text in another language, not the name of a lesson, a part of speech, or a file."""
    if not any(map(str.isalpha, cell)) or is_korean(cell):
        return False
    if len(cell) > _LONGEST_LABEL:
        return True
    if _LABEL.fullmatch(cell):
        return False
    if standard_part_of_speech(cell):
        return False
    return not any(map(str.isdigit, cell)) or role_of(cell) != UNUSED


def _is_sentence(cell: str) -> bool:
    return " " in cell and cell.endswith((".", "?", "!"))


def _is_romanization(rows: Rows, term: int, index: int) -> bool:
    """Return whether almost all cells begin like the Korean word, which few translations do."""
    pairs = [(row[term], row[index].lower()) for row in rows if len(row) > max(term, index) and row[index]]
    words = [(split(word[0]).onset, spelled[0]) for word, spelled in pairs if is_syllable(word[:1])]
    return len(words) > 2 and sum(letter in _LETTERS[onset] for onset, letter in words) > 0.9 * len(words)
