"""Send a reply, or drop the connection."""

import asyncio
import os
import socket
import struct
from collections.abc import Mapping

from aiohttp import web

from support.server_log import ServerLog
from support.server_replies import ServerReply


async def send(
    request: web.Request,
    behavior: str,
    given: ServerReply,
    log: ServerLog,
    number: int,
    headers: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    """Log the response to request ``number``, and return it. "hang", "reset", and "lost" never deliver a response."""
    if behavior == "hang":
        await asyncio.sleep(3600)
    if behavior in {"hang", "reset"}:
        return _reset(request)
    is_open = request.transport is not None and not request.transport.is_closing()
    log.replied(number, given, delivered=is_open and behavior != "lost")
    if behavior == "lost":
        return _reset(request)
    if isinstance(given.body, bytes):
        return web.Response(body=given.body, status=given.status)
    return web.json_response(given.body, status=given.status, headers=headers)


def _reset(request: web.Request) -> web.StreamResponse:
    """Drop the connection with a TCP RST, by setting the linger time to 0."""
    if request.transport is not None:
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        request.transport.abort()
    return web.Response()
