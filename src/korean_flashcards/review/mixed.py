"""Find cards that combine a reviewer's text on one side with newly generated text on the other side."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from korean_flashcards.review.parts import Override, Part, Row, part_of

_SIDES = ("front", "back")
MIXED_SCHEMA = {"item_id": pl.String, "tab_name": pl.String, "mixed": pl.String}


def half_edited(overrides: Iterable[Override]) -> dict[Part, str]:
    """Return the edited side ("front" or "back") of each card on which only one side is edited."""
    sides: dict[Part, set[str]] = {}
    for override in overrides:
        if override.part.tab_name and override.field in _SIDES:
            sides.setdefault(override.part, set()).add(override.field)
    return {part: fields.pop() for part, fields in sides.items() if len(fields) == 1}


def mixed_cards(
    flashcards: pl.DataFrame, edited: Mapping[Part, str], accepted: Mapping[Part, Sequence[Row]]
) -> pl.DataFrame:
    """Return the cards whose two sides no reviewer has accepted together (columns: MIXED_SCHEMA).

    Args:
        flashcards: The cards with edits applied.
        edited: The result of ``half_edited``.
        accepted: The contents that reviewers have approved, edited, or restored.

    Returns:
        One row per card. ``mixed`` is a sentence that says which side was generated again.
    """
    words = flashcards.filter(pl.col("item_id").is_in({part.item_id for part in edited}))
    rows = []
    for card in words.iter_rows(named=True):
        part = part_of(card)
        if (side := edited.get(part)) and not any(_alike(card, content) for content in accepted.get(part, ())):
            (other,) = set(_SIDES) - {side}
            rows.append((*part, f"a reviewer edited the {side}, but the {other} has been generated again since then"))
    return pl.DataFrame(rows, schema=MIXED_SCHEMA, orient="row")


def _alike(card: Row, content: Row) -> bool:
    return all(card[side] == content.get(side) for side in _SIDES)
