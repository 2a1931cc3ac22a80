"""Run a provider that repeats the API key in everything it sends: errors and replies."""

import base64
import json
import os
import socket
import struct
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from support.model_replies import reply_text


class EchoServer:
    """A server that replies based on the requested word.

    ``behaviors`` maps words to "401", "400", "reset", or "broken" (not a record).

    Requests for other words get a good reply. ``url`` is the api_base. ``keys``: the Authorization headers received so
    far.
    """

    def __init__(self, behaviors: dict[str, str] | None = None, always: str = "ok") -> None:
        self.behaviors, self.always, self.keys = behaviors or {}, always, set[str]()
        echo = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                echo.reply(self)

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def reply(self, request: BaseHTTPRequestHandler) -> None:
        """Send a chat completion or the fault for the word."""
        header = request.headers["Authorization"]
        self.keys.add(header)
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        wanted = json.loads(body["messages"][-1]["content"])
        behavior = self.behaviors.get(wanted["term"], self.always)
        said = given_away(header)
        if behavior == "reset":
            request.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
            )
            request.connection.close()
        elif behavior in ("400", "401"):
            error = {"message": f"No good: {said}", "type": "invalid_request_error", "code": said, "param": said}
            _send(request, int(behavior), {"error": error})
        else:
            text = said if behavior == "broken" else _record(wanted, said)
            _send(request, 200, _completion(body["model"], text))

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def given_away(header: str) -> str:
    """Return the header and its key in the encodings that a provider might use."""
    key = header.removeprefix("Bearer ")
    coded = base64.b64encode(header.encode()).decode()
    return f"{header} / {key} / {urllib.parse.quote(key, safe='')} / {coded}"


def _record(wanted: dict[str, Any], said: str) -> str:
    """Return a good reply with the key in one of its text fields."""
    reply = json.loads(reply_text(wanted, "echo"))
    if "cards" in reply:
        reply["cards"][0]["back"] += said
    else:
        reply["explanation"] += f" {said}"
    return json.dumps(reply, ensure_ascii=False)


def _completion(model: str, text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    return {"id": "echo", "object": "chat.completion", "created": 1, "model": model, "choices": choices, "usage": usage}


def _send(request: BaseHTTPRequestHandler, status: int, value: dict[str, Any]) -> None:
    data = json.dumps(value).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)
