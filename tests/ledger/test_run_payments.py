"""Test that a run's payments are those in the ledger, including calls without a reply."""

import time
from pathlib import Path
from typing import Any

from support.ledger import fresh_ledger

from korean_flashcards.domain.calls import Call, PaidStage, RunPayments


def call(key: str, **changes: Any) -> Call:
    values: dict[str, Any] = {
        "at": time.time(), "stage": "nuance", "term": "배", "model": "openai/slow", "provider": "openai",
        "prompt_version": "abc", "key": key, "kind": "ask", "attempt": 1, "outcome": "ok", "message": None,
        "tokens_in": 10, "tokens_out": 5, "tokens_cached": 0, "tokens_reasoning": 0, "usd": 0.25, "latency_s": 0.1,
        "queue_s": 0.0,
    }  # fmt: skip
    return Call(**values | changes)


def test_a_run_alone_has_its_own_payments(tmp_path: Path) -> None:
    lost = {"outcome": "timeout", "booked": "reserved", "tokens_in": 0, "tokens_out": 100, "usd": 1.0}
    with fresh_ledger(tmp_path) as ledger:
        assert ledger.payments() is None
        ledger.runs.wait_for_others("the same")
        assert ledger.payments() == RunPayments([], {})
        ledger.budgets.record(
            [
                call("a", **lost), call("a", attempt=2, **lost), call("b", attempt=3, model="openai/quick"),
                call("c", model="openai/quick", usd=None),
                call("c", attempt=2, model="openai/quick", usd=None), call("d", stage="judge"),
            ]
        )  # fmt: skip
        paid = ledger.payments()
    assert paid is not None and paid.others == {}
    # The fallback has a separate key, but the request is the same: only the first attempt begins a request.
    nuance = PaidStage(
        "nuance", requests=2, calls=5, tokens_in=30, tokens_out=215, usd=2.25, unpriced=2, reserved=2, reserved_usd=2.0,
        models=("openai/slow", "openai/quick"), keys=frozenset("abc"),
    )  # fmt: skip
    assert {stage.stage: stage for stage in paid.own}["nuance"] == nuance and len(paid.own) == 2
