"""Prepare the process of a Kedro command before the project's other modules are imported."""

import sys
from pathlib import Path

from korean_flashcards.commands.early_interrupt import arm
from korean_flashcards.commands.standard_streams import protect_streams
from korean_flashcards.commands.utf8_mode import use_utf8_mode


def prepare_command() -> None:
    """If this process runs a Kedro command, make its arguments, its output, and Ctrl-C safe.

    A notebook or a program that imports the package keeps its own streams and signals.
    """
    main = sys.modules.get("__main__")
    name = Path(sys.argv[0] if sys.argv else "").stem
    if getattr(main, "__package__", None) == "kedro" or name == "kedro":
        arm()
        use_utf8_mode()
        protect_streams()
