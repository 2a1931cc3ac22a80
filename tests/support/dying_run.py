"""Reserve 20 calls, send 3, record 1 of them, and sleep until killed. Usage: ``dying_run.py LEDGER``."""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from korean_flashcards.domain.calls import Call, ReservationRequest  # noqa: E402
from support.ledger import ledger_at  # noqa: E402
from support.parameters import llm_parameters  # noqa: E402

if __name__ == "__main__":
    ledger = ledger_at(Path(sys.argv[1]))
    ledger.runs.wait_for_others("same")
    wanted = [ReservationRequest(f"r{n}", f"k{n}", "배", "nuance", "openai/m", "abc", 0.1, 100) for n in range(20)]
    ledger.budgets.reserve(wanted, llm_parameters().budget)
    for one in wanted[:3]:
        ledger.budgets.sent(one.reservation)
    ledger.budgets.record([
        Call(
            at=time.time(), stage="nuance", term="배", model="openai/m", provider="openai", prompt_version="abc", key="k0",
            kind="ask", attempt=1, outcome="ok", message=None, tokens_in=5, tokens_out=5, tokens_cached=0,
            tokens_reasoning=0, usd=0.01, latency_s=0.1, queue_s=0.0, reservation="r0",
        )
    ])  # fmt: skip
    print("reserved", flush=True)
    time.sleep(60)
