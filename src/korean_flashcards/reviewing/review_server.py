"""Serve the review page on this computer."""

import errno
import os
import socket
import threading

import uvicorn

from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.reviewing.page_access import PageAccess
from korean_flashcards.reviewing.review_app import ReviewApp
from korean_flashcards.reviewing.review_desk import ReviewDesk

_GRACE = 2  # seconds for the requests that are being answered when the server stops
_HOST = "127.0.0.1"  # Other computers must not reach the server.


class ReviewServer:
    """The server of the review page, on 127.0.0.1.

    Args:
        desk: Carries out what the page asks for.
        port: The port, or 0 for a free one.
        framed: Whether pages of this computer, such as JupyterLab, may show the page in a frame.

    Raises:
        ReviewError: The port cannot be used.
    """

    def __init__(self, desk: ReviewDesk, port: int = 0, framed: bool = False) -> None:
        self._socket = _bound(port)
        self.access = PageAccess(self._socket.getsockname()[1])
        app = ReviewApp(desk, self.access, framed).asgi
        # Without a log: addresses have keys. What the page asks for is recorded in the ledger.
        config = uvicorn.Config(
            app, loop="asyncio", http="h11", ws="none", lifespan="off", log_config=None, log_level="critical",
            access_log=False, server_header=False, timeout_graceful_shutdown=_GRACE,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        # Not in the main thread, where uvicorn would handle Ctrl-C itself.
        self._thread = threading.Thread(target=self._serve, name="review server", daemon=True)

    @property
    def address(self) -> str:
        """Return the address of the page with the token."""
        return f"{self.access.address}?token={self.access.token}"

    def start(self) -> None:
        """Answer requests in a thread until ``stop`` is called or the process ends."""
        self._thread.start()

    def wait(self) -> None:
        """Wait until the server stops, which KeyboardInterrupt interrupts."""
        while self._thread.is_alive():
            # On Windows, Ctrl-C does not interrupt waiting without a limit.
            self._thread.join(0.5)

    def stop(self) -> None:
        """Finish the requests that are being answered, and stop."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(2 * _GRACE)
        self._socket.close()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])


def _bound(port: int) -> socket.socket:
    """Return a socket that listens, so that a browser may connect before the server is ready."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A port can be used again at once after the server has stopped. On Windows, two programs could share the port.
    if os.name == "posix":
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((_HOST, port))
        found.listen()
    except OSError as error:
        found.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            reason = "is in use" if error.errno == errno.EADDRINUSE else "needs more permissions"
            raise ReviewError(
                f"Port {port} {reason}. Choose a different one with --port, or leave the option out."
            ) from error
        raise
    return found
