"""Provide the public API for notebooks and scripts. docs/notebooks.md describes it."""

# ruff: noqa: E402 - Kedro reads this variable when it is first imported.
import os
from pathlib import Path

# Kedro looks for conf/logging.yml only in the working directory. In other folders, it would install its own log messages
# and tracebacks in the notebook.
_LOGGING = Path(__file__).parents[3] / "conf" / "logging.yml"
_SET_HERE = "KEDRO_LOGGING_CONFIG" not in os.environ and _LOGGING.exists()
if _SET_HERE:
    os.environ["KEDRO_LOGGING_CONFIG"] = str(_LOGGING)

from korean_flashcards.notebook.card_preview import show_card
from korean_flashcards.notebook.notebook_project import NotebookProject
from korean_flashcards.notebook.open_project import open_project
from korean_flashcards.notebook.plain_errors import NotebookError
from korean_flashcards.notebook.selected_cards import select_cards

if _SET_HERE:  # Commands that a notebook starts may belong to another project.
    del os.environ["KEDRO_LOGGING_CONFIG"]

__all__ = ["NotebookError", "NotebookProject", "open_project", "select_cards", "show_card"]
