"""Select the rows of the card table that meet the filters of an export."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import PurePath
from typing import Any

import polars as pl

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.exports.card_filter import CardFilter
from korean_flashcards.exports.filter_values import resolved
from korean_flashcards.exports.nearest_names import unknown_name
from korean_flashcards.exports.sql_filter import condition, evaluated

_HELD = "The filter selects from the words in the deck. `kedro word show WORD` says where a word is."


def selected(cards: pl.DataFrame, filters: CardFilter, today: date | None = None) -> pl.DataFrame:
    """Return the cards that meet all filters, in their order.

    Args:
        cards: The card table.
        filters: The filters.
        today: The day from which ages such as ``7d`` count back, by default the current day.

    Raises:
        SettingsError: No card has a deck, tag, list, or word that a filter names, or an SQL expression fails.
    """
    conditions = [*_names(cards, filters), *_values(filters), *_dates(filters, today or date.today())]
    found = cards.filter(conditions) if conditions else cards
    if filters.where is not None:
        meets = evaluated(found, filters.where, condition(filters.where))
        found = found.filter(meets.fill_null(False))
    return found


def emptying_filter(cards: pl.DataFrame, filters: CardFilter, today: date | None = None) -> tuple[str, int]:
    """Return the filter after which no card is left, and the number of cards that the filters before it have left."""
    left, applied = cards.height, dict[str, Any]()
    for name, value in filters:
        if value is None:
            continue
        applied[name] = value
        found = selected(cards, CardFilter.model_construct(**applied), today).height
        if not found:
            return name, left
        left = found
    return "", left


def _names(cards: pl.DataFrame, filters: CardFilter) -> Iterator[pl.Expr]:
    """Yield a condition for each filter whose values must occur in the deck."""
    if filters.deck:
        yield pl.col("deck").is_in(_all_like("deck", filters.deck, cards["deck"].unique()))
    if filters.list:
        lists = cards["lists"].explode().drop_nulls().unique()
        yield _has_any("lists", named_lists(filters.list, lists))
    if filters.words:
        yield _words(cards, filters.words)
    given = [filters.tags_any, filters.tags_all, filters.tags_none]
    if not any(given):
        return
    tags = cards["tags"].explode().drop_nulls().unique()
    if filters.tags_any:
        yield _has_any("tags", _all_like("tag", filters.tags_any, tags))
    for name in filters.tags_all or ():
        yield _has_any("tags", _all_like("tag", [name], tags))
    if filters.tags_none:
        yield ~_has_any("tags", _all_like("tag", filters.tags_none, tags))


def _values(filters: CardFilter) -> Iterator[pl.Expr]:
    if filters.level is not None:
        numbers = [each for each in filters.level if each is not None]
        has_level = pl.col("level").is_in(numbers).fill_null(False)
        yield has_level | pl.col("level").is_null() if None in filters.level else has_level
    for name in ("part_of_speech", "card_type", "review"):
        if wanted := getattr(filters, name):
            yield pl.col(name).is_in(wanted)
    if filters.card_type_not:
        yield ~pl.col("card_type").is_in(filters.card_type_not)
    if filters.score_min is not None:
        yield pl.col("score") >= filters.score_min
    if filters.score_max is not None:
        yield pl.col("score") <= filters.score_max


def _dates(filters: CardFilter, today: date) -> Iterator[pl.Expr]:
    for column in ("imported", "changed"):
        if (since := getattr(filters, f"{column}_since")) is not None:
            yield pl.col(f"{column}_on") >= resolved(since, today)
        if (until := getattr(filters, f"{column}_until")) is not None:
            yield pl.col(f"{column}_on") <= resolved(until, today)


def _has_any(column: str, values: Iterable[str]) -> pl.Expr:
    """Return whether a list has any of the values. A missing list has none."""
    return pl.col(column).list.eval(pl.element().is_in(list(values))).list.any().fill_null(False)


def _all_like(kind: str, names: Iterable[str], known: pl.Series) -> list[str]:
    """Return the decks or tags with these names and all below them: ``unit3`` also means ``unit3::a``."""
    keys = _keys(known)
    found: set[str] = set()
    for name in names:
        key = _key(name).replace("::", ":")
        like = known.filter((keys == key) | keys.str.starts_with(f"{key}:"))
        if like.is_empty():
            raise SettingsError(unknown_name(kind, name, _with_levels_above(known)))
        found.update(like)
    return list(found)


def _keys(names: pl.Series) -> pl.Series:
    """Return what is compared: NFC, in lower case, with one colon between levels, as in ``level:topik1``."""
    return names.str.normalize("NFC").str.to_lowercase().str.replace_all("::", ":", literal=True)


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).lower()


def _with_levels_above(known: Iterable[str]) -> list[str]:
    """Return the names, preceded by those of the levels above them: ``Korean`` for ``Korean::TOPIK 1``."""
    above = {name[: colons.start()] for name in known for colons in re.finditer("::?", name)}
    return [*sorted(above), *sorted(set(known) - above)]


def named_lists(names: Iterable[str], known: pl.Series) -> list[str]:
    """Return the word lists with these file names. The extension may be left out.

    Raises:
        SettingsError: There is no list with one of the names.
    """
    found: set[str] = set()
    for name in names:
        like = [file for file in known if _key(name) in (_key(file), _key(PurePath(file).stem))]
        if not like:
            raise SettingsError(unknown_name("word list", name, sorted(known)))
        found.update(like)
    return list(found)


def _words(cards: pl.DataFrame, names: tuple[str, ...]) -> pl.Expr:
    wanted = [_key(name) for name in names]
    known = {*cards["word"].str.to_lowercase(), *cards["item_id"].str.to_lowercase()}
    for name in names:
        if _key(name) not in known:
            raise SettingsError(f"{unknown_name('word', name, cards['word'].unique().sort(), listed=False)} {_HELD}")
    return pl.any_horizontal(pl.col("word", "item_id").str.to_lowercase().is_in(wanted))
