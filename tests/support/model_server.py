"""A small OpenAI-compatible server on 127.0.0.1 for tests and benchmarks, run in a process of its own.

    with ModelServer(latency=0.2, shares={"429": 0.1, "reset": 0.1}) as server:
        ...  # api_base=server.url, model="openai/test"
        server.requests()  # what arrived, by the server's own log

What it can be told is in ``server_script.Script``; behaviours, the names of faults, are in ``server_faults``.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from support.server_script import Script

TESTS = Path(__file__).resolve().parents[1]
_NO_REPLY = dict.fromkeys(("status", "tokens_in", "tokens_out", "done_at", "delivered"))


class ModelServer:
    """Starts the server on a free port; ``url`` is its api_base. A context manager, or ``start`` and ``stop``."""

    def __init__(self, **script: Any) -> None:
        self.script = Script(**script)
        self._holder = tempfile.TemporaryDirectory(prefix="model-server-")
        self._folder = Path(self._holder.name)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> Self:
        """Run the server; returns when it listens. It ends with this process, whatever happens to it."""
        (self._folder / "script.json").write_text(json.dumps(asdict(self.script)), encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.model_server_app", str(self._folder)],
            cwd=TESTS,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        port = self._process.stdout.readline().decode().strip()
        if not port:
            raise RuntimeError(f"the model server did not start (exit code {self._process.wait()})")
        self.url = f"http://127.0.0.1:{port}/v1"
        return self

    def stop(self) -> None:
        """Close the server's standard input, which ends it, and remove its log."""
        if self._process is not None:
            assert self._process.stdin is not None and self._process.stdout is not None
            self._process.stdin.close()
            self._process.stdout.close()
            self._process.wait(timeout=10)
        self._holder.cleanup()

    def requests(self) -> list[dict[str, Any]]:
        """All that arrived so far, in order: chat requests, calls of the files and batches endpoints, lines of batches.

        Each has n (from 1), at (Unix time), endpoint ("POST /v1/batches/{id}/cancel", "batch line"), kind ("ask",
        "repair", "file", "batch"), behaviour, authorization (the header). Chat requests and lines,
        have, where calls of files and batches have null: sha256 (of model and messages), attempt (of that hash, from
        1), term, stage, model, format (type of response_format or null), options (the body without its messages),
        cache_control (whether a message is marked with it). What ``replies`` says of it is added, or null.
        """
        replies = {reply["n"]: reply for reply in self.replies()}
        return [_NO_REPLY | record | replies.get(record["n"], {}) for record in self._read("requests.jsonl")]

    def replies(self) -> list[dict[str, Any]]:
        """The replies that left so far, in order; none for what hangs or was reset.

        Each has n (of its request), status (HTTP), tokens_in, tokens_out (as claimed in usage, 0 for errors), done_at
        (Unix time), delivered (false where the client had gone, or a "lost" kept it back). A line of a batch counts
        as delivered: it waits in the output file.
        """
        return self._read("replies.jsonl")

    def _read(self, name: str) -> list[dict[str, Any]]:
        path = self._folder / name
        if not path.exists():
            return []
        # What follows the last line's end is still being written.
        complete, _, _ = path.read_text(encoding="utf-8").rpartition("\n")
        return [json.loads(line) for line in complete.split("\n") if line]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()
