"""Describe a word's current analysis and cards: edited text, reviews, scores, and release state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from korean_flashcards.commands.word.layers import WordLayers
from korean_flashcards.domain.records import Severity
from korean_flashcards.formats.card_tags import is_reserved, is_review_state
from korean_flashcards.review.parts import ANALYSIS_NAME, Override, Part, Review, fingerprint, part_of
from korean_flashcards.review.states import ACCEPTED, State, state_of

_SEVERITIES = tuple(Severity)
_SCORE = ("score", "verdict", "reasons")


@dataclass(frozen=True)
class PartDetails:
    """A card or a word's analysis.

    Attributes:
        card: The name of the card, or "analysis".
        content: The fields with edits applied. A card also has ``primer``, and its tags include the
            review tag from the deck.
        edited: The edited fields, each with the text that the edit replaced.
        state: The review state.
        said: A description of the review that led to the state.
        released: Whether the last run put the card into the deck; None if no run has decided yet.
        held_as: The code for the reason why the card is held back, or None if it is not held back.
        held_because: A description of the reason why the card is held back.
        outdated: Whether there are edits or reviews that the deck does not reflect yet.
        fingerprint: The hash of the content.
    """

    card: str
    content: dict[str, Any]
    edited: dict[str, Any]
    state: str
    said: str | None
    released: bool | None
    held_as: str | None
    held_because: str | None
    outdated: bool
    fingerprint: str


def parts_of(
    frame: pl.DataFrame, item_id: str, reviews: Iterable[Review], overrides: Sequence[Override], layers: WordLayers
) -> list[PartDetails]:
    """Return a word's cards or analysis from a layer's rows, which include edits."""
    rows = frame.filter(pl.col("item_id") == item_id).to_dicts()
    reviews = list(reviews)
    return [
        _part(row, [review for review in reviews if review.part == part_of(row)],
              {edit.field: edit.base for edit in overrides if edit.part == part_of(row)}, layers)
        for row in rows
    ]  # fmt: skip


def _part(row: dict[str, Any], reviews: Sequence[Review], edited: dict[str, Any], layers: WordLayers) -> PartDetails:
    part = part_of(row)
    now = fingerprint(part, row)
    state, said = state_of(now, reviews)
    content = {name: row[name] for name in part.editable}
    released = held = None
    if part.tab_name:
        content["primer"] = row["primer"]
        released, held = (_same_card(layers, name, part) for name in ("released_flashcards", "held_flashcards"))
        content["tags"] = row["tags"] + [tag for tag in (released or {}).get("tags", ()) if is_review_state(tag)]
    last = released or held
    changed = last is not None and _text_and_tags(part, last) != _text_and_tags(part, row)
    redecided = bool(released and state == State.REJECTED) or bool(held and state in ACCEPTED)
    return PartDetails(
        card=part.name,
        content=content,
        edited=edited,
        state=str(state),
        said=str(said) if said else None,
        released=None if last is None else released is not None,
        held_as=held["held_as"] if held else None,
        held_because=held["held_because"] if held else None,
        outdated=changed or redecided,
        fingerprint=now,
    )


def quality_of(item_id: str, layers: WordLayers, card: str | None) -> dict[str, Any] | None:
    """Return the scores and findings for a word, its analysis, and its cards, along with the judge's ratings.

    Return None if the last run did not score the word.
    """
    scores = layers.rows("quality", item_id)
    if not scores:
        return None
    found: dict[str, list[dict[str, Any]]] = {}
    for row in layers.rows("findings", item_id):
        shown = {name: row[name] for name in ("code", "severity", "field", "message")}
        found.setdefault(row["tab_name"] or ANALYSIS_NAME, []).append(shown)
    for each in found.values():
        each.sort(key=lambda row: (_SEVERITIES.index(row["severity"]), row["code"]))
    word = next((row for row in scores if row["tab_name"] is None), None)
    judged = layers.rows("judgements", item_id)
    return {
        **{name: word[name] if word else None for name in _SCORE},
        "analysis": found.get(ANALYSIS_NAME, []) if card in (None, ANALYSIS_NAME) else [],
        "cards": [
            {**{name: row[name] for name in ("tab_name", *_SCORE)}, "findings": found.get(row["tab_name"], [])}
            for row in scores
            if row["tab_name"] is not None and card in (None, row["tab_name"])
        ],
        "judge": {name: judged[0][name] for name in ("verdict", "ratings", "faults", "model")} if judged else None,
    }


def _text_and_tags(part: Part, row: dict[str, Any]) -> tuple[str, set[str]]:
    return fingerprint(part, row), {tag for tag in row["tags"] if not is_reserved(tag)}


def _same_card(layers: WordLayers, layer: str, part: Part) -> dict[str, Any] | None:
    return next((row for row in layers.rows(layer, part.item_id) if row["tab_name"] == part.tab_name), None)
