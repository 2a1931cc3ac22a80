"""A small OpenAI-compatible server on 127.0.0.1 for tests and benchmarks, run in a process of its own.

    with ModelServer(latency=0.2, shares={"429": 0.1, "reset": 0.1}) as server:
        ...  # api_base=server.url, model="openai/test"
        server.requests()  # what arrived, by the server's own log

Behaviours (names of faults) are listed in ``model_server_app.BEHAVIOURS``. Which one a request gets is decided by, in
this order: ``rejects_schema``, ``by_term``, ``from_call``, ``always``, ``shares``.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

TESTS = Path(__file__).resolve().parents[1]


@dataclass
class Script:
    """What the server does; seconds for ``latency``."""

    latency: float = 0.0
    # behaviour -> share of all (request, attempt) pairs; decided by a hash with ``seed``, hence reproducible
    shares: dict[str, float] = field(default_factory=dict)
    seed: int = 0
    # a request (model, messages) that failed so often by ``shares`` is answered well from then on
    fails_at_most: int = 1
    # term -> behaviours of its 1st, 2nd, … request; the later ones are answered well
    by_term: dict[str, list[str]] = field(default_factory=dict)
    # (n, behaviour): the n-th request of all (from 1) and every later one
    from_call: tuple[int, str] | None = None
    always: str = "ok"
    # the header's text of a 429, or None for no header
    retry_after: str | None = "1"
    # HTTP 400 for response_format json_schema / for json_object too
    rejects_schema: bool = False
    rejects_json_object: bool = False


class ModelServer:
    """Starts the server on a free port; ``url`` is its api_base. A context manager, or ``start`` and ``stop``."""

    def __init__(self, **script: Any) -> None:
        self.script = Script(**script)
        self._folder = tempfile.TemporaryDirectory(prefix="model-server-")
        self._log = Path(self._folder.name) / "requests.jsonl"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> Self:
        """Run the server; returns when it listens. It ends with this process, whatever happens to it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.model_server_app", json.dumps(asdict(self.script)), str(self._log)],
            cwd=TESTS,
            env={**os.environ, "PYTHONPATH": str(TESTS)},
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
        self._folder.cleanup()

    def requests(self) -> list[dict[str, Any]]:
        """All requests so far, in order of arrival.

        Each has n (from 1), at (Unix time), sha256 (of model and messages), attempt (of that hash, from 1), term,
        stage, behaviour, format (type of response_format or null), authorization (the header).
        """
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines()]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()
