"""Add examples or feedback to prompts. Both become part of the system text, and therefore of the cache key. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

import polars as pl

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.lab.variant import LabPrompt
from korean_flashcards.review.parts import Review, fingerprint, part_of
from korean_flashcards.review.states import ACCEPTED, by_part, state_of

_EXAMPLES = (
    "## Examples of good cards\n\nPeople liked these cards. Write cards of the same quality, in the same style. Do not copy "
    "their content."
)
_FEEDBACK = "## Feedback\n\nA person asked for this change. Follow it wherever the rules above allow it: {}"
_SENT = ("tab_name", "front", "back")


def with_examples(found: LabPrompt, cards: Iterable[Mapping[str, str]]) -> LabPrompt:
    """Return the cards prompt with examples at its end. Each card has a term, tab_name, front, and back.

    Raises:
        SettingsError: The prompt is not for cards, or there are no cards.
    """
    rows = [json.dumps({name: card[name] for name in ("term", *_SENT)}, ensure_ascii=False) for card in cards]
    if found.stage != "flashcards":
        raise SettingsError(f"Examples are cards, so they need a prompt for flashcards, not {found.reference}.")
    if not rows:
        raise SettingsError("There are no cards for examples yet. Run the project, or approve some cards, first.")
    return _extended(found, "\n\n".join([_EXAMPLES, *rows]), f"{len(rows)} examples")


def with_feedback(found: LabPrompt, feedback: str) -> LabPrompt:
    """Return the prompt with a person's feedback at its end, such as "shorter, with a food image"."""
    text = " ".join(clean(feedback).split())
    return _extended(found, _FEEDBACK.format(text), text)


def best_cards(
    cards: pl.DataFrame, quality: pl.DataFrame, reviews: Iterable[Review], count: int, left_out: Iterable[str]
) -> list[dict[str, str]]:
    """Return the best cards, at most one for each word: approved or edited cards first, then by score.

    Args:
        cards: The cards with edits (the layer ``edited_flashcards``).
        quality: The scores of cards.
        reviews: All reviews.
        count: The number of cards.
        left_out: Item IDs of words whose cards must not be examples, such as the words of a comparison.
    """
    of_part = by_part(reviews)
    scores = quality.filter(pl.col("tab_name").is_not_null()).select("item_id", "tab_name", "score")
    known = cards.filter(~pl.col("item_id").is_in(list(left_out))).join(scores, on=["item_id", "tab_name"], how="left")
    ranked = []
    for row in known.iter_rows(named=True):
        part = part_of(row)
        accepted = state_of(fingerprint(part, row), of_part.get(part, ()))[0] in ACCEPTED
        ranked.append((not accepted, -(row["score"] or 0), row["position"], row))
    chosen: dict[str, dict[str, str]] = {}
    for *_, row in sorted(ranked, key=lambda each: each[:3]):
        if len(chosen) < count and row["item_id"] not in chosen:
            chosen[row["item_id"]] = {name: row[name] for name in ("term", *_SENT)}
    return list(chosen.values())


def _extended(found: LabPrompt, addition: str, what: str) -> LabPrompt:
    text = f"{found.prompt.text.rstrip()}\n\n{addition}"
    prompt = replace(found.prompt, text=text, file=None, source="")
    return LabPrompt(found.stage, f"{found.reference} + {what}", prompt)
