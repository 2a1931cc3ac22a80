"""Determine the review state of a card or an analysis from its content, regardless of when it was generated."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from korean_flashcards.review.parts import Action, Part, Review


class State(StrEnum):
    """The review state of a part's current content. ``changed`` means that only earlier content was reviewed."""

    UNREVIEWED = "unreviewed"
    APPROVED = "approved"
    EDITED = "edited"
    REJECTED = "rejected"
    CHANGED = "changed"


# Editing or restoring a text also approves it, because the person has seen it.
ACCEPTED = (State.APPROVED, State.EDITED)
WAITING = (State.UNREVIEWED, State.CHANGED)
_SAID = {
    Action.APPROVE: State.APPROVED,
    Action.REJECT: State.REJECTED,
    Action.EDIT: State.EDITED,
    Action.RESTORE: State.EDITED,
}


def state_of(fingerprint: str, reviews: Iterable[Review]) -> tuple[State, Review | None]:
    """Return the review state of a part's content, and the review that led to this state.

    The last review of this content counts, even if different content was reviewed later. Approvals therefore take effect
    again when an earlier prompt is reused.

    Args:
        fingerprint: The hash of the content.
        reviews: The reviews of the part, oldest first.
    """
    said = [review for review in reviews if review.action in _SAID]
    about = [review for review in said if review.fingerprint == fingerprint]
    if about:
        return _SAID[about[-1].action], about[-1]
    return (State.CHANGED, said[-1]) if said else (State.UNREVIEWED, None)


def by_part(reviews: Iterable[Review]) -> Mapping[Part, Sequence[Review]]:
    """Group the reviews by part, in their original order."""
    found: dict[Part, list[Review]] = {}
    for review in reviews:
        found.setdefault(review.part, []).append(review)
    return found
