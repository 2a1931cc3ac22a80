"""Find the cards in a stage-2 reply: a list, an object with a key for each card type, single cards, or nine columns."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.records import CARD_TYPES, DraftCard, FailureCode, ReplyError
from korean_flashcards.formats.json_text import find_json
from korean_flashcards.formats.json_values import opens_record
from korean_flashcards.formats.placeholders import is_absent, is_placeholder
from korean_flashcards.formats.reasoning import without_reasoning
from korean_flashcards.formats.record_search import RecordShape

Row = dict[str, Any]

COLUMNS = ("position", "term", "term_number", "tab_name", "primer", "front", "back", "tags", "honorific_level")
_CARD_NAMES = {re.sub(r"[^a-z]", "", name.lower()): name for name in CARD_TYPES} | {
    "usage": "Usage-Comparison", "comparison": "Usage-Comparison", "formality": "Formal-Casual", "culture": "Cultural",
}  # fmt: skip
# Words around the type, as in "Card 1: Scene" and "Scene card".
_AROUND_TYPE = re.compile(r"^(?:flash)?card(?:no|number|type)?|^(?:tab|type)|(?:flash)?card$")
_TYPES = frozenset(CARD_TYPES)
_LISTS = ("cards", "rows", "flashcards")
_SIDES = {"front", "back"}
_KEY_NAMES = {re.sub("_", "", name): name for name in COLUMNS} | {
    "cardtype": "tab_name", "type": "tab_name", "question": "front", "answer": "back", "level": "honorific_level",
}  # fmt: skip


def card_rows(text: str, card_types: Sequence[str] | None = None) -> list[Row]:
    """Return the cards in ``text`` as the model sent them, except that all strings are cleaned.

    A reply that lacks its closing brackets is accepted only if it contains all ``card_types``.

    Raises:
        ReplyError: No cards can be parsed.
    """
    if not opens_record(text) and (table := _table(without_reasoning(text))):
        return _tsv_rows(table)
    try:
        rows = _json_rows(text, card_types)
    except ReplyError as error:
        if error.code is FailureCode.MALFORMED and (table := _table_after_json(text)):
            return _tsv_rows(table)
        raise
    if not any(_SIDES & row.keys() for row in rows) and (table := _table_after_json(text)):
        return _tsv_rows(table)
    return _with_types(rows)


def card_type(row: Row) -> str:
    """Return the card type for a row's tab_name. An unknown name is returned unchanged."""
    return _standard_name(str(row.get("tab_name") or ""))


@lru_cache(maxsize=64)
def _standard_name(name: str) -> str:
    return _CARD_NAMES.get(re.sub(r"[^a-z]", "", name.lower()), name)


def _with_types(rows: list[Row]) -> list[Row]:
    """Return the rows, with names such as "Card 1: Scene" replaced if no other row has that type."""
    types = set(map(card_type, rows))
    if types <= _TYPES:
        return rows
    for position, row in enumerate(rows):
        shorter = card_type(row).partition("(")[0]
        names = [_AROUND_TYPE.sub("", re.sub(r"[^a-z]", "", name.lower())) for name in (card_type(row), shorter)]
        known = next((_CARD_NAMES[name] for name in names if name in _CARD_NAMES), None)
        if card_type(row) not in CARD_TYPES and known is not None and known not in types:
            rows[position] = row | {"tab_name": known}
    return rows


def _table(text: str) -> list[list[str]]:
    """Return the cells of all lines that have at least three tabs."""
    lines = [line.rstrip("\r") for line in text.strip("\n").split("\n")]
    return [line.split("\t") for line in lines if line.count("\t") >= 3]


def _table_after_json(text: str) -> list[list[str]]:
    """Return the nine-column lines of a reply that also contains JSON, such as the request, which the model repeated."""
    return [row for row in _table(without_reasoning(text)) if len(row) == len(COLUMNS)]


def _tsv_rows(table: Sequence[Sequence[str]]) -> list[Row]:
    """Return the rows of nine-column TSV, without header rows."""
    rows = [row for row in table if [cell.strip().lower() for cell in row[:3]] != list(COLUMNS[:3])]
    if not rows:
        raise ReplyError(FailureCode.HEADER_ONLY, "the reply has a header row but no cards")
    for row in rows:
        if len(row) != len(COLUMNS):
            raise ReplyError(FailureCode.WRONG_COLUMNS, f"a card has {len(row)} columns instead of {len(COLUMNS)}")
    return [dict(zip(COLUMNS, map(clean, row), strict=True)) for row in rows]


def _json_rows(text: str, card_types: Sequence[str] | None) -> list[Row]:
    shape = RecordShape(
        score=lambda value: _score(value, card_types),
        complete=len(card_types) if card_types else 1,
        whole=lambda value: _whole(_rows_in(value), card_types),
        plain=_is_plain,
        joined=_joined,
        revised=_revised,
    )
    value = _rows_in(find_json(text, shape))
    if value == []:
        raise ReplyError(FailureCode.EMPTY, "the reply has no cards")
    # Empty parts and remarks in the list must not affect the cards.
    rows = [_standard_row(row) for row in value if isinstance(row, dict) and row] if isinstance(value, list) else []
    if not rows:
        raise ReplyError(FailureCode.MALFORMED, "the cards in the reply are not JSON objects")
    return rows


def _standard_row(row: Row) -> Row:
    """Return the row with the standard names of its columns, and with lists of lines joined."""
    named = {_column_name(name): part for name, part in row.items()} | row
    for side in _SIDES & named.keys():
        lines = named[side]
        if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
            named[side] = "\n".join(lines)
    return named


@lru_cache(maxsize=64)
def _column_name(name: str) -> str:
    return _KEY_NAMES.get(re.sub(r"[^a-z]", "", name.lower()), name)


def _is_plain(value: Any) -> bool:
    """Return whether the value is an object with a list of cards, as requested."""
    rows = value.get("cards") if isinstance(value, dict) else None
    return (
        isinstance(rows, list) and len(rows) > 1 and all(isinstance(row, dict) and row.keys() >= _SIDES for row in rows)
    )


def _rows_in(value: Any) -> Any:
    """Return the list of cards in a JSON value, or the value itself if it contains no cards."""
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], dict | list):
            return _rows_in(value[0])
        return [row for part in value for row in (_keyed_rows(part) or [part])]
    if not isinstance(value, dict):
        return value or []
    if _SIDES & value.keys():
        return [value]
    for name in _LISTS:
        if name in value:
            return _rows_in(value[name])
    if rows := _keyed_rows(value):
        return rows
    only = next(iter(value.values())) if len(value) == 1 else None
    return _rows_in(only) if isinstance(only, dict | list) else [value]


def _keyed_rows(value: Any) -> list[Row]:
    """Return the cards of an object whose keys are the card types, as in ``{"Scene": {"front": …, "back": …}}``."""
    if not isinstance(value, dict) or _SIDES & value.keys():
        return []
    cards = [(name, card[0] if isinstance(card, list) and len(card) == 1 else card) for name, card in value.items()]
    return [
        card if card.get("tab_name") else {"tab_name": name, **card}
        for name, card in cards
        if isinstance(card, dict) and _SIDES & card.keys()
    ]


def _joined(values: Sequence[Any]) -> list[Row]:
    """Return the cards of several values, such as one card per line. The last card of each type is used."""
    return list({card_type(row): row for value in values for row in _cards(_rows_in(value))}.values())


def _revised(value: Any, later: Any) -> Any:
    """Return the cards with those that a later value replaces or corrects in part, or the value itself."""
    found = _rows_in(later)
    changes = {
        card_type(row): row
        for row in map(
            _standard_row, (row for row in found if isinstance(row, dict)) if isinstance(found, list) else ()
        )
        if row.keys() <= set(COLUMNS) and any(row.get(side) and not is_absent(row[side]) for side in _SIDES)
    }
    rows = _rows_in(value)
    if not changes or not isinstance(rows, list):
        return value
    return [row | changes.get(card_type(row), {}) if isinstance(row, dict) else row for row in rows]


def _score(value: Any, card_types: Sequence[str] | None) -> int:
    """Return how many card types the value has cards of. Only the requested types count if they are known."""
    found = {card_type(row) for row in _with_types(list(_cards(_rows_in(value))))}
    return len(found & set(card_types or CARD_TYPES))


def _cards(rows: Any) -> Iterator[Row]:
    """Yield the rows that have text on both sides."""
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row:
            card = _standard_row(row)
            if all(str(card.get(side) or "").strip() for side in _SIDES) and not is_sketch(card):
                yield card


def is_sketch(row: Row) -> bool:
    """Return whether both sides of a card are only placeholders."""
    return is_placeholder(row.get("front")) and is_placeholder(row.get("back"))


def _whole(rows: Any, card_types: Sequence[str] | None) -> bool:
    """Return whether a reply without its closing brackets contains every requested card with all of its fields."""
    if not card_types or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return False
    complete = {card_type(row) for row in rows if row.keys() >= DraftCard.model_fields.keys()}
    return len(complete) == len(rows) and complete >= set(card_types)
