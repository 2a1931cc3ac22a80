"""Provide the options that select cards. They have the names and values of the filters in export profiles."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from korean_flashcards.exports.card_filter import CardFilter
from korean_flashcards.exports.profile_settings import card_filter

# These filters have one value. All others are lists, whose options can be repeated.
_SINGLE = frozenset(
    ("score_min", "score_max", "imported_since", "imported_until", "changed_since", "changed_until", "where")
)
_METAVARS = {"where": "SQL", "level": "LEVELS", "words": "WORDS", "score_min": "N", "score_max": "N"}
_PREFIX = "filter_"
# The formats of the catalog, for help texts.
FORMATS = "anki_text, apkg, csv, html, json, jsonl, markdown, mochi, obsidian, parquet, pdf, quizlet, tsv, or xlsx"


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each filter, and pass the filters as ``filters`` (a ``CardFilter``).

    Write this decorator below ``explaining``, which prints the message about an invalid filter.
    """

    @wraps(command)
    def with_filters(*args: Any, **options: Any) -> Any:
        given = {name: options.pop(_PREFIX + name) for name in CardFilter.model_fields}
        values = {
            name: ",".join(value) if isinstance(value, tuple) else value
            for name, value in given.items()
            if value not in (None, ())
        }
        return command(*args, **options, filters=card_filter(values))

    for name, field in reversed(CardFilter.model_fields.items()):
        add = click.option(
            f"--{name.replace('_', '-')}",
            _PREFIX + name,
            metavar=_METAVARS.get(name, "DATE" if name.endswith(("since", "until")) else "NAMES"),
            multiple=name not in _SINGLE,
            help=f"Select {_lower(field.description or name)}",
        )
        with_filters = add(with_filters)
    return with_filters


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[0].lower() + text[1:]
