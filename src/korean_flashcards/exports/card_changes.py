"""Compare the cards of two exports, card by card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from korean_flashcards.exports.note_text import plain_tags, plain_text

# The columns of a snapshot that identify a card. All others are what the file shows of it. Names of fields cannot clash.
IDENTITY = ("#guid", "#item_id", "#card_type")
_LISTED = "\n"  # between the values of a list
NOTE, FIELD, SIDE = "note/", "field/", "side/"  # fields of Anki notes, fields of a table, and texts on cards
_NOT_SHOWN = ("CardType", "Key", "Version")


@dataclass(frozen=True)
class ChangedField:
    """A field of a card whose text changed."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class ChangedCard:
    """A card that one of two exports has, or whose text differs between them. ``fields`` are those that changed."""

    item_id: str
    card_type: str
    change: Literal["added", "removed", "changed"]
    fields: tuple[ChangedField, ...] = ()


def snapshot_of(cards: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    """Return what an export shows of each card, as text columns, with the columns IDENTITY. Tags are sorted.

    Args:
        cards: The exported cards (``CARD_COLUMNS``).
        shown: The columns that the file shows. ``deck`` and ``tags`` have the same form in all exports. The names of the
            others begin with their kind: NOTE, FIELD, or SIDE.
    """
    columns = {name: cards[name.removeprefix("#")] for name in IDENTITY}
    columns |= {column.name: _text(column) for column in _with_sorted_tags(shown).get_columns()}
    return pl.DataFrame([column.alias(name) for name, column in columns.items()])


def note_columns(notes: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of Anki notes that a learner sees, as plain text, with their decks and tags."""
    names = [name for name in notes.columns if name[:1].isupper() and name not in _NOT_SHOWN]
    texts = (plain_text(name).alias(f"{NOTE}{name}") for name in names)
    return notes.select(*texts, "deck", plain_tags("tags"))


def snapshot_of_notes(notes: pl.DataFrame) -> pl.DataFrame:
    """Return the snapshot of the main deck, from its Anki notes."""
    identity = {"#guid": "guid", "#item_id": "item_id", "#card_type": "CardType"}
    cards = notes.select(pl.col(source).alias(name.removeprefix("#")) for name, source in identity.items())
    return snapshot_of(cards, note_columns(notes))


def compared_fields(old: pl.DataFrame, new: pl.DataFrame) -> list[str] | None:
    """Return the names of the fields that both snapshots show, or None if both show the same fields."""
    return None if set(old.columns) == set(new.columns) else [_field_name(name) for name in _common(old, new)]


def changed_cards(old: pl.DataFrame, new: pl.DataFrame) -> list[ChangedCard]:
    """Return the cards that differ between two snapshots: changed and added ones in the new order, then removed ones.

    Only fields that both snapshots have are compared.
    """
    fields = _common(old, new)
    before = old.unique("#guid", keep="first", maintain_order=True)
    after = new.unique("#guid", keep="first", maintain_order=True)
    both = after.join(before, on="#guid", suffix=" (old)", maintain_order="left", how="left", coalesce=True)
    found = both["#item_id (old)"].is_not_null()
    differs = pl.any_horizontal(pl.lit(False), *(pl.col(name).ne_missing(pl.col(f"{name} (old)")) for name in fields))
    changes = [
        _change(row, fields) for row in both.filter(~found | both.select(differs).to_series()).iter_rows(named=True)
    ]
    gone = before.join(after, on="#guid", how="anti", maintain_order="left")
    return changes + [ChangedCard(item_id, kind, "removed") for item_id, kind in gone.select(*IDENTITY[1:]).iter_rows()]


def _common(old: pl.DataFrame, new: pl.DataFrame) -> list[str]:
    return [name for name in new.columns if name in old.columns and name not in IDENTITY]


def _change(row: dict[str, str | None], fields: Sequence[str]) -> ChangedCard:
    item_id, kind = row["#item_id"] or "", row["#card_type"] or ""
    if row["#item_id (old)"] is None:
        return ChangedCard(item_id, kind, "added")
    pairs = ((_field_name(name), row[f"{name} (old)"] or "", row[name] or "") for name in fields)
    return ChangedCard(item_id, kind, "changed", tuple(ChangedField(*pair) for pair in pairs if pair[1] != pair[2]))


def _field_name(column: str) -> str:
    return column.removeprefix(NOTE).removeprefix(FIELD).removeprefix(SIDE)


def _with_sorted_tags(shown: pl.DataFrame) -> pl.DataFrame:
    return shown.with_columns(pl.col("tags").list.sort()) if "tags" in shown.columns else shown


def _text(column: pl.Series) -> pl.Series:
    joined = column.cast(pl.List(pl.String)).list.join(_LISTED) if isinstance(column.dtype, pl.List) else column
    return joined.cast(pl.String).fill_null("")
