"""Recognize the header names that word lists use for the project's columns."""

import re
from collections.abc import Sequence

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
# Names that public lists and other programs use. They count only if no column has a name from HEADERS.
_GUESSES: dict[str, tuple[str, ...]] = {
    "term": (
        "korean word", "korean term", "korean vocabulary", "hangeul", "한글", "낱말", "표제어", "단어/표현", "headword",
        "lemma", "vocab", "words", "target word", "expression", "kor", "ko", "kr", "front", "question",
    ),
    "position": ("번호", "순번", "연번", "stt", "nr", "num", "number", "no."),
    "pos": ("parts of speech", "word class", "품사 정보"),
    "definition": (
        "english translation", "english translations", "english meaning", "english meanings", "english definition",
        "english word", "word english", "term english", "korean english", "definitions", "meanings", "translations",
        "gloss", "영어 대역어", "대역어", "영어 뜻", "영어 의미", "영어 번역", "영문",
        "eng", "en", "back", "answer", "뜻/의미", "풀이", "뜻풀이", "의미 풀이",
    ),
    "ipa": ("발음", "phonetic", "phonetics", "transcription"),
    "topik_level": ("토픽", "토픽 급수", "topik 급수", "topik 등급", "수준"),
    "example": (
        "example sentences", "examples", "korean sentence", "korean example", "sentence korean", "example korean",
        "용례", "예시",
    ),
    "example_translation": (
        "sentence translation", "sentence english", "example english", "english sentence", "english example",
        "sentence meaning", "example meaning", "예문 번역", "예문 해석", "예문 뜻", "해석",
    ),
    "frequency": (
        "rank", "ranking", "frequency rank", "freq rank", "frequency ranking", "순위",
        "빈도 순위", "빈도순위", "빈도", "빈도수",
    ),
    "hanja": ("漢字", "chinese characters", "hanja origin"),
    "tags": ("tag", "태그"),
}  # fmt: skip
_TERMS = {*HEADERS["term"], *_GUESSES["term"]}
_RANKS = re.compile("rank|순위")
_IN_PARENTHESES = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_FOREIGN = re.compile("english|translation|영어|번역|영문")
_FLASHCARD_SIDES = {"front", "back", "question", "answer"}


def columns_in(header: Sequence[str]) -> dict[str, int]:
    """Return the index of each known column in the header.

    An exact name counts before a name with a note in parentheses, such as "definition (a, b, c)", and this before a
    guess.
    """
    names = [plain_header(cell) for cell in header]
    bare = ["" if _FOREIGN.search(_note(name)) else plain_header(_IN_PARENTHESES.sub(" ", name)) for name in names]
    # "Example (English)" is the translation of the example.
    spelled = [plain_header(re.sub(r"[()\[\]]", " ", name)) for name in names]
    columns: dict[str, int] = {}
    for given, known in ((names, HEADERS), (bare, HEADERS), (names, _GUESSES), (spelled, _GUESSES), (bare, _GUESSES)):
        _add(columns, given, known)
    return _with_translations(columns, names)


def rejoined(header: Sequence[str]) -> list[str]:
    """Join the cells of a header that were split inside parentheses, such as "definition (a", "b", and "c)"."""
    cells: list[str] = []
    for cell in header:
        if cells and cells[-1].count("(") > cells[-1].count(")"):
            cells[-1] += f", {cell.strip()}"
        else:
            cells.append(cell)
    return cells


def names_words(cells: Sequence[str]) -> bool:
    """Return whether a cell is a header for words. This is much faster than ``columns_in``."""
    return any(cell.lower() in _TERMS for cell in cells)


def is_rank(header: str) -> bool:
    """Return whether the header says that the column contains ranks, not frequencies."""
    return _RANKS.search(plain_header(header)) is not None


def is_side(header: str) -> bool:
    """Return whether the header names a side of a flashcard, which may be in either language."""
    return plain_header(header) in _FLASHCARD_SIDES


def plain_header(header: str) -> str:
    """Return the header in lowercase, with single spaces and without underscores."""
    return " ".join(header.lower().replace("_", " ").split())


def _add(columns: dict[str, int], names: Sequence[str], known: dict[str, tuple[str, ...]]) -> None:
    """Add the columns that are not yet in ``columns``. Each cell of the header is used only once."""
    free = {name: index for index, name in reversed([*enumerate(names)]) if index not in columns.values()}
    for column, candidates in known.items():
        if column not in columns and (match := next((one for one in candidates if one in free), None)):
            columns[column] = free.pop(match)


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


def _note(name: str) -> str:
    return " ".join("".join(found) for found in _IN_PARENTHESES.findall(name))
