"""Answer the HTTP requests of the review page. Nothing is answered without a key; see ``page_access``."""

import json
import logging
from collections.abc import Callable

from kedro.io.core import DatasetError
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from korean_flashcards.domain.errors import FlashcardsError, origins
from korean_flashcards.reviewing import page_parts
from korean_flashcards.reviewing import page_requests as asked
from korean_flashcards.reviewing.page_access import API, PageAccess
from korean_flashcards.reviewing.review_desk import ReviewDesk

logger = logging.getLogger(__name__)

_LONGEST = 1_000_000  # bytes of a request
_REFUSED = "This page needs its key. Open the address that `kedro review serve` printed.\n"
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_ACTIONS: dict[str, type[asked.PageRequest]] = {
    "start": asked.EmptyRequest, "card": asked.CardRequest, "preview": asked.PreviewRequest,
    "approve": asked.DecisionRequest, "reject": asked.RejectRequest, "edit": asked.EditRequest,
    "drop": asked.DecisionRequest, "selection": asked.SelectionRequest, "approve_all": asked.ApproveAllRequest,
    "undo": asked.EmptyRequest,
}  # fmt: skip


class ReviewApp:
    """The review page and its API.

    Args:
        desk: Carries out the requests.
        access: The keys.
        framed: Whether pages of this computer, such as JupyterLab, may show the page in a frame.
    """

    def __init__(self, desk: ReviewDesk, access: PageAccess, framed: bool) -> None:
        self._desk, self._access = desk, access
        ancestors = "http://localhost:* http://127.0.0.1:*" if framed else "'none'"
        more = ("connect-src 'self'", f"frame-ancestors {ancestors}")
        self._policy = page_parts.policy(desk.templates, "'self'", "'self'", more)
        routes = [
            Route("/", self._page),
            Route("/app.js", self._file(page_parts.script("served"), "text/javascript")),
            Route("/style.css", self._file(page_parts.style(), "text/css")),
            Route(API + "{action}", self._api, methods=["POST"]),
        ]
        self.asgi = Starlette(routes=routes, exception_handlers={404: _refuse, 405: _refuse})

    async def _page(self, request: Request) -> Response:
        access, query = self._access, request.query_params
        if not access.is_own(request.headers):
            return _refused()
        if access.has_token(query.get("token")):
            # An address with the token is not the address of any page, so no browser shows or remembers it.
            return RedirectResponse(access.ticket(), 303, _HEADERS)
        has_ticket = access.use_ticket(query.get("ticket"))
        if not has_ticket and not access.has_page_key(request.cookies.get(access.cookie)):
            return _refused()
        token = f'<meta name="token" content="{access.token}">' if has_ticket else ""
        head = f'{token}\n<link rel="stylesheet" href="/style.css?key={access.page_key}">'
        end = f'<script src="/app.js?key={access.page_key}"></script>'
        html = page_parts.page(head, "Review", end)
        answer = Response(html, headers=_HEADERS | {"Content-Security-Policy": self._policy}, media_type="text/html")
        answer.set_cookie(access.cookie, access.page_key, httponly=True, samesite="strict")
        return answer

    def _file(self, text: str, media_type: str) -> Callable[[Request], Response]:
        def send(request: Request) -> Response:
            if self._access.is_own(request.headers) and self._access.has_page_key(request.query_params.get("key")):
                return Response(text, headers=_HEADERS, media_type=media_type)
            return _refused()

        return send

    async def _api(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not (self._access.is_own(request.headers) and scheme == "Bearer" and self._access.has_token(token)):
            return _refused()
        action = request.path_params["action"]
        if action not in _ACTIONS:
            return _problem("The page sent an unknown request. Load the page again.", 404)
        try:
            given = _ACTIONS[action].model_validate(json.loads(await _body(request)))
        except (ValueError, ValidationError, RecursionError):
            return _problem(
                "The page sent a request that cannot be read. Nothing was changed. Load the page again.", 400
            )
        return await run_in_threadpool(self._answer, action, given)

    def _answer(self, action: str, given: asked.PageRequest) -> Response:
        try:
            return JSONResponse(getattr(self._desk, action)(given), headers=_HEADERS)
        except (FlashcardsError, DatasetError) as error:
            own = next((cause for cause in origins(error) if isinstance(cause, FlashcardsError)), error)
            return _problem(str(own), 409)
        except Exception as error:
            logger.exception("The review page's request %s failed. Please report this.", action)
            return _problem(f"This is a bug. Please report it with this message: {error!r}", 500)


async def _body(request: Request) -> bytes:
    """Return the body of a request. Raises ValueError if it is too long."""
    found = b""
    async for piece in request.stream():
        found += piece
        if len(found) > _LONGEST:
            raise ValueError("the request is too long")
    return found


def _problem(message: str, status: int) -> Response:
    return JSONResponse({"error": message}, status, _HEADERS)


def _refused() -> Response:
    return PlainTextResponse(_REFUSED, 403, _HEADERS)


async def _refuse(_request: Request, _error: Exception) -> Response:
    return _refused()
