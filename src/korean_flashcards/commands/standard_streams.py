"""Keep commands running if their terminal, pipe, or output file is closed, is full, or cannot show Korean.

An error while printing must not end a run that has paid for replies. What is lost is only the text on the screen.
"""

import errno
import io
import logging
import os
import sys
from typing import Any, TextIO

import click

_KOREAN = "한글"


class _Outlet(io.RawIOBase):
    """A stream that passes bytes on until an error occurs, and discards them from then on.

    ``error`` is the error. Nobody needs to know of a closed pipe, as after `| head -1`, so it is not recorded.
    """

    def __init__(self, raw: io.RawIOBase, stream: TextIO) -> None:
        self._raw = raw
        self._stream = stream  # Python closes ``raw`` when nothing refers to the stream above it
        self._closed = False
        self.error: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def isatty(self) -> bool:
        return self._raw.isatty()

    def write(self, data: Any) -> int | None:
        if self._closed:
            return len(data)
        try:
            return self._raw.write(data)
        except OSError as error:
            self._closed = True
            # Windows reports a closed pipe as EINVAL.
            self.error = None if error.errno in (errno.EPIPE, errno.EINVAL) else error
            return len(data)


def protect_streams() -> None:
    """Make standard output and standard error safe to write to, and open any standard stream that is closed."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, _nothing(number))
    before = {sys.stdout: "stdout", sys.stderr: "stderr"}
    sys.stdout, sys.stderr = _protected(sys.stdout), _protected(sys.stderr)
    for handler in logging.getLogger().handlers:
        # Kedro configures logging before it imports the project. Such handlers still use the original streams.
        if isinstance(handler, logging.StreamHandler) and handler.stream in before:
            handler.setStream(getattr(sys, before[handler.stream]))


def lost_output() -> str | None:
    """Return once why standard output could not be written, or None if it was written or its reader had closed it."""
    sys.stdout.flush()
    outlet = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if not isinstance(outlet, _Outlet) or outlet.error is None:
        return None
    error, outlet.error = outlet.error, None
    return error.strerror


def report_lost_output(command: click.Context) -> None:
    """When the command ends, print an error and exit with code 1 if its output was lost."""

    def report() -> None:
        if reason := lost_output():
            click.echo(f"Error: {lost_output_message(reason)}", err=True)
            raise SystemExit(1)

    command.find_root().call_on_close(report)


def lost_output_message(reason: str) -> str:
    """Return the message for output that could not be written."""
    return f"The output could not be written: {reason}. The command itself has finished. Print to a different place."


def _nothing(number: int) -> TextIO:
    """Open the null device as this file descriptor, so that no database gets the number of a standard stream."""
    handle = os.open(os.devnull, os.O_RDWR)
    if handle != number:
        os.dup2(handle, number)
        os.close(handle)
    return open(number, "r" if number == 0 else "w", encoding="utf-8")


def _protected(stream: TextIO) -> TextIO:
    """Return a stream that prints the same text, never fails, and can print Korean.

    Files and pipes get UTF-8, whatever the system's encoding is. A terminal keeps its encoding if that has Hangul.
    """
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)  # with PYTHONUNBUFFERED, there is no buffer
    if not isinstance(raw, io.RawIOBase) or not isinstance(stream, io.TextIOWrapper):
        return stream
    encoding = stream.encoding if stream.isatty() and _has_hangul(stream.encoding) else "utf-8"
    return io.TextIOWrapper(
        io.BufferedWriter(_Outlet(raw, stream)), encoding=encoding, errors="replace",
        line_buffering=stream.line_buffering or stream.write_through,
    )  # fmt: skip


def _has_hangul(encoding: str) -> bool:
    try:
        _KOREAN.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
