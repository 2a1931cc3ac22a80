"""Decide which requests the review server answers: those with a key, to this address, from its own page."""

import secrets
from collections.abc import Mapping
from typing import Final

API: Final = "/api/"


class PageAccess:
    """The keys of a review server.

    ``token`` opens everything. The command prints it as part of the page's address, and the page sends it in a header.
    A ticket opens the page once, so an address that stays in a browser's history or in a list of processes is of no use.
    The page key opens only the page without its data, which lets a browser load the page again: cookies are sent to all
    ports of a host, so a cookie must not contain the token.

    Args:
        port: The port of the server on 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        self.token, self.page_key = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.cookie = f"korean-flashcards-review-{port}"
        self._tickets: set[str] = set()
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._origins = {f"http://{host}" for host in self._hosts}
        self.address = f"http://127.0.0.1:{port}/"

    def ticket(self) -> str:
        """Return the address of the page with a new ticket."""
        ticket = secrets.token_urlsafe(32)
        self._tickets.add(ticket)
        return f"{self.address}?ticket={ticket}"

    def is_own(self, headers: Mapping[str, str]) -> bool:
        """Return whether a request is for this server and, if a page sent it, from this server's own page.

        A page that reaches the server under a different name (DNS rebinding) sends that name as the host.
        """
        origin = headers.get("origin")
        return headers.get("host") in self._hosts and (origin is None or origin in self._origins)

    def has_token(self, given: str | None) -> bool:
        """Return whether this is the token."""
        return _same(given, self.token)

    def has_page_key(self, given: str | None) -> bool:
        """Return whether this is the page key."""
        return _same(given, self.page_key)

    def use_ticket(self, given: str | None) -> bool:
        """Return whether this is an unused ticket, and use it up."""
        found = [ticket for ticket in self._tickets if _same(given, ticket)]
        self._tickets.difference_update(found)
        return bool(found)


def _same(given: str | None, key: str) -> bool:
    # Text outside of ASCII raises an error, so compare bytes.
    return given is not None and secrets.compare_digest(given.encode(), key.encode())
