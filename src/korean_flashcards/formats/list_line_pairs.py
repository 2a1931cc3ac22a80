"""Join pairs of lines, such as "사과" and "apple", into rows of a word and its meaning."""

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from korean_flashcards.formats.list_encoding import ListText
from korean_flashcards.korean.hangul import has_hangul

_LINES = 1000  # lines that show the pairs
_FEWEST_PAIRS = 3
_CELL_ENDS = ("\t", ";", "|", " - ", " – ", " — ", " = ")
_LONGEST_WORD = 60  # characters


def paired_lines(text: ListText) -> tuple[ListText, list[str]]:
    """Return the text with one row per pair of lines, and a sentence about them, if all lines are in such pairs.

    Other texts are returned unchanged. A text with more lines than the sample may stop being regular, so the whole text
    is checked.
    """
    first = [line.strip() for line in islice(text.lines(), _LINES)]
    if not _are_pairs([line for line in first if line], has_end=len(first) < _LINES):
        return text, []
    if len(first) == _LINES and not _are_pairs([line.strip() for line in text.lines() if line.strip()], has_end=True):
        return text, []
    return text.with_lines(_rows(text)), ["Each word and its meaning were on two lines."]


def _are_pairs(lines: Sequence[str], has_end: bool) -> bool:
    """Return whether Hangul and other text alternate, without cells in any line."""
    if len(lines) < 2 * _FEWEST_PAIRS or (has_end and len(lines) % 2):
        return False
    korean = [has_hangul(line) for line in lines]
    alternate = all(one != other for one, other in pairwise(korean))
    is_plain = not any(end in line for line in lines for end in _CELL_ENDS) and not lines[0].startswith("#")
    words = [line for line, is_korean in zip(lines, korean, strict=True) if is_korean]
    return alternate and is_plain and all(len(word) <= _LONGEST_WORD and "," not in word for word in words)


def _rows(text: ListText) -> Iterator[str]:
    """Yield each pair as a row in the place of its first line, and an empty line for the second."""
    first, skipped = "", 0
    for line in text.lines():
        bare = line.strip()
        if first and bare:
            yield f"{first}\t{bare}"
            yield from [""] * (skipped + 1)
            first, skipped = "", 0
        elif bare:
            first = bare
        elif first:
            skipped += 1
        else:
            yield ""
