"""Define a check: a code with its severity, which creates findings for fields."""

from typing import NamedTuple

from korean_flashcards.domain.records import Finding, Severity


class Check(NamedTuple):
    """Represent one kind of fault that is checked for.

    Attributes:
        code: Stable name of the check.
        severity: Severity of its findings.
        meaning: A sentence that says what a finding means.
        looks_at: A sentence that says how the fault is found.
        needs_morphology: Whether the check is skipped if kiwipiepy is not installed.
    """

    code: str
    severity: Severity
    meaning: str
    looks_at: str
    needs_morphology: bool = False

    def at(self, field: str, message: str) -> Finding:
        """Return a finding of this check for ``field``. Line breaks in the message become spaces."""
        return Finding(self.code, self.severity, field, " ".join(message.split()))
