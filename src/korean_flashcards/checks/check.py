"""Define ``Check``, which describes a check and creates its findings."""

from typing import NamedTuple

from korean_flashcards.domain.records import Finding, Severity


class Check(NamedTuple):
    """A check for one kind of fault in an analysis or a card.

    Attributes:
        code: Stable name of the check.
        severity: Severity of the check's findings.
        meaning: A sentence that explains what a finding means.
        looks_at: A sentence that explains how the check finds the fault.
        needs_morphology: Whether the check is skipped if kiwipiepy is not installed.
    """

    code: str
    severity: Severity
    meaning: str
    looks_at: str
    needs_morphology: bool = False

    def at(self, field: str, message: str) -> Finding:
        """Return a finding from this check for ``field``. Line breaks in the message become spaces."""
        return Finding(self.code, self.severity, field, " ".join(message.split()))
