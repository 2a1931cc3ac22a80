"""Run a provider that sends scripted HTTP responses, byte for byte."""

import contextlib
import gzip
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

_POLL = 0.01  # seconds until the server notices that it should stop


@dataclass(frozen=True)
class RawResponse:
    """One HTTP response.

    ``declared``: the Content-Length header, if it differs from the body's length. ``wire``: if set, all bytes of the
    response, starting with the status line. They are sent in pieces, ``pause`` seconds apart, and then the connection
    is closed.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    declared: int | None = None
    wire: Sequence[bytes] | None = None
    pause: float = 0.0


def json_response(body: Any, status: int = 200, **headers: str) -> RawResponse:
    """Return a JSON response. Underscores in header names become hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RawResponse(
        json.dumps(body, ensure_ascii=False).encode(), status, {"Content-Type": "application/json"} | named
    )


def gzipped(body: bytes) -> RawResponse:
    """Return a compressed JSON response."""
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return RawResponse(gzip.compress(body, 1), 200, headers)


def completion(content: Any, usage: Any = None, finish_reason: str | None = "stop", **message: Any) -> dict[str, Any]:
    """Return a chat completion. ``usage`` is left out if it is None."""
    choice = {
        "index": 0,
        "finish_reason": finish_reason,
        "message": {"role": "assistant", "content": content} | message,
    }
    body = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "test", "choices": [choice]}
    return body if usage is None else body | {"usage": usage}


class RawServer:
    """A server that responds to each request with the result of ``respond``.

    ``respond`` takes the request's JSON body and its number, starting at 1.

    ``requests``: the bodies so far. ``headers``: their headers. ``url`` is the api_base.
    """

    def __init__(self, respond: Callable[[dict[str, Any], int], RawResponse]) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        lock, server = threading.Lock(), self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
                with lock:
                    server.requests.append(body)
                    server.headers.append({name.lower(): value for name, value in self.headers.items()})
                    number = len(server.requests)
                found = respond(body, number)
                if found.wire is not None:
                    with contextlib.suppress(ConnectionError):
                        self._send_wire(found.wire, found.pause)
                    return
                self.send_response(found.status)
                for name, value in found.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(found.body) if found.declared is None else found.declared))
                self.end_headers()
                with contextlib.suppress(ConnectionError):  # the client may have stopped waiting
                    self.wfile.write(found.body)
                self.close_connection = found.declared is not None

            def _send_wire(self, wire: Sequence[bytes], pause: float) -> None:
                self.close_connection = True
                for number, piece in enumerate(wire):
                    time.sleep(pause if number else 0)
                    self.wfile.write(piece)

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=[_POLL], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
