"""Open files with the programs that the system uses for them."""

import os
import shutil
import subprocess
import sys
import webbrowser
from pathlib import Path

# Seconds to wait for a program that opens a file. If it fails, it ends earlier; some programs run until they are closed.
_START_S = 5


def has_screen() -> bool:
    """Return whether a program can open a window. Without one, a browser might take over the terminal."""
    return sys.platform in ("win32", "darwin") or bool({"DISPLAY", "WAYLAND_DISPLAY"} & {*os.environ})


def open_page(page: Path) -> bool:
    """Open a page in the user's browser, and return whether a browser was found and started."""
    return webbrowser.open(page.as_uri())


def open_with_default_program(file: Path) -> bool:
    """Open a file with the system's program for files of its kind, and return whether the program was started."""
    if sys.platform == "win32":
        try:
            os.startfile(file)
        except OSError:
            return False
        return True
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    return opener is not None and _started([opener, str(file)])


def _started(command: list[str]) -> bool:
    try:
        # In a separate session, so that Ctrl-C in the terminal does not end the program.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return process.wait(_START_S) == 0
    except subprocess.TimeoutExpired:
        return True
    except OSError:
        return False
