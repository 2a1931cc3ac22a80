"""Deterministic checks of analyses and cards: each finding has a code, a severity and a sentence that says what is wrong.

Pure functions of rows and frames. What a finding costs a card is decided elsewhere; see docs/checks.md for the codes.
"""

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.check_registry import CHECKS, check_card, check_deck, check_nuance
from korean_flashcards.checks.reply_check import card_quality_check, nuance_quality_check

__all__ = ["CHECKS", "Check", "card_quality_check", "check_card", "check_deck", "check_nuance", "nuance_quality_check"]
