"""Run a small OpenAI-compatible server on 127.0.0.1 for tests and benchmarks, in a separate process.

    with ModelServer(latency=0.2, shares={"429": 0.1, "reset": 0.1}) as server:
        ...  # api_base=server.url, model="openai/test"
        server.requests()  # the requests in the server's log

See ``server_script.Script`` for its settings, and ``server_faults`` for the names of behaviors. All servers of a test
process share one server process, because starting it takes 0.2 s.
"""

import functools
import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from support.server_script import Script

TESTS = Path(__file__).resolve().parents[1]
_NO_REPLY = dict.fromkeys(("status", "tokens_in", "tokens_out", "done_at", "delivered"))


class ModelServer:
    """Run a server on a free port. ``url`` is its api_base. Use it as a context manager, or ``start`` and ``stop`` it."""

    def __init__(self, **script: Any) -> None:
        self.script = Script(**script)
        self._holder = tempfile.TemporaryDirectory(prefix="model-server-")
        self._folder = Path(self._holder.name)
        self._port: int | None = None
        self.url = ""

    def start(self) -> Self:
        """Start the server and wait until it is listening."""
        (self._folder / "script.json").write_text(json.dumps(asdict(self.script)), encoding="utf-8")
        self._port = _process().command(f"start {self._folder}")
        self.url = f"http://127.0.0.1:{self._port}/v1"
        return self

    def stop(self) -> None:
        """Stop the server, even if replies are still being sent, and remove its log."""
        if self._port is not None:
            _process().command(f"stop {self._port}")
            self._port = None
        self._holder.cleanup()

    def requests(self) -> list[dict[str, Any]]:
        """Return all requests so far, in order: chat requests, files and batches calls, and batch lines.

        Each has n (from 1), at (Unix time), endpoint ("POST /v1/batches/{id}/cancel", "batch line"), kind ("ask",
        "repair", "file", "batch"), behavior, and authorization (the header). Chat requests and lines also have sha256 (of
        model and messages), attempt (of that hash, from 1), term, stage, model, format (the type of response_format or
        null), options (the body without its messages), cache_control (whether a message is marked with it), and latency
        (planned, in seconds). These fields are null for calls to the files and batches endpoints. The fields of ``replies``
        are added, or null if there is no reply.
        """
        replies = {reply["n"]: reply for reply in self.replies()}
        return [_NO_REPLY | record | replies.get(record["n"], {}) for record in self._read("requests.jsonl")]

    def replies(self) -> list[dict[str, Any]]:
        """Return the replies so far, in order. Requests that hang or were reset have no reply.

        Each has n (of its request), status (HTTP), tokens_in and tokens_out (as in usage, 0 for errors), done_at (Unix
        time), and delivered (false if the client had disconnected, or for "lost"). A batch line counts as delivered when
        it is in the output file.
        """
        return self._read("replies.jsonl")

    def _read(self, name: str) -> list[dict[str, Any]]:
        path = self._folder / name
        if not path.exists():
            return []
        # Text after the last line end is still being written.
        complete, _, _ = path.read_text(encoding="utf-8").rpartition("\n")
        return [json.loads(line) for line in complete.split("\n") if line]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()


class _ServerProcess:
    """The process in which all servers of this process run. It exits with this process, even if this process is killed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.model_server_app"],
            cwd=TESTS,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._commands = threading.Lock()

    def command(self, line: str) -> int:
        """Send a command, and return the port in the response."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with self._commands:
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
            port = self._process.stdout.readline().strip()
        if not port:
            raise RuntimeError(f"the model server has ended (exit code {self._process.wait()})")
        return int(port)


@functools.cache
def _process() -> _ServerProcess:
    return _ServerProcess()
