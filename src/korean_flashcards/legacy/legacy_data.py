"""Define an earlier system's data, in the unchecked form that both readers (``database``, ``cache_folder``) return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.records import headword
from korean_flashcards.formats.card_rows import COLUMNS

Kind = Literal["word", "analysis", "cards"]

# Longer text is not a word list cell (see formats.word_list.MAX_CELL) but corrupted data.
LONGEST = 20_000


@dataclass(frozen=True)
class LegacyProblem:
    """An item that cannot be imported: its location, its kind, and the reason.

    ``skipped`` is False if the item is partially imported.
    """

    where: str
    what: Kind
    why: str
    skipped: bool = True


@dataclass(frozen=True)
class Found:
    """One analysis or several cards, as stored by the earlier system.

    Attributes:
        where: The record's location in the source.
        value: For an analysis, an object with the 17 fields. For cards, a list of card objects.
        created: When the record was stored (UTC, ISO 8601), or None.
        spare: Whether the record is a copy that is used only if there is no better record.
    """

    where: str
    value: Any
    created: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    spare: bool = False


@dataclass(frozen=True)
class LegacyWord:
    """A word with its replies.

    Attributes:
        values: The word's other values, keyed by word list column.
        analyses: The word's analyses, newest first.
        cards: The word's sets of cards, newest first. The first set with at least one valid record is used,
            and its invalid records are skipped.
    """

    where: str
    term: str
    values: Mapping[str, str]
    position: int | None = None
    analyses: Sequence[Found] = ()
    cards: Sequence[Sequence[Found]] = ()


@dataclass(frozen=True)
class LegacyData:
    """Everything read from a source."""

    words: list[LegacyWord]
    problems: list[LegacyProblem]


def problem(where: str, what: Kind, why: str, skipped: bool = True) -> LegacyProblem:
    """Create a problem whose text is printable. File names and corrupted text may contain unprintable characters."""
    return LegacyProblem(clean(where), what, clean(why), skipped)


def text_of(value: Any) -> str:
    """Return a stored value as clean text for a word list."""
    if value is None or isinstance(value, dict | list | bytes):
        return ""
    return clean(str(value)).strip()


def term_of(value: Any) -> str:
    """Return the word as the ledger stores it: in NFC, with single spaces, and without the trailing IPA."""
    return " ".join(headword(text_of(value)).split())


def whole_number(value: Any) -> int | None:
    """Convert a value of any type to a positive integer, or return None if that is impossible."""
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else 0.0
    except (ValueError, OverflowError):
        return None
    return int(number) if 1 <= number < 10**15 and number == int(number) else None


def pos_hint(kind: str) -> str:
    """Return the entry's kind as a part-of-speech hint, or an empty string for "word"."""
    return "" if kind.lower() == "word" else kind


def card_of(row: Any) -> dict[str, Any] | str:
    """Convert an object, a list of nine cells, or a tab-separated line to a card. If that fails, return the reason."""
    cells = row.strip("\r\n").split("\t") if isinstance(row, str) else row
    if isinstance(cells, list):
        if len(cells) != len(COLUMNS):
            return f"a card has {len(cells)} columns instead of {len(COLUMNS)}"
        cells = dict(zip(COLUMNS, cells, strict=True))
    if not isinstance(cells, dict):
        return f"a card is not an object: {str(row)[:40]}"
    if missing := [name for name in ("tab_name", "front", "back") if name not in cells]:
        return f"a card is missing {' and '.join(missing)}"
    return cells


def time_of(value: Any) -> str | None:
    """Convert a time (ISO 8601 text or Unix time in seconds) to UTC in ISO 8601, or return None if it is invalid."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            at = datetime.fromtimestamp(value, UTC)
        else:
            at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (TypeError, ValueError, OverflowError, OSError):
        return None
