"""End a command without a traceback if Ctrl-C is pressed while Python is still importing modules."""

import os
import signal
import threading
from types import FrameType

# The exit code that shells use for a command that Ctrl-C ended.
EXIT_CODE = 130


def arm() -> None:
    """Let Ctrl-C end this process at once. ``disarm`` undoes this.

    An exception would be printed with a traceback, or swallowed by the module being imported.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if in_main_thread and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def disarm() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again now that the command is starting."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(_number: int, _frame: FrameType | None) -> None:
    os.write(2, b"Error: Stopped before the command started. Nothing was changed.\n")
    os._exit(EXIT_CODE)
