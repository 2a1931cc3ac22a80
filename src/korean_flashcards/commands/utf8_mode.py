"""Restart a Kedro command in Python's UTF-8 mode if the system's encoding has no Hangul, as with `LC_ALL=C`."""

import os
import sys

_VARIABLE = "PYTHONUTF8"


def use_utf8_mode() -> None:
    """Restart this command with UTF-8 for arguments and file names, unless both can already be Korean.

    Python decodes arguments and file names with an encoding that a process cannot change. Windows always uses Unicode.
    """
    # The variable is set after a restart. A restart that had no effect, as with `python -X utf8=0`, is not repeated.
    if os.name == "nt" or os.environ.get(_VARIABLE) == "1" or not sys.executable:
        return
    try:
        "한글".encode(sys.getfilesystemencoding())
    except UnicodeEncodeError:
        os.environ[_VARIABLE] = "1"
        os.execv(sys.executable, sys.orig_argv)
