"""Format the output of ``kedro errors``."""

from collections.abc import Iterator, Sequence
from typing import Any

from korean_flashcards.commands.layout import fitted_table, wrapped
from korean_flashcards.commands.terminal import safe
from korean_flashcards.domain.failures import KINDS, advice
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.ledger.spending.call_reports import Failure

# Maximum columns of an example's message. Messages with the same code often differ only at the end.
_LONGEST = 240
_EXAMPLES = 3  # per code


def failure_lines(found: Sequence[Failure], limit: int, requested: int, narrowed: bool) -> Iterator[str]:
    """Yield a table of the failures, then each code with its dates, advice, and examples.

    Args:
        found: The failures, most frequent first.
        limit: The maximum number of failures to show.
        requested: The total number of recorded calls.
        narrowed: Whether the user filtered the failures.
    """
    if not found:
        if not requested:
            yield "No errors."
        elif narrowed:
            yield f"None of the {requested:,} recorded calls failed this way."
        else:
            yield f"No errors. None of the {requested:,} recorded calls failed."
        return
    shown = found[:limit]
    calls, given_up = sum(each.calls for each in found), sum(each.given_up for each in found)
    failed = f"Failed calls: {calls:,} of {requested:,}" if requested else "No calls were made"
    yield f"{failed}. Words still without a result: {given_up:,}."
    yield fitted_table(("code", "stage", "model", "prompt", "calls", "words", "no result"), map(_row, shown))
    if len(found) > limit:
        yield f"… and {len(found) - limit:,} more (--limit)"
    for code in dict.fromkeys(each.code for each in shown):
        yield ""
        yield from _code_lines(code, [each for each in shown if each.code == code])


def _code_lines(code: str, found: Sequence[Failure]) -> Iterator[str]:
    yield from wrapped(f"{_path(code)}: {advice(code)}", indent=0, hanging=2)
    if code in FailureCode.__members__.values():
        first = min((each.first for each in found if each.first), default=None)
        last = max((each.last for each in found if each.last), default=None)
        when = f", from {local_time(first)} to {local_time(last)}" if first and last else ""
        yield f"  {KINDS[FailureCode(code)].group} failure{when}"
    examples = {one["word"]: one["message"] for each in found for one in each.examples}
    for word, message in list(examples.items())[:_EXAMPLES]:
        yield from wrapped(f"{word}: {safe(message, _LONGEST)}", indent=2, hanging=2)


def _row(found: Failure) -> tuple[Any, ...]:
    return found.code, found.stage, found.model, found.prompt, found.calls, found.words, found.given_up


def _path(code: str) -> str:
    """Return the code preceded by its broader code, such as "contract > missing_card"."""
    parent = KINDS[FailureCode(code)].parent if code in FailureCode.__members__.values() else None
    return f"{parent} > {code}" if parent else code
