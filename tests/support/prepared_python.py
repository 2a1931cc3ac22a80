"""Start Kedro commands in copies of a process that has already imported what commands import.

A command's own process takes two seconds to import its packages and another two to load the morphological analyzer, and
the suite starts hundreds of commands. A copy is a process of its own, with its own arguments, environment, folder, output,
signals and exit code. It differs from a new process only in what is in memory. Only Linux can copy a process safely.
"""

import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
# Python, its libraries, and the system's loader read these variables only when a process starts.
_READ_AT_START = ("PYTHON", "LD_", "LC_", "LANG", "LITELLM_", "POLARS_", "KEDRO_LOGGING_CONFIG")
_FILES = 3  # stdout, stderr, and the pipe for the exit code


def can_copy(folder: Path, environment: dict[str, str]) -> bool:
    """Return whether a copy would do the same as a new process in this folder with this environment."""
    if sys.platform != "linux" or _read_at_start(environment) != _read_at_start(_environment()):
        return False
    logging = "conf/logging.yml"  # read when Kedro is imported
    return (folder / logging).is_file() and (folder / logging).read_bytes() == (ROOT / logging).read_bytes()


@dataclass
class CopiedProcess:
    """A running command, with the part of ``subprocess.Popen`` that the tests use."""

    pid: int
    stdout: IO[str]
    stderr: IO[str]
    _ended: IO[bytes]
    returncode: int | None = field(default=None, init=False)

    def poll(self) -> int | None:
        """Return the exit code, or None if the command is running."""
        return self._wait(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the command and return its exit code."""
        code = self._wait(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("kedro", timeout or 0)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Return all that the command prints, after its end."""
        texts = ["", ""]

        def read(index: int, stream: IO[str]) -> None:
            with stream:
                texts[index] = stream.read()

        readers = [threading.Thread(target=read, args=it, daemon=True) for it in enumerate((self.stdout, self.stderr))]
        end = None if timeout is None else time.monotonic() + timeout
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(None if end is None else max(0.0, end - time.monotonic()))
            if reader.is_alive():
                raise subprocess.TimeoutExpired("kedro", timeout or 0)
        self.wait(None if end is None else max(0.0, end - time.monotonic()))
        return texts[0], texts[1]

    def send_signal(self, number: int) -> None:
        """Send a signal to the command, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the command to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the command at once."""
        self.send_signal(signal.SIGKILL)

    def _wait(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._ended], [], [], timeout)[0]:
            with self._ended as code:
                self.returncode = int(code.read(16))
        return self.returncode


def start(arguments: tuple[str, ...], folder: Path, environment: dict[str, str]) -> CopiedProcess:
    """Start ``kedro ARGUMENTS`` in a copy."""
    connection = _server()
    pipes = [os.pipe() for _ in range(_FILES)]
    message = pickle.dumps((arguments, str(folder), environment))
    socket.send_fds(connection, [len(message).to_bytes(4, "big")], [write for _, write in pipes])
    connection.sendall(message)
    for _, write in pipes:
        os.close(write)
    stdout, stderr = (os.fdopen(read, encoding="utf-8", errors="strict") for read, _ in pipes[:2])
    pid = int.from_bytes(connection.recv(4, socket.MSG_WAITALL), "big")
    return CopiedProcess(pid, stdout, stderr, os.fdopen(pipes[2][0], "rb"))


def _read_at_start(environment: dict[str, str]) -> dict[str, str]:
    """Return those variables. A copy sets its own search path for modules."""
    names = [name for name in environment if name.startswith(_READ_AT_START) and name != "PYTHONPATH"]
    return {name: environment[name] for name in names}


@cache
def _environment() -> dict[str, str]:
    """Return the environment of the process that is copied."""
    return {**os.environ, "PYTHONUTF8": "1"}


@cache
def _server() -> socket.socket:
    """Start the process that is copied, and return the connection to it. It ends with this process."""
    ours, theirs = socket.socketpair()
    program = Path(__file__).with_name("copied_python.py")
    subprocess.Popen(
        [sys.executable, "-P", str(program), str(theirs.fileno())],
        cwd=ROOT, env={**_environment(), "PYTHONPATH": str(ROOT / "src")}, pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    theirs.close()
    return ours
