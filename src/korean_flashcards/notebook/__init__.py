"""Provide the public API for notebooks."""

from korean_flashcards.notebook.card_preview import show_card
from korean_flashcards.notebook.selected_cards import select_cards

__all__ = ["select_cards", "show_card"]
