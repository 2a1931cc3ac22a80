"""Serve the review page of a project in this process, and use its ledger meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from korean_flashcards.commands.review.session import open_session
from korean_flashcards.ledger.reviews.recorded import By
from korean_flashcards.reviewing.open_desk import open_desk
from korean_flashcards.reviewing.review_desk import ReviewDesk
from korean_flashcards.reviewing.review_server import ReviewServer
from korean_flashcards.reviewing.review_session import ReviewSession

PAGE_REVIEWER = By("kim")


@dataclass(frozen=True)
class ServedReview:
    """A running review page."""

    session: ReviewSession
    desk: ReviewDesk
    server: ReviewServer


@contextmanager
def served_review(framed: bool = False) -> Iterator[ServedReview]:
    """Serve the page of the project in the working directory. See ``support.commands.kedro_here``."""
    with open_session(None) as session:
        desk = open_desk(session, PAGE_REVIEWER)
        server = ReviewServer(desk, framed=framed)
        server.start()
        try:
            yield ServedReview(session, desk, server)
        finally:
            server.stop()
