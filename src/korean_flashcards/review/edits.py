"""Apply edits to generated text.

An edit stays in effect when the text is generated again. Conflicts are reported but not resolved.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.records import DraftCard, headword
from korean_flashcards.formats.card import primer, tags
from korean_flashcards.formats.card_tags import list_tag
from korean_flashcards.formats.nuance_reply import heading
from korean_flashcards.review.parts import Override, Part, Row, part_of

CONFLICT_SCHEMA = dict.fromkeys(("item_id", "term", "tab_name", "field", "replaced", "edited", "generated"), pl.String)
# Leaves out tags from the word list, which are the same before and after an edit to the analysis.
_LIST: Row = {"topik_level": None, "own_tags": []}

Overrides = Mapping[Part, Sequence[Override]]


def grouped(overrides: Iterable[Override]) -> Overrides:
    """Group the edits by part, in their original order."""
    found: dict[Part, list[Override]] = {}
    for override in overrides:
        found.setdefault(override.part, []).append(override)
    return found


def applied(row: Row, overrides: Iterable[Override]) -> dict[str, Any]:
    """Return a row with the edits applied. Editing an analysis's IPA also changes its term, which contains the IPA."""
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
    """Return whether the generated text differs from both the edit and the text that the edit replaced.

    Tags are merged, so they never conflict.
    """
    generated = row[override.field]
    return override.field != "tags" and generated not in (override.base, override.value)


def merged_tags(generated: Sequence[str], base: Sequence[str], value: Sequence[str]) -> list[str]:
    """Return the generated tags without the tags that the edit removed, followed by the tags that the edit added.

    ``base`` holds the tags before the edit, and ``value`` holds the tags after the edit.
    """
    removed, added = set(base) - set(value), [tag for tag in value if tag not in base]
    # Earlier releases did not write a list's tag after "list:".
    removed |= set(map(list_tag, removed))
    return list(dict.fromkeys([tag for tag in generated if tag not in removed] + added))


def apply_edits(
    nuance: pl.DataFrame, flashcards: pl.DataFrame, overrides: Iterable[Override]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return (analyses, cards, conflicts): both layers with the edits applied, in the same order, and the conflicts.

    An edited analysis also changes the term, primer, and tags of its cards, which are derived from it. An edit to a
    part that is not in the layers has no effect. The conflicts have the columns in CONFLICT_SCHEMA: ``tab_name`` is
    null for an analysis, and values that are not text are stored as JSON.
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
    """Return a field's value as text: strings unchanged, tags separated by commas, and anything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def _of_analysis(card: Row, before: Row | None, after: Row | None) -> Row:
    """Return the card with its term, primer, and tags updated from its word's edited analysis."""
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
    """Return the card's tags that are derived from the analysis."""
    draft = DraftCard.model_construct(tab_name=card["tab_name"], tags=[], honorific_level=card["honorific_level"])
    return tags(draft, {**record, **_LIST, "term": headword(record["term"])})


def _rows(frame: pl.DataFrame, words: set[str]) -> Iterable[dict[str, Any]]:
    return frame.filter(pl.col("item_id").is_in(words)).iter_rows(named=True)


def _replaced(frame: pl.DataFrame, words: set[str], rows: Iterable[Row]) -> pl.DataFrame:
    """Return the frame with these words' rows replaced by ``rows``, which must be in the frame's order."""
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
