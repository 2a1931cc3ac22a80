"""Recognize lines in word lists that are headings, such as "//동물", "## 1과", "Unit 3", and "--- 음식 ---".

A bare text such as "동물" may be a heading, too, but only a person can tell. It stays a word.
"""

import re
from collections.abc import Mapping

from korean_flashcards.domain.lazy_regex import lazy_regex

_RULES = r"[-=_*~+#─━═—]"
# Pleco writes "//동물", Markdown "## 동물". "#1 우산" is an enumeration.
_MARKED = lazy_regex(
    rf"/{{2,}}|#+(?!\s*\d+[.):]?\s+[가-힣])|[-=─━═—]{{2,}}(?=\s)|[-=─━═—]{{3,}}|{_RULES}{{2,}}\s.*\s{_RULES}{{2,}}$"
)
_RULE = lazy_regex(rf"(?:{_RULES}\s?){{2,}}")
_TITLE = r"(?:(?:\s*[.:：\-–—·|/,]\s*|\s+)(?P<title>\S.*))?"
_FOREIGN_UNIT = lazy_regex(
    r"(?:(?:unit|lesson|chapter|section|part|day|week|module|level|stage|lektion|kapitel|leçon|lección|unidad|bài)"
    rf"\s*(?:no\.?\s*|#\s*)?(?:\d+|[IVX]+)|第\s*[\d一二三四五六七八九十]+\s*[课課章]){_TITLE}",
    re.IGNORECASE,
)
_KOREAN_UNIT = lazy_regex(
    r"(?:제\s*\d+\s*(?:과|장|단원|강|편|부|권|마당)|\d+\s*(?:과|단원|주차|차시)|(?:레슨|챕터|유닛|파트|단원)\s*\d+)"
    rf"(?!\s+\d){_TITLE}"
)
_AROUND = "[]()<>〈〉《》【】「」『』〔〕■□◆◇●○▶▷★☆•.: "
# A row with one of these values describes a word: "1과" with the meaning "lesson 1" is a word.
_DESCRIBES = ("definition", "hanja", "pos", "example", "ipa")


def heading_problem(term: str, values: Mapping[str, str]) -> str | None:
    """Return why a row is a heading, as the predicate of a sentence about the term, or None if it is not a heading.

    Args:
        term: The term as written in the list.
        values: The row's values, keyed by column.
    """
    bare = term.strip(_AROUND)
    if _MARKED.match(term) or _RULE.fullmatch(term) or _FOREIGN_UNIT.fullmatch(bare):
        return "is a heading, not a word"
    if (unit := _KOREAN_UNIT.fullmatch(bare)) and not _is_word(unit, bare, values):
        return "is a heading, not a word: if it is a word, add its meaning"
    return None


def _is_word(unit: re.Match[str], bare: str, values: Mapping[str, str]) -> bool:
    """Return whether the row describes the name of a unit, and does not only translate it, such as "Lesson 1: Food"."""
    if not any(values.get(column) for column in _DESCRIBES):
        return False
    is_translated = _FOREIGN_UNIT.fullmatch(values.get("definition", "")) is not None
    return not (is_translated and (unit["title"] or bare.startswith("제")))
