"""Serve the review page in a thread, for notebooks."""

from kedro.framework.context import KedroContext

from korean_flashcards.planning.missing_ledger import refuse_missing_ledger
from korean_flashcards.reviewing.open_desk import open_desk
from korean_flashcards.reviewing.review_server import ReviewServer
from korean_flashcards.reviewing.review_session import ReviewSession


def serve_in_background(context: KedroContext, reviewer: str | None = None) -> ReviewServer:
    """Return a server of the review page that runs in a thread until the process ends.

    Pages of this computer, such as JupyterLab, may show the page in a frame.

    Args:
        context: The project's Kedro context.
        reviewer: The reviewer's name (default: the parameter review.reviewer, or the login name).

    Raises:
        DatasetError: There has been no run yet.
        ReviewError: The last run created no cards.
        LedgerMissingError: The ledger is missing, although the project once had one.
    """
    catalog = context.catalog
    ledger = catalog.load("ledger")
    refuse_missing_ledger(ledger.store.path, catalog.exists, lambda: catalog.load("llm"))
    session = ReviewSession(context, ledger)
    server = ReviewServer(open_desk(session, session.by(reviewer)), framed=True)
    server.start()
    return server
