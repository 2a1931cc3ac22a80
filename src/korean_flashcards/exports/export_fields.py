"""Read the fields of a profile: the columns of its tables, under the names and in the order that the profile gives."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.exports.card_columns import CARD_COLUMNS
from korean_flashcards.exports.nearest_names import shown, unknown_name
from korean_flashcards.exports.row_template import JOINT, filled, filled_texts, is_template
from korean_flashcards.exports.sql_filter import evaluated, sql_expression

# The fields of a profile that does not name any.
DEFAULT_FIELDS = (
    "word", "card_type", "front", "back", "part_of_speech", "level", "meaning", "ipa", "sound", "hanja", "example",
    "example_translation", "tags", "deck",
)  # fmt: skip
_LONGEST_NAME = 100
_SQL = "sql:"
_CONSTANT = "="


def fields_of(value: Any) -> dict[str, str]:
    """Return the source of each field, by the field's name.

    ``value`` is a list of columns and of pairs such as ``{Meaning: meaning}``, a mapping, or columns separated by commas.
    A source is a column, a constant (``=Course 1``), a template (``{{word}} – {{meaning}}``), or an SQL expression
    (``sql: UPPER(ipa)``).

    Raises:
        ValueError: The value has a different form, or two fields have the same name.
    """
    for _, problem in field_problems(value):
        raise ValueError(problem)
    return {name: source for each in _listed(value) for name, source in _pairs(each)}


def field_problems(value: Any) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """Yield what is wrong with a profile's fields, and where: the index of the field in a list, or its name in a group."""
    listed = _listed(value)
    if not isinstance(listed, list | tuple) or not listed:
        yield (), "must be a list of columns, such as [word, Meaning: meaning]"
        return
    known = set[str]()
    for number, each in enumerate(listed):
        try:
            pairs = _pairs(each)
        except ValueError as error:
            yield (number,), str(error)
            continue
        for name, source in pairs:
            place = (name,) if isinstance(value, Mapping) else (number,)
            if problem := _field_problem(name, source):
                yield place, problem
            elif name.casefold() in known:
                yield place, f"has two fields named {shown(name)}. Give one of them a different name"
            known.add(name.casefold())


def table_of(cards: pl.DataFrame, fields: Mapping[str, str]) -> pl.DataFrame:
    """Return one column per field. Texts, numbers, and dates keep their types; lists become text.

    Raises:
        SettingsError: An SQL expression cannot be computed for some cards.
    """
    return pl.DataFrame([_column(cards, source).alias(name) for name, source in fields.items()])


def _pairs(each: Any) -> list[tuple[str, str]]:
    if isinstance(each, str):
        return [(each, each)]
    if isinstance(each, Mapping) and all(isinstance(part, str) for pair in each.items() for part in pair):
        return list(each.items())
    given = ", ".join(f"{name}: {value}" for name, value in each.items()) if isinstance(each, dict) else str(each)
    raise ValueError(f"has {shown(given)}, which is neither a column nor a pair such as Meaning: meaning")


def _listed(value: Any) -> Any:
    """Return the fields as a list, if the value has one of the forms that a profile can use."""
    if isinstance(value, str):
        return [each.strip() for each in value.split(",")]
    return [{name: source} for name, source in value.items()] if isinstance(value, Mapping) else value


def _field_problem(name: str, source: str) -> str | None:
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        return f"has a field whose name is empty, longer than {_LONGEST_NAME} characters, or not printable"
    try:
        if source.startswith(_SQL):
            sql_expression(source.removeprefix(_SQL))
        elif is_template(source):
            filled(source)
        elif not source.startswith(_CONSTANT) and source not in CARD_COLUMNS:
            raise SettingsError(unknown_name("column", source, CARD_COLUMNS))
    except SettingsError as error:
        return f"has the field {shown(name)}, which is not valid. {error}"
    return None


def _column(cards: pl.DataFrame, source: str) -> pl.Series:
    if source.startswith(_SQL):
        expression = source.removeprefix(_SQL)
        found = evaluated(cards, expression, sql_expression(expression))
    elif source.startswith(_CONSTANT):
        found = pl.repeat(source.removeprefix(_CONSTANT), cards.height, dtype=pl.String, eager=True)
    elif is_template(source):
        found = filled_texts(cards, source)
    else:
        found = cards[source]
    return _plain(found)


def _plain(values: pl.Series) -> pl.Series:
    """Return the values as texts, whole numbers, numbers, or dates, which are the types that every format can write."""
    kind = values.dtype
    if isinstance(kind, pl.List):
        return values.list.join(JOINT)
    if kind.is_integer():
        return values.cast(pl.Int64, strict=False)
    if kind.is_numeric():
        numbers = values.cast(pl.Float64)
        return numbers.set(~numbers.is_finite(), None)
    return values if kind == pl.Date else values.cast(pl.String)
