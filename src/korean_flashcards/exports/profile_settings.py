"""Define the settings of an export profile: what to select, how to lay it out, and in which formats to write it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import polars as pl
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.parameter_problems import parameter_problems
from korean_flashcards.domain.parameters import Whole
from korean_flashcards.exports.card_columns import CARD_COLUMNS
from korean_flashcards.exports.card_filter import CardFilter
from korean_flashcards.exports.content import FormatOptions
from korean_flashcards.exports.export_fields import DEFAULT_FIELDS, fields_of
from korean_flashcards.exports.filter_values import names
from korean_flashcards.exports.nearest_names import unknown_names
from korean_flashcards.exports.row_template import filled
from korean_flashcards.exports.tag_rules import TagRules

# Columns with few different values. Each value becomes a file.
SPLIT_COLUMNS = (
    "deck", "list", "level", "card_type", "part_of_speech", "verdict", "review", "honorific_level", "imported_on",
    "changed_on", "model", "prompt_version",
)  # fmt: skip
SORT_COLUMNS = tuple(name for name, kind in CARD_COLUMNS.items() if not isinstance(kind, pl.List))
_SINGLE_BRACES = lazy_regex(r"(?<!{){(\w+)}(?!})")
_DESCENDING = "-"
_Model = TypeVar("_Model", bound=BaseModel)


def _template(text: str) -> str:
    for name in _SINGLE_BRACES.findall(text):
        if name in CARD_COLUMNS:
            raise ValueError(f"has {{{name}}}. Write {{{{{name}}}}} to insert the column")
    try:
        filled(text)
    except SettingsError as error:
        raise ValueError(str(error)) from None
    return text


def _formats(value: Any) -> Any:
    return names(value, "Name a format, such as csv. docs/exports.md describes all formats")


def _sort(value: Any) -> Any:
    columns = names(value, "Leave it out to keep the order of the deck")
    unknown = [name for column in columns if (name := column.removeprefix(_DESCENDING)) not in SORT_COLUMNS]
    if unknown:
        raise ValueError(unknown_names("column", unknown, SORT_COLUMNS))
    return columns


def _split(value: Any) -> Any:
    if value not in SPLIT_COLUMNS:
        raise ValueError(f"must be one of {', '.join(SPLIT_COLUMNS)}, not {str(value)!r}")
    return value


def _group(value: Any) -> Any:
    """Return an empty group for a setting that has only a name in the file."""
    return {} if value is None else value


Template = Annotated[str, AfterValidator(_template)]


class ProfileSettings(BaseModel):
    """The settings of an export profile.

    Attributes:
        description: What the profile is for, in one sentence.
        title: The title of the exported files. Without it, the profile's name.
        format: The format, or several formats, of the exported files.
        filters: Which cards to export. Without filters, the whole deck.
        rows: What to export one row for: each ``card``, or each ``word``, with the word's first selected card.
        fields: The columns of tables: each field's name and source (see ``export_fields``).
        front: The template of the card's front, for formats with cards.
        back: The template of the card's back.
        deck: The template of the name of each card's deck, such as ``Korean::{{level}}``.
        tags: Rules that change the tags.
        sort: Columns to sort by; ``-score`` sorts from high to low. Missing values come last.
        limit: The maximum number of rows, after sorting.
        split: The column whose values are written to separate files.
        options: Options for formats, by the format's name.
        keep: How many earlier versions of the files to keep.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: str = ""
    title: str | None = None
    format: Annotated[tuple[str, ...], BeforeValidator(_formats)]
    filters: Annotated[CardFilter, BeforeValidator(_group)] = CardFilter()
    rows: Literal["card", "word"] = "card"
    fields: Annotated[dict[str, str], BeforeValidator(fields_of)] = {name: name for name in DEFAULT_FIELDS}
    front: Template = "{{front}}"
    back: Template = "{{back}}"
    deck: Template | None = None
    tags: Annotated[TagRules, BeforeValidator(_group)] = TagRules()
    sort: Annotated[tuple[str, ...], BeforeValidator(_sort)] | None = None
    limit: Annotated[Whole, Field(ge=1, le=1_000_000_000)] | None = None
    split: Annotated[str, BeforeValidator(_split)] | None = None
    options: Annotated[dict[str, dict[str, Any]], BeforeValidator(_group)] = {}
    keep: Annotated[Whole, Field(ge=1, le=100)] = 3


def profile_settings(values: Mapping[str, Any]) -> ProfileSettings:
    """Return the settings of a profile.

    Raises:
        SettingsError: A setting is unknown, missing, or invalid. The message has one line per problem.
    """
    return _validated(ProfileSettings, values)


def card_filter(values: Mapping[str, Any]) -> CardFilter:
    """Return the filters, such as ``{"level": "1-3"}``. Filters whose value is None are left out.

    Raises:
        SettingsError: A filter is unknown or invalid. The message has one line per problem.
    """
    return _validated(CardFilter, {name: value for name, value in values.items() if value is not None})


def format_options(model: type[FormatOptions], values: Mapping[str, Any]) -> FormatOptions:
    """Return the options of a format.

    Raises:
        SettingsError: An option is unknown or invalid. The message has one line per problem.
    """
    return _validated(model, values)


def _validated(model: type[_Model], values: Mapping[str, Any]) -> _Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(line) for line in parameter_problems(error, model=model))) from None


def _sentence(problem: str) -> str:
    return problem if problem.endswith(".") else f"{problem}."
