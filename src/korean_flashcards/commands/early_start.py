"""Prepare the process of a Kedro command before the project's other modules are imported."""

import atexit
import gc
import sys
from pathlib import Path

from korean_flashcards.commands.early_interrupt import arm
from korean_flashcards.commands.standard_streams import protect_streams
from korean_flashcards.commands.utf8_mode import use_utf8_mode


def prepare_command() -> None:
    """If this process runs a Kedro command, make its arguments, its output, and Ctrl-C safe, and collect less garbage.

    A notebook or a program that imports the package keeps its own streams and signals.
    """
    main = sys.modules.get("__main__")
    name = Path(sys.argv[0] if sys.argv else "").stem
    if getattr(main, "__package__", None) == "kedro" or name == "kedro":
        arm()
        use_utf8_mode()
        protect_streams()
        _collect_less_garbage()


def _collect_less_garbage() -> None:
    """Search for unused reference cycles rarely, and not at all when the process ends.

    Imports and a run's rows create millions of objects, but hardly any cycles. With Python's defaults, the search takes
    0.1 s at the start of a command, up to a tenth of a long run, and 0.3 s at the end, when the memory is freed anyway.
    """
    gc.set_threshold(100_000, 50, 100)
    atexit.register(gc.freeze)
