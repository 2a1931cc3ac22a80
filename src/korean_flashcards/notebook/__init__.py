"""Provide the public API for notebooks."""

from korean_flashcards.notebook.card_preview import show_card

__all__ = ["show_card"]
