"""Define a check, which has a code and a severity and creates findings for fields."""

from typing import NamedTuple

from korean_flashcards.domain.records import Finding, Severity


class Check(NamedTuple):
    """A kind of fault to check for.

    Attributes:
        code: Stable name of the check.
        severity: Severity of the check's findings.
        meaning: A sentence that explains what a finding means.
        looks_at: A sentence that explains how the fault is found.
        needs_morphology: Whether the check is skipped if kiwipiepy is not installed.
    """

    code: str
    severity: Severity
    meaning: str
    looks_at: str
    needs_morphology: bool = False

    def at(self, field: str, message: str) -> Finding:
        """Return this check's finding for ``field``. Line breaks in the message become spaces."""
        return Finding(self.code, self.severity, field, " ".join(message.split()))
