"""Convert a row in a word list to a word, or report why the row is rejected."""

import re
from typing import Any

from pydantic import ValidationError

from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import RejectCode, VocabularyItem
from korean_flashcards.formats.word_list import ListRow
from korean_flashcards.korean.hangul import has_hangul

# Databases and files cannot store these as text: unpaired surrogates (half of a character pair) and NUL.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_TOPIK_LEVEL = re.compile(
    r"(?:(?:topik|토픽|level|lv)[\s._-]*)?(?:(?:ii?|[ⅠⅡ])[\s._-]+)?([1-6])(?:\.0)?\s*급?", re.IGNORECASE
)
_NUMBER = re.compile(r"(\d{1,15})(?:\.0+)?")
_BETWEEN_TAGS = re.compile("[,;]")
_TEXTS = ("pos", "definition", "hanja", "example", "example_translation", "usage_hint", "ipa")


class RowError(Exception):
    """Raised when a row is rejected. The message is for people; ``code`` is for programs."""

    def __init__(self, code: RejectCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def item_of(row: ListRow, file: str) -> tuple[VocabularyItem, list[tuple[str, str]]]:
    """Return the row's word, always with homograph number 1, and the row's warnings as (code, reason) pairs.

    Raises:
        RowError: The row is rejected.
    """
    values = row.values
    if not _is_text("".join(values.values())):
        column = next(column for column, value in values.items() if not _is_text(value))
        raise RowError(RejectCode.INVALID, f"the {column} cell contains invalid characters: retype the cell")
    term = " ".join(values.get("term", "").split())
    if row.extra_cells:
        extra = counted(row.extra_cells, "more cell")
        reason = f"the row has {extra} than the header: use double quotes around text that contains the delimiter"
        raise RowError(RejectCode.EXTRA_CELLS, reason)
    if not term:
        raise RowError(RejectCode.NO_TERM, "the term is empty")
    if not has_hangul(term):
        raise RowError(RejectCode.NO_HANGUL, f"the term {term[:40]!r} contains no Hangul syllables")
    if {"[", "]"} & set(term):
        # Analyses use square brackets for the IPA: "남성[nam.sʌŋ]".
        raise RowError(RejectCode.INVALID, f"the term {term[:40]!r} contains square brackets: write only the word")
    texts: dict[str, Any] = {column: values.get(column) or None for column in _TEXTS}
    level, warnings = _topik_level(values.get("topik_level"))
    try:
        item = VocabularyItem(
            item_id=f"{term}#1", term=term, homograph=1, topik_level=level, frequency=_number(values.get("frequency")),
            term_number=_number(values.get("position")) or max(row.row - row.before, 1), tags=_tags(values.get("tags")),
            file=file, row=row.row, **texts,
        )  # fmt: skip
    except ValidationError as error:
        raise _row_error(error) from error
    return item, warnings


def storable(text: str) -> str:
    """Return the text, with U+FFFD in place of each character that cannot be stored in databases and files."""
    return text if _is_text(text) else _NO_TEXT.sub("\ufffd", text)


def _is_text(text: str) -> bool:
    """Return whether the text can be stored. Encoding the text is much faster than a regex search."""
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
        return RowError(RejectCode.TOO_LONG, f"the {column} has {length:,} characters; the limit is {limit}")
    return RowError(RejectCode.INVALID, f"the {column} is not valid: {first['msg']}")


def _topik_level(text: str | None) -> tuple[int | None, list[tuple[str, str]]]:
    """Parse a TOPIK level such as "3", "3.0", "TOPIK 3", or "3급". Anything else becomes null, with a warning."""
    if not text:
        return None, []
    match = _TOPIK_LEVEL.fullmatch(text)
    if match:
        return int(match[1]), []
    return None, [("topik_level", f"the TOPIK level {text[:40]!r} was ignored because it is not between 1 and 6")]


def _number(text: str | None) -> int | None:
    """Parse a positive integer, with optional thousands separators and ".0". Anything else becomes null."""
    match = _NUMBER.fullmatch(text.replace(",", "")) if text else None
    return (int(match[1]) or None) if match else None


def _tags(text: str | None) -> list[str]:
    """Split tags at commas and semicolons. Spaces become underscores, because Anki separates tags with spaces."""
    return ["_".join(tag.split()) for tag in _BETWEEN_TAGS.split(text) if tag.strip()] if text else []
