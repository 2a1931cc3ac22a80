"""Undo reviews. An undone review stays in the ledger, but it no longer counts."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select

from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.ledger.db.in_lists import listed
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.tables import reviews, undone_reviews
from korean_flashcards.ledger.reviews import recorded
from korean_flashcards.ledger.reviews.recorded import ActiveEdit
from korean_flashcards.review.parts import Part


class Undoable(NamedTuple):
    """A review that can be undone: its number, its part, and the edits that were active before it."""

    number: int
    part: Part
    before: tuple[ActiveEdit, ...]


class ReviewMark(NamedTuple):
    """The last review and the last undone review in the ledger, to find out later what has changed since then."""

    review: int = 0
    undone: int = 0


def undo(connection: Connection, undoable: Iterable[Undoable], reviewer: str | None) -> None:
    """Undo these reviews, and restore the edits that were active before them.

    Raises:
        ReviewError: A part has been reviewed again since then, or the review was already undone.
    """
    undoable = list(undoable)
    last = recorded.last_reviews(connection, {each.part.item_id for each in undoable})
    for each in undoable:
        if last.get(each.part) != each.number:
            raise ReviewError(
                f"{each.part} has been reviewed again since then, so this cannot be undone. Nothing was changed."
            )
    values = [{"review": each.number, "at": now(), "reviewer": reviewer} for each in undoable]
    connection.execute(insert(undone_reviews), values)
    active = recorded.active_edits(connection, {each.part.item_id for each in undoable})
    for each in undoable:
        if tuple(active.get(each.part, ())) != each.before:
            recorded.drop(connection, each.part)
            recorded.keep(connection, each.before)


def changes_since(connection: Connection, mark: ReviewMark) -> tuple[ReviewMark, set[str]]:
    """Return the current mark, and the IDs of the words with reviews that were added or undone since ``mark``."""
    last = select(func.coalesce(func.max(reviews.c.number), 0))
    undone = select(func.coalesce(func.max(undone_reviews.c.number), 0))
    new = ReviewMark(connection.execute(last).scalar_one(), connection.execute(undone).scalar_one())
    if new == mark:
        return new, set()
    later = select(undone_reviews.c.review).where(undone_reviews.c.number > mark.undone)
    about = (reviews.c.number > mark.review) | reviews.c.number.in_(later)
    return new, set(connection.execute(select(reviews.c.item_id).where(about)).scalars())


def undone(connection: Connection, numbers: Iterable[int]) -> dict[int, str]:
    """Return when the reviews with these numbers were undone (UTC, ISO 8601). Reviews that stand are left out."""
    query = select(undone_reviews.c.review, undone_reviews.c.at)
    found = connection.execute(query.where(undone_reviews.c.review.in_(listed(sorted(numbers)))))
    return dict(found.tuples().all())
