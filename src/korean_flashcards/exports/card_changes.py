"""Compare the cards of two exports, card by card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from korean_flashcards.exports.note_text import plain_text

# The columns of a snapshot that identify a card. All others are what the file shows of it. Names of fields cannot clash.
IDENTITY = ("#guid", "#item_id", "#card_type")
_LISTED = "\n"  # between the values of a list


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


def snapshot_of(cards: pl.DataFrame, texts: Sequence[pl.DataFrame | pl.Series]) -> pl.DataFrame:
    """Return what an export shows of each card, as text columns, with the columns IDENTITY.

    Args:
        cards: The exported cards (``CARD_COLUMNS``).
        texts: Columns that the files show. Of several columns with the same name in lower case, the first one counts.
    """
    columns = {name: cards[name.removeprefix("#")] for name in IDENTITY}
    known = set[str]()
    for each in texts:
        for column in each.get_columns() if isinstance(each, pl.DataFrame) else [each]:
            if column.name.lower() not in known and column.name not in IDENTITY:
                known.add(column.name.lower())
                columns[column.name] = _text(column)
    return pl.DataFrame([column.alias(name) for name, column in columns.items()])


def snapshot_of_notes(notes: pl.DataFrame) -> pl.DataFrame:
    """Return the same for the main deck, from its Anki notes, as plain text."""
    identity = {"#guid": "guid", "#item_id": "item_id", "#card_type": "CardType"}
    others = [name for name in notes.columns if name[:1].isupper() and name not in ("CardType", "Key", "Version")]
    return snapshot_of(
        notes.select(pl.col(source).alias(name.removeprefix("#")) for name, source in identity.items()),
        [notes.select(*(plain_text(name).alias(name) for name in others), "deck", "tags")],
    )


def changed_cards(old: pl.DataFrame, new: pl.DataFrame) -> list[ChangedCard]:
    """Return the cards that differ between two snapshots: changed and added ones in the new order, then removed ones.

    Only fields that both snapshots have are compared.
    """
    fields = [name for name in new.columns if name in old.columns and name not in IDENTITY]
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


def _change(row: dict[str, str | None], fields: Sequence[str]) -> ChangedCard:
    item_id, kind = row["#item_id"] or "", row["#card_type"] or ""
    if row["#item_id (old)"] is None:
        return ChangedCard(item_id, kind, "added")
    pairs = ((name, row[f"{name} (old)"] or "", row[name] or "") for name in fields)
    return ChangedCard(item_id, kind, "changed", tuple(ChangedField(*pair) for pair in pairs if pair[1] != pair[2]))


def _text(column: pl.Series) -> pl.Series:
    joined = column.cast(pl.List(pl.String)).list.join(_LISTED) if isinstance(column.dtype, pl.List) else column
    return joined.cast(pl.String).fill_null("")
