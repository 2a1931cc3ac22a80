"""Convert a row in a word list to a word, or report why the row is rejected."""

import re
import unicodedata
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import RejectCode, VocabularyItem
from korean_flashcards.formats.term_problem import problem_of_term
from korean_flashcards.formats.term_text import TermText, read_term
from korean_flashcards.formats.word_list import ListRow

_TOPIK_LEVEL = lazy_regex(
    r"(?:(?:topik|토픽|level|lv)[\s._-]*)?(?:(?:ii?|[ⅠⅡ])[\s._-]+)?([1-6])(?:\.0)?\s*급?", re.IGNORECASE
)
_NUMBER = lazy_regex(r"(\d{1,15})(?:\.0+)?")
_LEADING_DASH = lazy_regex(r"(?:--|[-–—―−·ㆍ•∙‧⋅])\s+(?=\w)")
_BETWEEN_TAGS = lazy_regex("[,;]")
_TEXTS = ("pos", "definition", "hanja", "example", "example_translation", "usage_hint", "ipa")


@dataclass(frozen=True)
class RowWord:
    """The word in a row.

    Attributes:
        item: The word, always with homograph number 1.
        warnings: The row's warnings as (code, reason) pairs.
        dictionary_number: The number that a dictionary gave the headword among its homographs, or None.
    """

    item: VocabularyItem
    warnings: list[tuple[str, str]]
    dictionary_number: int | None = None


class RowError(Exception):
    """Raised when a row is rejected. The message is for people; ``code`` is for programs."""

    def __init__(self, code: RejectCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def item_of(
    row: ListRow, file: str, numbered: frozenset[str] = frozenset(), as_written: Container[str] = ()
) -> RowWord:
    """Return the row's word.

    Args:
        row: The row of the word list.
        file: The name of the list.
        numbered: The headwords that the list numbers, as returned by ``numbered_headwords``.
        as_written: The terms that earlier releases imported without cleaning. They stay as they are, because their
            replies are paid for.

    Raises:
        RowError: The row is rejected.
    """
    values = {column: clean(value) for column, value in row.values.items()}
    if row.extra_cells:
        extra = counted(row.extra_cells, "more cell")
        reason = f"the row has {extra} than the header: use double quotes around text that contains the delimiter"
        raise RowError(RejectCode.EXTRA_CELLS, reason)
    found = _term_of(row, values, numbered, as_written)
    level, warnings = _topik_level(values.get("topik_level"))
    values["hanja"] = values.get("hanja") or found.hanja
    values["definition"] = _meaning(values.get("definition", "")) or found.gloss
    texts: dict[str, Any] = {column: values.get(column) or None for column in _TEXTS}
    try:
        item = VocabularyItem(
            item_id=f"{found.term}#1", term=found.term, homograph=1, topik_level=level,
            frequency=_number(values.get("frequency")),
            term_number=_number(values.get("position")) or max(row.row - row.before, 1), tags=_tags(values.get("tags")),
            file=clean(file), row=row.row, **texts,
        )  # fmt: skip
    except ValidationError as error:
        raise _row_error(error) from error
    return RowWord(
        item, [*row.warnings, *_term_warnings(found), *warnings], found.number or _number(values.get("homograph"))
    )


def _term_of(row: ListRow, values: Mapping[str, str], numbered: frozenset[str], as_written: Container[str]) -> TermText:
    """Return the row's term. Raises RowError if the row has no usable term."""
    found = read_term(row.values.get("term", ""), values.get("definition", ""), numbered)
    if found.written in as_written:
        return TermText(found.written, found.written)
    if row.problem:
        line = row.text.strip(" \t,;|")
        raise RowError(RejectCode.INVALID, f"the line {line[:40]!r} {row.problem}")
    if problem := problem_of_term(found.term, found.written, values):
        raise RowError(*problem)
    return found


def _meaning(text: str) -> str:
    """Return the definition without a dash or a dot before it, or nothing if it is only punctuation, such as "?"."""
    text = _LEADING_DASH.sub("", text) if "\n" not in text else text
    return text if any(not unicodedata.category(character).startswith(("P", "Z", "C")) for character in text) else ""


def _term_warnings(found: TermText) -> list[tuple[str, str]]:
    if found.term == found.written:
        return []
    notes = [f"hanja: {found.hanja}"] if found.hanja else []
    notes += [f"meaning: {found.gloss}"] if found.gloss else []
    notes += [f"dictionary number: {found.number}"] if found.number else []
    suffix = f" ({', '.join(notes)})" if notes else ""
    return [("term_cleaned", f"“{found.written[:60]}” was read as “{found.term[:60]}”{suffix}")]


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
