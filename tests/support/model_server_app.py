"""Run the ``ModelServer`` process. Usage: ``python -m support.model_server_app FOLDER``.

The folder contains script.json. The process writes its logs to the folder and prints its port.
"""

import asyncio
import json
import os
import socket
import sys
import threading
import time
from contextlib import nullcontext
from pathlib import Path

from aiohttp import web

from support.server_batch_api import BatchAPI
from support.server_batches import Batches, Files
from support.server_choice import Choice
from support.server_log import ServerLog
from support.server_replies import reply_to
from support.server_requests import ChatRequest
from support.server_script import Script
from support.server_sending import send

# Bytes. OpenAI accepts input files of up to 200 MB.
LARGEST_BODY = 2**28


class Chat:
    """Handle POST /v1/chat/completions. There is one instance per process."""

    def __init__(self, script: Script, choice: Choice, log: ServerLog) -> None:
        self._script, self._choice, self._log = script, choice, log
        self._place = nullcontext() if script.capacity is None else asyncio.Semaphore(script.capacity)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Choose the behavior, log the request, wait, and reply."""
        chat = ChatRequest.read(await request.json())
        behavior = self._choice.of_request(chat)
        authorization = request.headers.get("Authorization", "")
        number = self._log.request(chat, behavior, self._choice.attempts[chat.digest], authorization)
        given = reply_to(chat, behavior, self._script, authorization)
        if behavior != "hang":
            async with self._place:
                await asyncio.sleep(self._script.latency)
        headers = self._choice.gate.headers(time.monotonic(), self._choice.tokens(chat), behavior)
        return await send(request, behavior, given, self._log, number, headers)


def _application(script: Script, folder: Path) -> web.Application:
    log, choice, files = ServerLog(folder), Choice(script), Files()
    application = web.Application(client_max_size=LARGEST_BODY)
    application.router.add_post("/v1/chat/completions", Chat(script, choice, log).handle)
    BatchAPI(script, files, Batches(script, files, choice, log), log).add_to(application.router)
    return application


async def _serve(script: Script, folder: Path) -> None:
    runner = web.AppRunner(_application(script, folder), access_log=None)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    await web.SockSite(runner, listening).start()
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def _end_with_parent() -> None:
    """Exit when the parent process closes its end of the pipe or dies."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    given = Path(sys.argv[1])
    asyncio.run(_serve(Script(**json.loads((given / "script.json").read_text(encoding="utf-8"))), given))
