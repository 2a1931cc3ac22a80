"""Fill in templates such as ``{{word}} ({{sound}})`` with the columns of each card.

The syntax is Mustache: ``{{word}}`` inserts a column; ``{{#hanja}}…{{/hanja}}`` is shown only if the column has a value,
and ``{{^hanja}}…{{/hanja}}`` only if it has none. Nothing is escaped, because every format escapes the text that it
writes. Templates cannot include files, and text from a card is never read as a template.
"""

from collections.abc import Iterator
from functools import reduce
from typing import NamedTuple

import polars as pl

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.exports.card_columns import CARD_COLUMNS
from korean_flashcards.exports.nearest_names import shown, unknown_names

_TAG = lazy_regex(r"{{\s*([#^/]?)\s*([^{}]*?)\s*}}")
_LONGEST = 5000  # characters
_DEEPEST = 20
JOINT = ", "  # between the values of a list


class _Part(NamedTuple):
    kind: str  # "text", "value", "#", "^", or "/"
    text: str


def is_template(text: str) -> bool:
    """Return whether the text inserts columns."""
    return "{{" in text


def filled(template: str) -> pl.Expr:
    """Return the template's text for each card.

    Raises:
        SettingsError: The template names an unknown column, or a section does not end.
    """
    if len(template) > _LONGEST:
        raise SettingsError(f"The template {_named(template)} is longer than {_LONGEST:,} characters.")
    open_sections: list[tuple[_Part, list[pl.Expr]]] = [(_Part("text", ""), [])]
    for part in _parts(template):
        if part.kind in ("#", "^"):
            open_sections.append((part, []))
            if len(open_sections) > _DEEPEST:
                raise SettingsError(f"The template {_named(template)} has more than {_DEEPEST} sections in each other.")
        elif part.kind == "/":
            section, inside = open_sections.pop()
            if not open_sections or section.text != part.text:
                raise SettingsError(
                    f"The template {_named(template)} ends the section {shown(part.text)}, which does not begin before."
                )
            open_sections[-1][1].append(_section(section, _joined(inside)))
        else:
            open_sections[-1][1].append(as_text(part.text) if part.kind == "value" else pl.lit(part.text))
    if len(open_sections) > 1:
        name = open_sections[-1][0].text
        raise SettingsError(f"The template {_named(template)} does not end the section {name} with {{{{/{name}}}}}.")
    return _joined(open_sections[0][1])


def filled_texts(cards: pl.DataFrame, template: str) -> pl.Series:
    """Return the template's text for each card, as a series. Errors are those of ``filled``."""
    return cards.with_columns(filled(template).alias(template))[template]


def as_text(column: str) -> pl.Expr:
    """Return a column of the card table as text, with "" for a missing value."""
    kind = CARD_COLUMNS[column]
    value = pl.col(column).list.join(JOINT) if isinstance(kind, pl.List) else pl.col(column).cast(pl.String)
    return value.fill_null("")


def _parts(template: str) -> Iterator[_Part]:
    unknown = [found[2] for found in _TAG.finditer(template) if found[2] not in CARD_COLUMNS]
    if unknown:
        problem = unknown_names("column", dict.fromkeys(unknown), CARD_COLUMNS)
        raise SettingsError(f"The template {_named(template)} cannot be used. {problem}")
    end_before = 0
    for found in _TAG.finditer(template):
        yield from _text(template, template[end_before : found.start()])
        yield _Part(found[1] or "value", found[2])
        end_before = found.end()
    yield from _text(template, template[end_before:])


def _text(template: str, text: str) -> Iterator[_Part]:
    if "{{" in text:
        raise SettingsError(
            f"The template {_named(template)} has an opening {{{{ without a column and a closing }}}}, as in {{{{word}}}}."
        )
    if text:
        yield _Part("text", text)


def _section(section: _Part, inside: pl.Expr) -> pl.Expr:
    has_value = as_text(section.text) != ""
    return pl.when(has_value if section.kind == "#" else ~has_value).then(inside).otherwise(pl.lit(""))


def _joined(parts: list[pl.Expr]) -> pl.Expr:
    return reduce(lambda one, other: one + other, parts) if parts else pl.lit("")


def _named(template: str) -> str:
    return f"“{shown(template)}”"
