"""Find the clauses in which a text may say something about Korean forms, sounds, or particles that is worth checking."""

import re
from collections.abc import Iterator

from korean_flashcards.domain.lazy_regex import lazy_regex

_CLAUSE = lazy_regex(r"[^.;\n]+")
# A clause with one of these denies what it says, or calls it a mistake.
_DENIED = lazy_regex(
    r"\b(?:not|never|no|wrong|cannot|unlike|instead|except|learners?|mistakes?|slips?|expect)\b|n't|[*×✗]", re.I
)


def claims(text: str, sign: re.Pattern[str]) -> Iterator[str]:
    """Yield the clauses of a text that contain Korean and the sign of a claim, and do not deny what they say."""
    for clause in () if text.isascii() else _CLAUSE.findall(text):
        if not clause.isascii() and sign.search(clause) and not _DENIED.search(clause):
            yield clause
