"""Find the project's columns in the header of a word list."""

import re
from collections.abc import Sequence
from functools import lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.list_header_words import Concept, concepts_of, has_known_word, plain_header
from korean_flashcards.korean.hangul import has_hangul

# The known headers for each column, in lowercase with spaces instead of underscores. The first header found is used.
HEADERS: dict[str, tuple[str, ...]] = {
    "term": ("hangul", "term", "korean", "word", "vocabulary", "한국어", "단어", "어휘"),
    "position": ("position", "#", "no", "index"),
    "pos": ("word type", "type", "pos", "part of speech", "품사"),
    "definition": ("definition", "english", "meaning", "translation", "뜻", "의미", "영어"),
    "ipa": ("ipa pronunciation", "ipa", "pronunciation"),
    "topik_level": ("topik level", "level", "topik", "급수", "등급"),
    "example": ("example sentence", "example", "sentence", "예문"),
    "example_translation": (
        "example sentence translation", "example translation", "translation of example", "번역",
    ),
    "usage_hint": ("usage hint", "hint", "notes"),
    "frequency": ("frequency number", "frequency", "freq"),
    "hanja": ("hanja", "한자"),
    "tags": ("tags",),
}  # fmt: skip
_COLUMN_OF = {name: column for column, names in reversed(HEADERS.items()) for name in names}
# What a header says about a column that is not used, such as a lesson or a date.
UNUSED = "unused"
_LONGEST = 300  # characters in a header
_IN_PARENTHESES = lazy_regex(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_FOREIGN = {Concept.ENGLISH, Concept.LANGUAGE, Concept.TRANSLATION}
_EXPLAINS = {Concept.MEANING, Concept.EXPLANATION, Concept.BACK}
_WORD = {Concept.KOREAN, Concept.TERM, Concept.FRONT}
# The columns that one concept names, whatever else the header says about the word.
_COLUMNS = {
    Concept.HOMOGRAPH: "homograph", Concept.POS: "pos", Concept.RANK: "frequency", Concept.FREQUENCY: "frequency",
    Concept.HANJA: "hanja", Concept.TAGS: "tags", Concept.IPA: "ipa", Concept.LEVEL: "topik_level",
    Concept.HINT: "usage_hint", Concept.POSITION: "position",
}  # fmt: skip
# Of several headers for the same column, the one with the earliest of these concepts is used, then the first in the list.
_PREFERRED = (
    Concept.KOREAN, Concept.RANK, Concept.ENGLISH, Concept.TRANSLATION, Concept.LANGUAGE, Concept.MEANING, Concept.TERM,
)  # fmt: skip


def columns_in(header: Sequence[str]) -> dict[str, int]:
    """Return the index of each known column in the header.

    An exact name counts before a name with a note in parentheses, such as "definition (a, b, c)", and this before a
    guess.
    """
    columns = exact_columns(header)
    for column, candidates in guessed_columns(header, columns).items():
        if column not in columns:
            columns[column] = candidates[0]
    return columns


def exact_columns(header: Sequence[str]) -> dict[str, int]:
    """Return the index of each column that has a name from ``HEADERS``, maybe with a note in parentheses."""
    names = [plain_header(cell) for cell in header]
    bare = [_without_note(name) for name in names]
    columns: dict[str, int] = {}
    for given in (names, bare):
        _add(columns, given)
    return _with_translations(columns, names)


def guessed_columns(header: Sequence[str], columns: dict[str, int]) -> dict[str, list[int]]:
    """Return the indexes of the headers that may name each column, most likely first, apart from ``columns``."""
    found: dict[str, list[int]] = {}
    for index, name in enumerate(header):
        role = role_of(name)
        if index not in columns.values() and role not in (None, UNUSED):
            found.setdefault(str(role), []).append(index)
    return {
        role: sorted(indexes, key=lambda index: _preference(role, header[index])) for role, indexes in found.items()
    }


@lru_cache(maxsize=4096)
def role_of(header: str) -> str | None:
    """Return the column that a header may name, ``UNUSED``, or None if the header is not known."""
    if len(header) > _LONGEST:
        return None
    exact = _exact_role(plain_header(header)) or _exact_role(_without_note(plain_header(header)))
    return exact or _role(concepts_of(header))


def rejoined(header: Sequence[str]) -> list[str]:
    """Join the cells of a header that were split inside parentheses, such as "definition (a", "b", and "c)"."""
    cells: list[str] = []
    for cell in header:
        if cells and cells[-1].count("(") > cells[-1].count(")"):
            cells[-1] += f", {cell.strip()}"
        else:
            cells.append(cell)
    return cells


def is_header(cells: Sequence[str]) -> bool:
    """Return whether all filled cells are headers, among them one for the words. Most rows are decided fast."""
    if not any(map(has_known_word, cells)) or is_translated_name(cells):
        return False
    roles = []
    for cell in filter(None, cells):
        if (role := role_of(cell)) is None:
            return False
        roles.append(role)
    if len(roles) == 2 and UNUSED in roles:
        return False  # a word and its meaning: "한국어,language"
    return "term" in roles and len(set(roles)) > 1 and len(set(roles)) * 2 > len(roles)


def is_translated_name(cells: Sequence[str]) -> bool:
    """Return whether the cells are the name of a column for words and its translation: "한국어,Korean language"."""
    if len(cells) != 2 or has_hangul(cells[0]) == has_hangul(cells[1]):
        return False
    are_names = {*map(role_of, cells)} <= {"term", UNUSED}
    return are_names and bool(concepts_of(cells[0]) & concepts_of(cells[1]))


def is_rank(header: str) -> bool:
    """Return whether the header says that the column contains ranks, not frequencies."""
    return Concept.RANK in concepts_of(header) or re.search("rank|순위", plain_header(header)) is not None


def is_translation(header: str) -> bool:
    """Return whether the header says "translation" or names a language, so that it may translate the example."""
    return bool(concepts_of(header) & _FOREIGN)


def is_equivalent(header: str) -> bool:
    """Return whether the header names the translation of a word, never that of an example: "영어 대역어"."""
    return re.search("대역|번역어|equivalent|訳語|译词", header, re.IGNORECASE) is not None


def is_explanation(header: str) -> bool:
    """Return whether the header says "explanation" or "Chinese", which may also mean the hanja."""
    return "풀이" in header or "chinese" in plain_header(header)


def _add(columns: dict[str, int], names: Sequence[str]) -> None:
    """Add the columns that are not yet in ``columns``. Each cell of the header is used only once."""
    free = {name: index for index, name in reversed([*enumerate(names)]) if index not in columns.values()}
    for column, candidates in HEADERS.items():
        if column not in columns and (match := next((one for one in candidates if one in free), None)):
            columns[column] = free.pop(match)


def _exact_role(name: str) -> str | None:
    return _COLUMN_OF.get(name)


def _role(concepts: frozenset[Concept]) -> str | None:
    """Return the column that a combination of concepts names."""
    if not concepts:
        return None
    if Concept.UNUSED in concepts or {Concept.POSITION, Concept.MEANING} <= concepts:
        return UNUSED  # "의미 번호" is the number of a sense
    if Concept.EXAMPLE in concepts:
        return _role_of_example(concepts - {Concept.EXAMPLE})
    if column := next((column for concept, column in _COLUMNS.items() if concept in concepts), None):
        return column
    if concepts == {Concept.KOREAN, Concept.TRANSLATION} or concepts <= _WORD:
        return "term"
    return "definition"


def _role_of_example(others: frozenset[Concept]) -> str:
    if others & {*_FOREIGN, *_EXPLAINS}:
        return "example_translation"
    return "example" if others <= _WORD else UNUSED


def _preference(role: str, header: str) -> int:
    found = concepts_of(header)
    if role == "definition" and Concept.KOREAN in found and not found & _FOREIGN:
        return len(_PREFERRED) + 1  # "한국어 뜻": a definition in Korean
    if role == "definition" and Concept.EXPLANATION in found and found & _FOREIGN:
        return len(_PREFERRED) - 1  # "영어 뜻풀이": the equivalent is shorter
    return next((place for place, concept in enumerate(_PREFERRED) if concept in found), len(_PREFERRED))


def _with_translations(columns: dict[str, int], names: Sequence[str]) -> dict[str, int]:
    """Decide whether "번역" or a second "translation" translates the word or the example.

    It translates the example if there is an example.
    """
    index = columns.get("example_translation")
    if index is not None and names[index] == "번역" and "example" not in columns and "definition" not in columns:
        columns["definition"] = columns.pop("example_translation")
    elif index is None and "example" in columns and "translation" in names:
        index = names.index("translation")
        if index not in columns.values():
            columns["example_translation"] = index
    return columns


def _without_note(name: str) -> str:
    """Return the name without the note in parentheses, or "" if the note is about something else than the name.

    "Example (English)" is the translation of the example, and "Korean (romanized)" is not the word. "Definition (KR)" is
    one of several definitions.
    """
    if "(" not in name and "[" not in name:
        return plain_header(name)
    note = concepts_of(" ".join("".join(found) for found in _IN_PARENTHESES.findall(name)))
    bare = plain_header(_IN_PARENTHESES.sub(" ", name))
    in_korean = Concept.KOREAN in note and _exact_role(bare) == "definition"
    return "" if in_korean or note & {*_FOREIGN, Concept.UNUSED} else bare
