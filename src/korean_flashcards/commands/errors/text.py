"""What ``kedro errors`` prints."""

from collections.abc import Iterator, Sequence
from typing import Any

from korean_flashcards.commands.terminal import safe, table
from korean_flashcards.domain.failures import KINDS, advice
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.ledger.spending.call_reports import Failure

_LONGEST = 240  # columns of an example's message: what tells two of one code apart is often at its end


def failure_lines(found: Sequence[Failure], limit: int, requested: int, narrowed: bool) -> Iterator[str]:
    """The table of failures, then each code with examples and what to do."""
    if not found:
        of_these = "No errors of this kind" if narrowed else "No errors"
        yield f"{of_these}: of {counted(requested, 'call')} in the ledger none failed so, and no word was given up."
        return
    shown = found[:limit]
    calls, given_up = sum(each.calls for each in found), sum(each.given_up for each in found)
    yield f"{counted(calls, 'failed call')} (of {requested:,} in all); {counted(given_up, 'word')} without a record now."
    headers = ("code", "group", "stage", "model", "prompt", "calls", "words", "without", "first", "last")
    yield table(headers, map(_row, shown), longest=40)
    if len(found) > limit:
        yield f"… and {len(found) - limit:,} more (--limit)"
    for code in dict.fromkeys(each.code for each in shown):
        yield ""
        yield f"{safe(_path(code))}: {advice(code)}"
        examples = {one["word"]: one["message"] for each in shown if each.code == code for one in each.examples}
        yield from (f"  {safe(word)}: {safe(message, _LONGEST)}" for word, message in list(examples.items())[:3])


def _row(found: Failure) -> tuple[Any, ...]:
    known = found.code in FailureCode.__members__.values()
    return (
        found.code, KINDS[FailureCode(found.code)].group if known else None, found.stage, found.model, found.prompt,
        found.calls, found.words, found.given_up, found.first, found.last,
    )  # fmt: skip


def _path(code: str) -> str:
    """The code below its broader one: "contract > missing_card"."""
    parent = KINDS[FailureCode(code)].parent if code in FailureCode.__members__.values() else None
    return f"{parent} > {code}" if parent else code
