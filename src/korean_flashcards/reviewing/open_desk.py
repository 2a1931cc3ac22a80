"""Prepare a review: load the cards, so that the first one is shown at once."""

from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.ledger.reviews.recorded import By
from korean_flashcards.reviewing.page_requests import EmptyRequest
from korean_flashcards.reviewing.review_desk import ReviewDesk
from korean_flashcards.reviewing.review_session import ReviewSession


def open_desk(session: ReviewSession, by: By) -> ReviewDesk:
    """Return what carries out the review page's requests.

    Raises:
        DatasetError: There has been no run yet.
        ReviewError: The last run created no cards.
    """
    if session.layers.load("flashcards").is_empty():
        raise ReviewError("The last run created no cards, so there is nothing to review. `kedro status` shows why.")
    desk = ReviewDesk(session, by, session.templates)
    desk.start(EmptyRequest())
    return desk
