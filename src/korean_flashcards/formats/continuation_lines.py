"""Recognize lines that continue the meaning of a row, because a cell with a line break was not quoted.

"(polite: 드시다)" or "e.g. 일찍 자요" between two rows would otherwise become a word.
"""

import re
from collections.abc import Iterator, Sequence

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.list_header_row import is_begun
from korean_flashcards.formats.list_records import Record
from korean_flashcards.formats.markdown import without_markdown
from korean_flashcards.korean.hangul import has_hangul

PROBLEM = "continues the row above: put double quotes around a cell with several lines"
JOINED = "the meaning was joined from two lines"

_NOTE = r"(?:e\.? ?g|i\.? ?e|cf|ex|syn|ant|opp|note|lit)[.:]"
_KOREAN_NOTE = r"(?:예|예문|예시|참고|비슷한 말|반대말|높임말|준말|유의어|반의어)\s*[:：)]"
# A bracket with text in Latin letters, a note, or at least two words in Latin letters. A word may begin with one: PC방.
_CONTINUES = lazy_regex(
    rf"[(（\[](?=[^가-힣]*[a-z]{{2}})|[(（\[]?(?:{_NOTE}|{_KOREAN_NOTE})|[→⇒↳]\s|[A-Za-z]{{3,}}:\s"
    r"|[A-Za-z'’]*[a-z]{2,}[,;]? [A-Za-z'’]*[a-z]{2,}[,;:.]? ",
    re.IGNORECASE,
)
_BULLET = lazy_regex(r"[-–*•◦▪]\s+")


def continues(cell: str) -> bool:
    """Return whether a line without a second cell cannot be a word, but may be a part of a meaning."""
    return has_hangul(cell) and _CONTINUES.match(_BULLET.sub("", without_markdown(cell))) is not None


def is_continuation(cells: Sequence[str]) -> bool:
    """Return whether the only cell of a record continues the row above."""
    return sum(map(bool, cells)) == 1 and continues("".join(cells))


def with_joined_meanings(records: Iterator[Record]) -> Iterator[tuple[Record, bool]]:
    """Yield the records of a list with the meanings in the first column, and whether a record begins on an earlier line.

    A line without a word is joined to the next row if the text there cannot begin a meaning.
    """
    begun: Record | None = None
    for record in records:
        if begun is not None:
            is_rest = len(record.cells) > 1 and (is_begun(begun.cells) or continues(record.cells[0]))
            if is_rest:
                yield record._replace(cells=[f"{begun.cells[0]} {record.cells[0]}", *record.cells[1:]]), True
            else:
                yield begun, False
            begun = None
            if is_rest:
                continue
        if len(record.cells) == 1 and not has_hangul(record.cells[0]):
            begun = record
        else:
            yield record, False
    if begun is not None:
        yield begun, False
