"""One row of a word list → the word it means, or why it is none."""

import re

from pydantic import ValidationError

from korean_flashcards.domain.records import RejectCode, VocabularyItem
from korean_flashcards.formats.word_list import ListRow
from korean_flashcards.korean.hangul import has_hangul

# No database and no file can hold these as text: halves of a character that came without the other half, and NUL.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_TOPIK_LEVEL = re.compile(r"(?:(?:topik|level)[\s_-]*)?([1-6])(?:\.0|급)?", re.IGNORECASE)
_NUMBER = re.compile(r"(\d{1,15})(?:\.0+)?")
_BETWEEN_TAGS = re.compile("[,;]")
_TEXTS = ("pos", "definition", "hanja", "example", "example_translation", "usage_hint", "ipa")


class RowError(Exception):
    """A row that is no word: ``code`` for machines, the message for people."""

    def __init__(self, code: RejectCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def item_of(row: ListRow, file: str) -> tuple[VocabularyItem, list[tuple[str, str]]]:
    """Return the row as an item, its homograph number 1 throughout, and its warnings as (code, reason).

    Raises RowError when the row is no word.
    """
    values = row.values
    if not _is_text("".join(values.values())):
        column = next(column for column, value in values.items() if not _is_text(value))
        raise RowError(RejectCode.INVALID, f"the {column} has characters that are no text: type it anew")
    term = " ".join(values.get("term", "").split())
    if row.extra_cells:
        raise RowError(RejectCode.EXTRA_CELLS, f"{row.extra_cells} more cells than the header has: quote the text")
    if not term:
        raise RowError(RejectCode.NO_TERM, "the term is empty")
    if not has_hangul(term):
        raise RowError(RejectCode.NO_HANGUL, f"the term {term[:40]!r} has no Hangul syllable")
    if {"[", "]"} & set(term):
        # The nuance record writes the IPA there: "남성[nam.sʌŋ]".
        raise RowError(RejectCode.INVALID, f"the term {term[:40]!r} has square brackets: write the word alone")
    level, warnings = _topik_level(values.get("topik_level"))
    try:
        item = VocabularyItem(
            item_id=f"{term}#1", term=term, homograph=1, topik_level=level, frequency=_number(values.get("frequency")),
            term_number=_number(values.get("position")) or max(row.row - 1, 1), tags=_tags(values.get("tags")),
            file=file, row=row.row, **{column: values.get(column) or None for column in _TEXTS},
        )  # fmt: skip
    except ValidationError as error:
        raise _row_error(error) from error
    return item, warnings


def storable(text: str) -> str:
    """The text with a replacement sign for what no database and no file can hold."""
    return text if _is_text(text) else _NO_TEXT.sub("\ufffd", text)


def _is_text(text: str) -> bool:
    """Much quicker than a search for the few that are none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _row_error(error: ValidationError) -> RowError:
    first = error.errors()[0]
    column = first["loc"][0] if first["loc"] else "row"
    if first["type"] == "string_too_long":
        limit, length = first["ctx"]["max_length"], len(str(first["input"]))
        return RowError(RejectCode.TOO_LONG, f"the {column} has {length:,} characters, {limit} are allowed")
    return RowError(RejectCode.INVALID, f"the {column} is not valid: {first['msg']}")


def _topik_level(text: str | None) -> tuple[int | None, list[tuple[str, str]]]:
    """Read "3", "3.0", "TOPIK 3", "3급"; anything else is null with a warning."""
    if not text:
        return None, []
    match = _TOPIK_LEVEL.fullmatch(text)
    if match:
        return int(match[1]), []
    return None, [("topik_level", f"the TOPIK level {text[:40]!r} is not 1 to 6 and is left out")]


def _number(text: str | None) -> int | None:
    """A positive whole number, with thousands separators or ".0" allowed; null for anything else."""
    match = _NUMBER.fullmatch(text.replace(",", "")) if text else None
    return (int(match[1]) or None) if match else None


def _tags(text: str | None) -> list[str]:
    """Tags separated by commas or semicolons; a space inside a tag becomes an underscore (Anki separates by spaces)."""
    return ["_".join(tag.split()) for tag in _BETWEEN_TAGS.split(text) if tag.strip()] if text else []
