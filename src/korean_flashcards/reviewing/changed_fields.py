"""Save edits of one or several fields of an analysis or a card."""

from collections.abc import Mapping
from typing import Any

from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.ledger.reviews.recorded import By, Reviewed
from korean_flashcards.review.edits import applied
from korean_flashcards.review.fields import typed_value
from korean_flashcards.review.parts import Row, Shown, part_of
from korean_flashcards.reviewing.review_session import ReviewSession


def edit_fields(
    session: ReviewSession, row: Row, texts: Mapping[str, str], by: By, shown: Shown | None = None
) -> Reviewed:
    """Save the edit.

    Args:
        session: The review session.
        row: The card or analysis as the model generated it.
        texts: The new values as text, by the name of the field.
        by: The reviewer, and the reason for the edit.
        shown: What the reviewer saw.

    Raises:
        ReviewError: A field or a value is invalid, another card has the same front and back, or the card or analysis has
            changed since it was shown.
    """
    part = part_of(row)
    values: dict[str, Any] = {field: typed_value(part, field, text) for field, text in texts.items()}
    if part.tab_name:
        active = [each for each in session.ledger.reviews.overrides([part.item_id]) if each.part == part]
        if other := session.clash(part, applied(row, active) | values):
            raise ReviewError(
                f"{part} would have the same front and back as {other}. Nothing was changed. Use different text."
            )
    return session.ledger.reviews.edit(row, values, by, shown=shown)
