"""Recognize lines in word lists that are about the list: notes such as "출처: 국립국어원", and repeated page headers."""

import re
from collections.abc import Mapping, Sequence

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.continuation_lines import continues
from korean_flashcards.formats.heading_lines import heading_problem
from korean_flashcards.formats.list_headers import role_of
from korean_flashcards.korean.hangul import has_hangul

_FEWEST_NAMES = 3  # of columns in a page header
_FEWEST_ROWS = 3  # below a title
TITLE = "is the title of the list, not a word: if it is a word, add its meaning"
_LABELED = lazy_regex(r"[가-힣][가-힣 ]{0,14}[:：]\s*\S.*", re.DOTALL)
_LABELS = lazy_regex(
    r"(?:출처|참고|참조|주의|유의|숙제|과제|알림|공지|안내|메모|비고|범위|시험 범위"
    r"|준비물|자료|작성자|작성일|날짜|이름|학번|선생님)(?:\s*[-–—·)\]]\s*|\s*[:：]).*",
    re.DOTALL,
)
# "* 감기에 걸리다" and "* 배" are words with a bullet.
_MARKED = lazy_regex(r"[*＊※]+\s*\S+\s+\S.*(?<!다)", re.DOTALL)
_NEXT = lazy_regex(
    r"다음\s*(?:시간|주|수업|과|장|쪽|페이지)에?\s+(?:계속|이어|배우|배울|공부|할|숙제).*|.*(?:에|에서)\s+계속"
)
_MARKS = "*＊※•·-–—#()[]【】<>〈〉 "


def note_problem(term: str, values: Mapping[str, str]) -> str | None:
    """Return why a row is not a word but a note or a page header, as the predicate of a sentence, or None.

    Only a row without a meaning, in a list with meanings, is a note.

    Args:
        term: The term as written in the list.
        values: The row's values, keyed by column.
    """
    if is_page_header(term):
        return "is a page header, not a word"
    if "definition" not in values or any(value for column, value in values.items() if column != "term"):
        return None
    bare = term.strip(_MARKS)
    if any(one.fullmatch(bare) for one in (_LABELED, _LABELS, _NEXT)) or _MARKED.fullmatch(term):
        return "is a note, not a word: if it is a word, add its meaning"
    return None


def is_title(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first row of a list without a header is its title: the only row with a single cell."""
    filled = [[*filter(None, cells)] for cells in rows]
    if not filled or len(filled[0]) != 1 or is_page_header(filled[0][0]):
        return False
    if not has_hangul(filled[0][0]) or filled[0][0].endswith("다") or heading_problem(filled[0][0], {}):
        return False
    others = [cells for cells in filled[1:] if len(cells) > 1 or not _is_left_out(cells)]
    return len(others) >= _FEWEST_ROWS and all(len(cells) > 1 for cells in others)


def _is_left_out(cells: Sequence[str]) -> bool:
    return all(heading_problem(cell, {}) or note_problem(cell, {"definition": ""}) or continues(cell) for cell in cells)


def is_page_header(cell: str) -> bool:
    """Return whether the cell contains the names of several columns: "번호 어휘 품사 영어"."""
    names = cell.split()
    roles = [role_of(name) for name in names] if _FEWEST_NAMES <= len(names) <= 2 * _FEWEST_NAMES else []
    return "term" in roles and None not in roles and len(set(roles)) == len(roles)
