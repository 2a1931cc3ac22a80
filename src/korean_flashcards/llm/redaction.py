"""Keeps key material out of logs, errors and tables, whatever a provider writes into its messages."""

import os
import re

_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
_SHAPES = re.compile(
    r"\bBearer\s+\S+"  # an Authorization header
    r"|\b(?:sk|pk|rk|gsk|xai|hf|r8|key)[-_*][\w*.-]{6,}"  # providers' prefixes, also when partly starred
    r"|\bAIza[\w-]{10,}"  # Google
    r"|(?<=[?&]key=)[^&\s]+",  # Google's query parameter
)
_SHORTEST = 8  # characters: shorter values (KEY=1) are no secrets and would blank out ordinary text
LONGEST = 300  # characters of a provider's message that are worth showing


def redacted(text: str) -> str:
    """``text`` on one line without the values of secret-looking environment variables and without key-like strings.

    Cut to ``LONGEST`` characters.
    """
    for name, value in os.environ.items():
        if len(value) >= _SHORTEST and _NAMES.search(name):
            text = text.replace(value, "[redacted]")
    line = " ".join(_SHAPES.sub("[redacted]", text).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
