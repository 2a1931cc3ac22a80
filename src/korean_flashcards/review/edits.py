"""Edits laid over what the model wrote: they hold whatever is generated anew, and a conflict is said, never settled here."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.records import DraftCard, headword
from korean_flashcards.formats.card import primer, tags
from korean_flashcards.formats.nuance_reply import heading
from korean_flashcards.review.parts import Override, Part, Row, part_of

CONFLICT_SCHEMA = dict.fromkeys(("item_id", "term", "tab_name", "field", "replaced", "edited", "generated"), pl.String)
# What the tags of a card tell of its analysis; the list's own part of them is the same before and after.
_LIST: Row = {"topik_level": None, "own_tags": []}

Overrides = Mapping[Part, Sequence[Override]]


def grouped(overrides: Iterable[Override]) -> Overrides:
    """Return the edits of each part."""
    found: dict[Part, list[Override]] = {}
    for override in overrides:
        found.setdefault(override.part, []).append(override)
    return found


def applied(row: Row, overrides: Iterable[Override]) -> dict[str, Any]:
    """Return the row of a layer with the edits in it, and in an analysis with the term that its IPA makes."""
    edited = dict(row)
    for override in overrides:
        if override.field == "tags":
            edited["tags"] = merged_tags(row["tags"], override.base, override.value)
        else:
            edited[override.field] = override.value
        if override.field == "ipa":
            edited["term"] = heading(headword(row["term"]), override.value)
    return edited


def conflicting(row: Row, override: Override) -> bool:
    """Whether the model now writes something else than what the edit replaced. Tags are merged and never in conflict."""
    generated = row[override.field]
    return override.field != "tags" and generated not in (override.base, override.value)


def merged_tags(generated: Sequence[str], base: Sequence[str], value: Sequence[str]) -> list[str]:
    """Return the tags that are generated, less those that the edit took out, then those that it put in."""
    removed, added = set(base) - set(value), [tag for tag in value if tag not in base]
    return list(dict.fromkeys([tag for tag in generated if tag not in removed] + added))


def apply_edits(
    nuance: pl.DataFrame, flashcards: pl.DataFrame, overrides: Iterable[Override]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return (analyses, cards, conflicts): the layers with the edits in them, in the order of before.

    An edited analysis also shows in what code takes from it into the cards: their term, primer and tags. Conflicts have
    CONFLICT_SCHEMA (``tab_name`` null for an analysis; values that are no text as JSON). An edit of a part that the
    layers do not have now rests.
    """
    edits = grouped(overrides)
    words = {part.item_id for part in edits}
    before = {row["item_id"]: row for row in _rows(nuance, words)}
    after = {item_id: applied(row, edits.get(part_of(row), ())) for item_id, row in before.items()}
    cards = list(_rows(flashcards, words))
    edited = [
        applied(
            _of_analysis(card, before.get(card["item_id"]), after.get(card["item_id"])), edits.get(part_of(card), ())
        )
        for card in cards
    ]
    conflicts = (
        _conflict(row, override)
        for row in [*before.values(), *cards]
        for override in edits.get(part_of(row), ())
        if conflicting(row, override)
    )
    return (
        _replaced(nuance, words, after.values()),
        _replaced(flashcards, words, edited),
        frame_of(conflicts, CONFLICT_SCHEMA),
    )


def shown(value: Any) -> str:
    """Return a field's value as text: a string as it is, tags with commas, anything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def _of_analysis(card: Row, before: Row | None, after: Row | None) -> Row:
    """The card with what its word's edited analysis says."""
    if before is None or after is None or before == after:
        return card
    old, known = _known_tags(card, before), _known_tags(card, after)
    return {
        **card,
        "term": after["term"],
        "primer": primer(after["pos"], card["term_number"], after["term"]),
        "tags": list(dict.fromkeys([*known, *(tag for tag in card["tags"] if tag not in old)])),
    }


def _known_tags(card: Row, record: Row) -> list[str]:
    """The tags that code takes from the analysis."""
    draft = DraftCard.model_construct(tab_name=card["tab_name"], tags=[], honorific_level=card["honorific_level"])
    return tags(draft, {**record, **_LIST, "term": headword(record["term"])})


def _rows(frame: pl.DataFrame, words: set[str]) -> Iterable[dict[str, Any]]:
    return frame.filter(pl.col("item_id").is_in(words)).iter_rows(named=True)


def _replaced(frame: pl.DataFrame, words: set[str], rows: Iterable[Row]) -> pl.DataFrame:
    """The frame with these rows in the place of those of the words, in the same order."""
    if not words:
        return frame
    place = frame.with_row_index("place")
    theirs = place.filter(pl.col("item_id").is_in(words)).select("place")
    edited = theirs.hstack(frame_of(rows, frame.schema))
    return pl.concat([place.filter(~pl.col("item_id").is_in(words)), edited]).sort("place").drop("place")


def _conflict(row: Row, override: Override) -> dict[str, str | None]:
    return {
        "item_id": override.part.item_id, "term": headword(row["term"]), "tab_name": override.part.tab_name or None,
        "field": override.field, "replaced": shown(override.base), "edited": shown(override.value),
        "generated": shown(row[override.field]),
    }  # fmt: skip
