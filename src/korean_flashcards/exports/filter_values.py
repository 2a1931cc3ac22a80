"""Convert the values of filters: the same words from a command line, a YAML file, and a notebook."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from korean_flashcards.domain.lazy_regex import lazy_regex

_NO_LEVEL = "none"
_AGE = lazy_regex(r"(\d{1,5})([dw])")
_LEVELS = lazy_regex(r"([1-6])(?:\s*-\s*([1-6]))?")


def names(value: Any, if_empty: str = "Leave it out to select all cards") -> Any:
    """Return a list of names. A string is split on commas and, for --params, on semicolons.

    An empty value is refused, because it would select nothing. ``if_empty``: what to do then.
    """
    if isinstance(value, str):
        value = re.split("[,;]", value)
    if not isinstance(value, list | tuple | set | frozenset):
        raise ValueError("must be a name, or several names that are separated by commas")
    if not all(isinstance(each, str | int) and not isinstance(each, bool) for each in value):
        raise ValueError("must be names")
    found = tuple(unicodedata.normalize("NFC", str(each)).strip() for each in value)
    found = tuple(dict.fromkeys(each for each in found if each))
    if not found:
        raise ValueError(f"is empty. {if_empty}")
    return found


def levels(value: Any) -> Any:
    """Return levels as a set of numbers, with None for cards without a level: ``1-3, none`` becomes {1, 2, 3, None}."""
    given = [value] if isinstance(value, int) and not isinstance(value, bool) else names(value)
    found: set[int | None] = set()
    for each in map(str, given):
        if each.lower() == _NO_LEVEL:
            found.add(None)
        elif part := _LEVELS.fullmatch(each):
            first, last = int(part[1]), int(part[2] or part[1])
            if first > last:
                raise ValueError(f"has the range {each}, which ends before it begins")
            found.update(range(first, last + 1))
        else:
            raise ValueError(f"must be levels from 1 to 6, ranges such as 1-3, or none, not {each!r}")
    return frozenset(found)


def day(value: Any) -> Any:
    """Return a date, or an age as a timedelta: ``7d`` and ``4w`` count back from the day of the export."""
    if isinstance(value, date | timedelta) and not isinstance(value, datetime):
        return value
    text = str(value).strip()
    if age := _AGE.fullmatch(text):
        return timedelta(days=int(age[1]) * (7 if age[2] == "w" else 1))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"must be a date such as 2026-11-30, or an age such as 7d or 4w, not {text!r}") from None


def resolved(value: date | timedelta, today: date) -> date:
    """Return a date, or the date that an age means."""
    if not isinstance(value, timedelta):
        return value
    return date.fromordinal(max(1, today.toordinal() - value.days))


def as_text(value: Any) -> str:
    """Return a filter's value in the form in which a user writes it."""
    if isinstance(value, frozenset):
        return _levels_as_text(value)
    if isinstance(value, timedelta):
        return f"{value.days}d"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _levels_as_text(value: Iterable[int | None]) -> str:
    numbers = sorted(each for each in value if each is not None)
    return ", ".join([*map(str, numbers), *([_NO_LEVEL] if None in value else [])])


Names = Annotated[tuple[str, ...], BeforeValidator(names)]
Levels = Annotated[frozenset[int | None], BeforeValidator(levels)]
Day = Annotated[date | timedelta, BeforeValidator(day)]
