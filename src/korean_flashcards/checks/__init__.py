"""What is wrong with an analysis, a card, a deck (until branch checks brings the real ones)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from korean_flashcards.contracts import Finding, Severity


@dataclass(frozen=True)
class Check:
    """One check."""

    severity: Severity
    meaning: str
    found: str


CHECKS: Mapping[str, Check] = {}


def check_nuance(record: Mapping[str, Any], word: Mapping[str, Any]) -> list[Finding]:
    """Return the findings in an analysis."""
    return []


def check_card(card: Mapping[str, Any], record: Mapping[str, Any], word: Mapping[str, Any]) -> list[Finding]:
    """Return the findings in a card."""
    return []


def check_deck(nuance: pl.DataFrame, flashcards: pl.DataFrame) -> Iterator[tuple[str, str | None, Finding]]:
    """Return the findings in all cards together."""
    return iter(())
