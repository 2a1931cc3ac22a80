"""Provide the public API for notebooks and scripts. docs/notebooks.md describes it."""

from korean_flashcards.notebook.card_preview import show_card
from korean_flashcards.notebook.notebook_project import NotebookProject
from korean_flashcards.notebook.open_project import open_project
from korean_flashcards.notebook.plain_errors import NotebookError
from korean_flashcards.notebook.selected_cards import select_cards

__all__ = ["NotebookError", "NotebookProject", "open_project", "select_cards", "show_card"]
