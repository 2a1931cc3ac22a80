"""Check failure codes given by the user. A misspelled code must not be reported as “no failures”."""

import difflib
from collections.abc import Sequence

from korean_flashcards.commands.project import fail
from korean_flashcards.domain.records import FailureCode


def check_codes(codes: Sequence[str]) -> None:
    """Exit with a message if a code does not exist.

    Call this function only if no failures were found, because the ledger may contain codes from an older release.
    """
    known = [code.value for code in FailureCode]
    for code in codes:
        if code not in known:
            near = difflib.get_close_matches(code, known, n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"The codes are {', '.join(known)}."
            fail(f"There is no failure code {code}. {hint}")
