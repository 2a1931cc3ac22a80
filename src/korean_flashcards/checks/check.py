"""What a check is: a code with its severity, and the finding that it makes of a field."""

from typing import NamedTuple

from korean_flashcards.domain.records import Finding, Severity


class Check(NamedTuple):
    """One thing that is looked for. ``meaning`` says what a finding means, ``looks_at`` how it is found.

    ``needs_morphology``: it is skipped where kiwipiepy is not installed.
    """

    code: str
    severity: Severity
    meaning: str
    looks_at: str
    needs_morphology: bool = False

    def at(self, field: str, message: str) -> Finding:
        """Return the finding that this check makes of ``field``; the message becomes one line, whatever it quotes."""
        return Finding(self.code, self.severity, field, " ".join(message.split()))
