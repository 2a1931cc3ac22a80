"""Run a command and measure its time, its memory, and the pauses in its output, over all its processes."""

import contextlib
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Seconds between two measurements of memory. Each of them holds up the measured process for some milliseconds.
_EVERY = 0.1
_COLUMNS, _ROWS = 80, 24


@dataclass(frozen=True)
class Measured:
    """A command that has ended.

    ``seconds`` is wall time, and ``cpu`` is user and system time. ``peak_mb`` is the largest sum over all processes, in
    which each of n processes counts an n-th of the memory that they share (PSS); None if the system does not report it.
    ``silence`` is the longest time without output, in seconds. ``started`` is a Unix time.
    """

    code: int
    output: str
    seconds: float
    cpu: float
    peak_mb: float | None
    silence: float
    started: float


def measured(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Measured:
    """Run a command without a terminal and without input."""
    with tempfile.TemporaryFile() as output:
        before, started, clock = os.times(), time.time(), time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        peak = 0
        while not _ended(process):
            peak = max(peak, _memory(process.pid))
        seconds, after = time.monotonic() - clock, os.times()
        output.seek(0)
        text = output.read().decode(errors="replace")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Measured(process.returncode, text, seconds, cpu, peak / 1024 or None, 0.0, started)


def measured_on_terminal(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Measured:
    """Run a command in a terminal of 80 columns, and measure the pauses in its output. Memory is not measured."""
    # Windows has no such module.
    import pty

    before, started, clock = os.times(), time.time(), time.monotonic()
    here, there = pty.openpty()
    process = subprocess.Popen(
        command, cwd=folder, env={**environment, "TERM": "xterm-256color", "COLUMNS": str(_COLUMNS), "LINES": str(_ROWS)},
        stdin=subprocess.DEVNULL, stdout=there, stderr=there,
    )  # fmt: skip
    os.close(there)
    output, last, silence = b"", clock, 0.0
    for chunk in _chunks(here):
        now = time.monotonic()
        output, last, silence = output + chunk, now, max(silence, now - last)
    process.wait()
    os.close(here)
    now, after = time.monotonic(), os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    text = output.decode(errors="replace")
    return Measured(process.returncode, text, now - clock, cpu, None, max(silence, now - last), started)


def _ended(process: "subprocess.Popen[bytes]") -> bool:
    """Wait for the process, at most until the next measurement of memory. Return whether it has ended."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_EVERY)
    return process.returncode is not None


def _chunks(terminal: int) -> Iterator[bytes]:
    """Yield output until the last process has closed the terminal."""
    while True:
        select.select([terminal], [], [])
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux reports the end as an error
            return
        if not chunk:
            return
        yield chunk


def _memory(pid: int) -> int:
    """Return the memory of a process and of all its descendants, in KB."""
    total = 0
    with contextlib.suppress(OSError):  # the process has ended
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                total = int(line.split()[1])
        for thread in Path(f"/proc/{pid}/task").iterdir():
            total += sum(_memory(int(child)) for child in (thread / "children").read_text(encoding="ascii").split())
    return total
