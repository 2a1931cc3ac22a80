"""Serve OpenAI's HTTP endpoints for files and batches."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from support.server_batches import Batches, Files
from support.server_faults import ERRORS, error_body
from support.server_log import ServerLog
from support.server_replies import ServerReply
from support.server_script import Script
from support.server_sending import send

_Handler = Callable[[web.Request], Awaitable[Any]]


class BatchAPI:
    """Handlers for eight endpoints. Each call is logged, and it fails if the script requires that."""

    def __init__(self, script: Script, files: Files, batches: Batches, log: ServerLog) -> None:
        self._script, self._files, self._batches, self._log = script, files, batches, log
        self._calls: Counter[str] = Counter()

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Register the endpoints."""
        handlers: dict[str, _Handler] = {
            "POST /v1/files": self._upload,
            "GET /v1/files/{id}": self._file,
            "DELETE /v1/files/{id}": self._delete,
            "GET /v1/files/{id}/content": self._content,
            "POST /v1/batches": self._create,
            "GET /v1/batches": self._list,
            "GET /v1/batches/{id}": self._batch,
            "POST /v1/batches/{id}/cancel": self._cancel,
        }
        for endpoint, handler in handlers.items():
            method, path = endpoint.split()
            router.add_route(method, path, self._logged(endpoint, handler))

    def _logged(self, endpoint: str, handler: _Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            planned = self._script.endpoint_faults.get(endpoint, [])
            turn = self._calls[endpoint]
            self._calls[endpoint] += 1
            behavior = planned[turn] if turn < len(planned) else "ok"
            authorization = request.headers.get("Authorization", "")
            number = self._log.call(endpoint, behavior, authorization)
            if behavior in ERRORS:
                given = ServerReply(ERRORS[behavior][0], error_body(behavior, authorization))
            elif behavior in {"hang", "reset"}:
                given = ServerReply(500, {})
            else:
                given = await _found(handler, request)
            return await send(request, behavior, given, self._log, number)

        return handle

    async def _upload(self, request: web.Request) -> dict[str, Any]:
        form = await request.post()
        sent = form["file"]
        if not isinstance(sent, web.FileField):
            raise web.HTTPBadRequest(text="the part 'file' is not a file")
        return self._files.add(sent.file.read(), sent.filename, str(form["purpose"]))

    async def _file(self, request: web.Request) -> dict[str, Any]:
        return self._files.about(request.match_info["id"])

    async def _delete(self, request: web.Request) -> dict[str, Any]:
        return self._files.delete(request.match_info["id"])

    async def _content(self, request: web.Request) -> bytes:
        return self._files.data(request.match_info["id"])

    async def _create(self, request: web.Request) -> dict[str, Any]:
        return self._batches.create(await request.json(), request.headers.get("Authorization", ""))

    async def _list(self, request: web.Request) -> dict[str, Any]:
        return self._batches.listed(request.query.get("after"), int(request.query.get("limit", "20")))

    async def _batch(self, request: web.Request) -> dict[str, Any]:
        return self._batches.look(request.match_info["id"])

    async def _cancel(self, request: web.Request) -> dict[str, Any]:
        return self._batches.cancel(request.match_info["id"])


async def _found(handler: _Handler, request: web.Request) -> ServerReply:
    """Return the handler's result, or OpenAI's error.

    The error is 404 for an unknown ID, or 400 for canceling a batch that has ended.
    """
    try:
        return ServerReply(200, await handler(request))
    except KeyError as missing:
        status, message = 404, f"No such object: {missing.args[0]}"
    except ValueError as error:
        status, message = 400, str(error)
    problem = {"message": message, "type": "invalid_request_error", "code": None, "param": None}
    return ServerReply(status, {"error": problem})
