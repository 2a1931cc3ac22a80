"""Show the review page in a notebook."""

import html
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from kedro.framework.context import KedroContext

from korean_flashcards.planning.missing_ledger import refuse_missing_ledger
from korean_flashcards.reviewing.open_desk import open_desk
from korean_flashcards.reviewing.review_server import ReviewServer
from korean_flashcards.reviewing.review_session import ReviewSession

if TYPE_CHECKING:
    from IPython.display import HTML

_FRAME = (
    '<iframe title="Review" src="{address}" style="width: 100%; height: {height}px; border: 1px solid #8884"></iframe>'
)
_SERVERS: WeakKeyDictionary[KedroContext, ReviewServer] = WeakKeyDictionary()


def review_frame(context: KedroContext, reviewer: str | None = None, height: int = 1000) -> "HTML":
    """Return a frame with the review page. Its server runs in a thread until the kernel ends.

    The page works in a browser on the computer of the kernel.

    Args:
        context: The project's Kedro context.
        reviewer: The reviewer's name (default: the parameter review.reviewer, or your login name).
        height: The height of the frame, in pixels.

    Raises:
        DatasetError: There has been no run yet.
        LedgerMissingError: The ledger is missing, although the project once had one.
    """
    # Imported here because IPython takes 0.3 s to load.
    from IPython.display import HTML

    server = _SERVERS.get(context)
    if server is None:
        server = _SERVERS[context] = _started(context, reviewer)
    frame = _FRAME.format(address=html.escape(server.address), height=height)
    return HTML(frame)  # type: ignore[no-untyped-call]


def _started(context: KedroContext, reviewer: str | None) -> ReviewServer:
    catalog = context.catalog
    ledger = catalog.load("ledger")
    refuse_missing_ledger(ledger.store.path, catalog.exists, lambda: catalog.load("llm"))
    session = ReviewSession(context, ledger)
    server = ReviewServer(open_desk(session, session.by(reviewer)), framed=True)
    server.start()
    return server
