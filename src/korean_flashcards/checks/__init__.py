"""Check analyses and cards with deterministic rules. Each finding has a code, a severity, and a message. Pure.

``quality.scoring`` decides how many points a finding costs. See docs/reference/checks.md for the codes.
"""

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.check_registry import CHECKS, check_card, check_deck, check_nuance
from korean_flashcards.checks.reply_check import card_quality_check, nuance_quality_check

__all__ = ["CHECKS", "Check", "card_quality_check", "check_card", "check_deck", "check_nuance", "nuance_quality_check"]
