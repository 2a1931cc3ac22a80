"""Run model servers in one process. Usage: ``python -m support.model_server_app``.

Each line of the standard input is a command: "start FOLDER" or "stop PORT". The process replies to each with a line that
contains the port. The folder contains script.json. The server writes its logs to it.
"""

import asyncio
import json
import math
import os
import socket
import sys
import threading
import time
from contextlib import nullcontext
from pathlib import Path
from statistics import NormalDist

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
# Seconds until a server that stops closes its connections. For 0, aiohttp would wait for them forever.
AT_ONCE = 0.01
_NORMAL = NormalDist()


class Chat:
    """Handle POST /v1/chat/completions. There is one instance per server."""

    def __init__(self, script: Script, choice: Choice, log: ServerLog) -> None:
        self._script, self._choice, self._log = script, choice, log
        self._place = nullcontext() if script.capacity is None else asyncio.Semaphore(script.capacity)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Choose the behavior, log the request, wait, and reply."""
        chat = ChatRequest.read(await request.json())
        behavior = self._choice.of_request(chat)
        authorization = request.headers.get("Authorization", "")
        attempt = self._choice.attempts[chat.digest]
        latency = self._latency(chat, attempt)
        number = self._log.request(chat, behavior, attempt, authorization, latency=latency)
        given = reply_to(chat, behavior, self._script, authorization)
        if behavior != "hang":
            async with self._place:
                await asyncio.sleep(latency)
        headers = self._choice.gate.headers(time.monotonic(), self._choice.tokens(chat), behavior)
        return await send(request, behavior, given, self._log, number, headers)

    def _latency(self, chat: ChatRequest, attempt: int) -> float:
        if not self._script.latency_sigma:
            return self._script.latency
        drawn = chat.drawn(self._script.seed, "latency", attempt)
        # The distribution is not defined at 0.
        return self._script.latency * math.exp(self._script.latency_sigma * _NORMAL.inv_cdf(max(drawn, 1e-9)))


def _application(script: Script, folder: Path) -> web.Application:
    log, choice, files = ServerLog(folder), Choice(script), Files()
    application = web.Application(client_max_size=LARGEST_BODY)
    application.router.add_post("/v1/chat/completions", Chat(script, choice, log).handle)
    BatchAPI(script, files, Batches(script, files, choice, log), log).add_to(application.router)
    application.on_cleanup.append(log.closed)
    return application


class Sites:
    """Start and stop servers in this process, each on its own port."""

    def __init__(self) -> None:
        self._runners: dict[int, web.AppRunner] = {}

    async def start(self, folder: Path) -> int:
        """Start a server with the script in this folder, and return its port."""
        script = Script(**json.loads((folder / "script.json").read_text(encoding="utf-8")))
        runner = web.AppRunner(_application(script, folder), access_log=None, shutdown_timeout=AT_ONCE)
        await runner.setup()
        listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        await web.SockSite(runner, listening).start()
        port = int(listening.getsockname()[1])
        self._runners[port] = runner
        return port

    async def stop(self, port: int) -> int:
        """Stop a server and close its connections, even if replies are still being sent."""
        await self._runners.pop(port).cleanup()
        return port


async def _serve() -> None:
    sites, lines, loop = Sites(), asyncio.Queue[str](), asyncio.get_running_loop()
    threading.Thread(target=_read_commands, args=(loop, lines), daemon=True).start()
    while True:
        command, _, argument = (await lines.get()).strip().partition(" ")
        port = await (sites.start(Path(argument)) if command == "start" else sites.stop(int(argument)))
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()


def _read_commands(loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str]) -> None:
    """Pass each line of the standard input on. Exit when the parent process closes its end of the pipe or dies."""
    for line in sys.stdin:
        loop.call_soon_threadsafe(lines.put_nowait, line)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(_serve())
