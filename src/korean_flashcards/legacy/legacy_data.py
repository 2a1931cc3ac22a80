"""What an earlier system knew, as both readers (``database``, ``cache_folder``) hand it over; nothing is checked here."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from korean_flashcards.domain.records import headword
from korean_flashcards.formats.cards_reply import COLUMNS
from korean_flashcards.formats.item_row import storable

Kind = Literal["word", "analysis", "cards"]

# A longer text is no cell of a word list (see formats.word_list.MAX_CELL) but damage.
LONGEST = 20_000


@dataclass(frozen=True)
class LegacyProblem:
    """Something that is not taken: where it stands, what it is, why. ``skipped`` is false of what is taken in part."""

    where: str
    what: Kind
    why: str
    skipped: bool = True


@dataclass(frozen=True)
class Found:
    """One analysis or some cards as they were stored.

    ``value``: for an analysis an object of the 17 fields, for cards a list of card objects. ``created``: UTC, ISO 8601, or
    None. ``spare``: a copy, looked at only where nothing better is there.
    """

    where: str
    value: Any
    created: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    spare: bool = False


@dataclass(frozen=True)
class LegacyWord:
    """A word: ``term``, what else is known of it as cells of a word list, and what was paid for, newest first.

    ``cards`` are sets; of a set every part that is right is taken, and one set is enough.
    """

    where: str
    term: str
    values: Mapping[str, str]
    position: int | None = None
    analyses: Sequence[Found] = ()
    cards: Sequence[Sequence[Found]] = ()


@dataclass(frozen=True)
class LegacyData:
    """All that a source holds."""

    words: list[LegacyWord]
    problems: list[LegacyProblem]


def problem(where: str, what: Kind, why: str, skipped: bool = True) -> LegacyProblem:
    """A Problem whose texts can be printed anywhere: file names and damaged texts may hold what no encoding takes."""
    return LegacyProblem(storable(where), what, storable(why), skipped)


def text_of(value: Any) -> str:
    """A stored value as text that a list can hold: NUL and halves of characters would spoil the whole file."""
    if value is None or isinstance(value, dict | list | bytes):
        return ""
    return storable(str(value)).strip()


def term_of(value: Any) -> str:
    """The word as the ledger writes it: NFC, single spaces, without the IPA that earlier systems wrote behind it."""
    return " ".join(headword(unicodedata.normalize("NFC", text_of(value))).split())


def whole_number(value: Any) -> int | None:
    """A positive whole number out of whatever type the column has, None for anything else."""
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else 0.0
    except (ValueError, OverflowError):
        return None
    return int(number) if 1 <= number < 10**15 and number == int(number) else None


def pos_hint(kind: str) -> str:
    """The kind of entry as a part of speech for the model to go by; that it is a "word" says nothing."""
    return "" if kind.lower() == "word" else kind


def card_of(row: Any) -> dict[str, Any] | str:
    """One card out of an object, a list of nine cells or a tab-separated line; else what is wrong with it."""
    cells = row.strip("\r\n").split("\t") if isinstance(row, str) else row
    if isinstance(cells, list):
        if len(cells) != len(COLUMNS):
            return f"a card has {len(cells)} columns instead of {len(COLUMNS)}"
        cells = dict(zip(COLUMNS, cells, strict=True))
    if not isinstance(cells, dict):
        return f"a card is {str(row)[:40]!r}, not an object"
    if missing := [name for name in ("tab_name", "front", "back") if name not in cells]:
        return f"a card has no {', '.join(missing)} column"
    return cells


def time_of(value: Any) -> str | None:
    """A time stored as ISO 8601 text or as seconds since the epoch → UTC, ISO 8601; None for anything else."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            at = datetime.fromtimestamp(value, UTC)
        else:
            at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (TypeError, ValueError, OverflowError, OSError):
        return None
