"""Test the mean number of tokens that a word costs in addition to its one successful call."""

from pathlib import Path

import pytest
from support.ledger import fresh_ledger

from korean_flashcards.domain.calls import Call
from korean_flashcards.ledger.spending.past_calls import ExtraTokens, extra_tokens


def call(key: str, outcome: str = "ok", kind: str = "ask", tokens: tuple[int, int] = (100, 50)) -> Call:
    into, out = tokens
    return Call(
        at=0.0, stage="nuance", term=key, model="openai/test", provider="openai", prompt_version="1", key=key,
        kind=kind, attempt=1, outcome=outcome, message=None, tokens_in=into, tokens_out=out, tokens_cached=0,
        tokens_reasoning=0, usd=0.0, latency_s=1.0, queue_s=0.0, fixed=False, reservation=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ([], (0, 0)),
        ([call("a", kind="repair", tokens=(40, 10))], (10, 2.5)),
        ([call("e", outcome="malformed"), call("e", kind="repair", tokens=(50, 25))], (10, 5)),
        ([call("a", kind="repair", tokens=(40, 10)), call("e", outcome="rate_limit", tokens=(0, 0))], (10, 2.5)),
        ([call("a", outcome="timeout", tokens=(9000, 9000)), call("b", outcome="interrupted", tokens=(9, 9))], (0, 0)),
    ],
    ids=[
        "no other calls",
        "a repair after a quality check",
        "a malformed reply that was repaired",
        "a refused call without tokens",
        "a timeout and an interrupted call",
    ],
)
def test_extra_tokens_of_repairs_and_failed_calls(
    tmp_path: Path, more: list[Call], expected: tuple[float, float]
) -> None:
    """Four words have one successful call each; ``more`` are additional calls."""
    with fresh_ledger(tmp_path) as ledger:
        ledger.budgets.record([*map(call, "abcd"), *more])
        assert extra_tokens(ledger.store, "nuance", "openai/test") == pytest.approx(ExtraTokens(*expected))


def test_without_calls_there_are_no_extra_tokens(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        assert extra_tokens(ledger.store, "nuance", "openai/test") == ExtraTokens(0, 0)
