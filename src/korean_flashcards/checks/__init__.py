"""Check analyses and cards with deterministic rules. Each finding has a code, a severity, and a message. Pure.

``quality.scoring`` decides how many points a finding costs. See docs/reference/checks.md for the codes.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = [
    "CHECKS",
    "Check",
    "card_quality_check",
    "check_card",
    "check_deck",
    "check_nuance",
    "check_word",
    "nuance_quality_check",
]

if TYPE_CHECKING:
    from korean_flashcards.checks.boilerplate import check_deck
    from korean_flashcards.checks.check import Check
    from korean_flashcards.checks.check_registry import CHECKS, check_card, check_nuance, check_word
    from korean_flashcards.checks.reply_check import card_quality_check, nuance_quality_check
else:
    # A module is imported when one of its names is first used, because importing all checks takes half a second.
    _MODULES = {
        "CHECKS": "check_registry",
        "Check": "check",
        "card_quality_check": "reply_check",
        "check_card": "check_registry",
        "check_deck": "boilerplate",
        "check_nuance": "check_registry",
        "check_word": "check_registry",
        "nuance_quality_check": "reply_check",
    }

    def __getattr__(name: str) -> Any:
        """Return a name of ``__all__`` from its module."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
