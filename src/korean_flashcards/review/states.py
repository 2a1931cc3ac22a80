"""Where a part stands with its reviewers: decided by its content alone, never by when it was made."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from korean_flashcards.review.parts import Action, Part, Review


class State(StrEnum):
    """What the reviews say about a part's content of today.

    ``changed``: only other contents of it were reviewed.
    """

    UNREVIEWED = "unreviewed"
    APPROVED = "approved"
    EDITED = "edited"
    REJECTED = "rejected"
    CHANGED = "changed"


# An edit, and an old version brought back, are approvals: the person has seen the text.
ACCEPTED = (State.APPROVED, State.EDITED)
WAITING = (State.UNREVIEWED, State.CHANGED)
_SAID = {
    Action.APPROVE: State.APPROVED,
    Action.REJECT: State.REJECTED,
    Action.EDIT: State.EDITED,
    Action.RESTORE: State.EDITED,
}


def state_of(fingerprint: str, reviews: Iterable[Review]) -> tuple[State, Review | None]:
    """Return the state of a content, and the review that says so. ``reviews``: of its part, oldest first.

    The last word about this content counts, also when another content was reviewed since: a prompt that is switched back
    brings its approvals back.
    """
    said = [review for review in reviews if review.action in _SAID]
    about = [review for review in said if review.fingerprint == fingerprint]
    if about:
        return _SAID[about[-1].action], about[-1]
    return (State.CHANGED, said[-1]) if said else (State.UNREVIEWED, None)


def by_part(reviews: Iterable[Review]) -> Mapping[Part, Sequence[Review]]:
    """Return the reviews of each part, in their order."""
    found: dict[Part, list[Review]] = {}
    for review in reviews:
        found.setdefault(review.part, []).append(review)
    return found
