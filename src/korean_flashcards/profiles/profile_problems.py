"""Find all mistakes in the file of an export profile, and the line of each."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import yaml
from pydantic import BaseModel, ValidationError

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameter_problems import parameter_problems
from korean_flashcards.exports.card_filter import CardFilter
from korean_flashcards.exports.card_selection import selected
from korean_flashcards.exports.export_fields import field_problems
from korean_flashcards.exports.filter_values import names
from korean_flashcards.exports.nearest_names import unknown_name
from korean_flashcards.exports.profile_settings import ProfileSettings, card_filter
from korean_flashcards.files.setting_places import line_in
from korean_flashcards.profiles.file_formats import KnownFormat, by_any_name

_LINE = re.compile(r"^line (\d+): ")
# The end of a message about an unknown name (see ``unknown_name`` and ``parameter_problems``).
_LISTING = re.compile(r"(?: The|; the) ((?:[a-z]+ )+(?:are|is) .+?)\.?$")
_Steps = Sequence[int | str]


@dataclass(frozen=True)
class Mistake:
    """A mistake in a file. ``line`` is 0 if it is about the whole file, for example if a setting is missing."""

    line: int
    text: str


def setting_problems(text: str, error: ValidationError) -> list[Mistake]:
    """Return the settings of a profile that are unknown or invalid."""
    line, values = _lines(text), yaml.safe_load(text) or {}
    fields = [
        Mistake(line(("fields", *steps)), f"fields: {problem}")
        for steps, problem in (field_problems(values["fields"]) if "fields" in values else ())
    ]
    # These problems have only the first invalid field.
    others = [each for each in _of_model(error, ProfileSettings, (), line) if not each.text.startswith("fields: ")]
    return others + fields


def format_problems(text: str, known: Mapping[str, KnownFormat]) -> list[Mistake]:
    """Return the formats that do not exist, and their unknown or invalid options."""
    line, values = _lines(text), yaml.safe_load(text) or {}
    return [*_formats(values.get("format"), known, line), *_options(values.get("options"), known, line)]


def filter_problems(text: str, cards: pl.DataFrame) -> list[Mistake]:
    """Return the decks, tags, lists, and words in filters that no card has, and SQL conditions that fail."""
    line, values = _lines(text), (yaml.safe_load(text) or {}).get("filters")
    found = []
    for name, value in values.items() if isinstance(values, Mapping) else ():
        for problem in _of_filter(str(name), value, cards):
            found.append(Mistake(line(("filters", name)), f"filters.{name}: {problem}"))
    return found


def problems_text(problems: Iterable[Mistake], shown: str) -> str:
    """Return one line per problem, sorted by line of the file, and then the known names, each list once.

    Args:
        problems: The problems.
        shown: The file, or the name of a profile without a file.
    """
    lines, listings = [], list[str]()
    for problem in sorted(dict.fromkeys(problems), key=lambda each: each.line):
        text = problem.text
        if listing := _LISTING.search(text):
            text = text[: listing.start()]
            listings.append(f"The {listing[1]}")
        place = f"{shown}, line {problem.line}" if problem.line else shown
        lines.append(f"{place}: {text}".rstrip("."))
    found = "".join(f"\n  - {line}" for line in lines)
    return found + "".join(f"\n{known}." for known in _without_parts(listings))


def _without_parts(listings: Sequence[str]) -> list[str]:
    """Return the lists of known names, without those that a longer list contains."""
    kept: list[str] = []
    for each in sorted(dict.fromkeys(listings), key=len, reverse=True):
        if not any(
            set(each.split(", ")[1:]) <= set(other.split(", ")) and _kind(each) == _kind(other) for other in kept
        ):
            kept.append(each)
    return [each for each in dict.fromkeys(listings) if each in kept]


def _kind(listing: str) -> str:
    return listing.partition(" are ")[0]


def _lines(text: str) -> Callable[[_Steps], int]:
    root = yaml.compose(text, yaml.SafeLoader)
    return lambda steps: line_in(root, steps)[1]


def _of_model(
    error: ValidationError, model: type[BaseModel], group: _Steps, line: Callable[[_Steps], int]
) -> Iterator[Mistake]:
    def place(steps: _Steps) -> str | None:
        number = line((*group, *steps))
        return f"line {number}" if number else None

    for text in parameter_problems(error, place, model):
        number = _LINE.match(text)
        yield Mistake(int(number[1]) if number else 0, _LINE.sub("", text))


def _formats(value: Any, known: Mapping[str, KnownFormat], line: Callable[[_Steps], int]) -> Iterator[Mistake]:
    each_on_a_line, by_name = isinstance(value, list), by_any_name(known)
    try:
        given = names(value)
    except ValueError:
        return  # reported as an invalid setting
    for number, name in enumerate(value if each_on_a_line else given):
        if str(name).strip().lower() not in by_name:
            steps = ("format", number) if each_on_a_line else ("format",)
            yield Mistake(line(steps), f"format: {unknown_name('format', str(name), known)}")


def _options(value: Any, known: Mapping[str, KnownFormat], line: Callable[[_Steps], int]) -> Iterator[Mistake]:
    by_name = by_any_name(known)
    for name, options in value.items() if isinstance(value, Mapping) else ():
        file_format = by_name.get(str(name).lower())
        if file_format is None:
            yield Mistake(line(("options", name)), f"options: {unknown_name('format', str(name), known)}")
        elif isinstance(options, Mapping):
            try:
                file_format.options.model_validate(options)
            except ValidationError as error:
                group = ("options", name)
                for problem in _of_model(error, file_format.options, group, line):
                    yield Mistake(problem.line or line(group), f"options.{name}: {problem.text}")


def _of_filter(name: str, value: Any, cards: pl.DataFrame) -> Iterator[str]:
    try:
        found = getattr(card_filter({name: value}), name, None)
    except SettingsError:
        return  # reported as an invalid setting
    for each in found if isinstance(found, tuple) else (found,):
        try:
            only = (each,) if isinstance(found, tuple) else each
            selected(cards, CardFilter().model_copy(update={name: only}))
        except SettingsError as error:
            yield str(error)
