"""Keep a second record of spending beside the ledger, to notice calls that the ledger has lost.

A ledger loses its newest calls if its write-ahead log is deleted, or if an older copy replaces it. Each process appends
the totals of its calls to a text file after the ledger has recorded them. So the file never contains more than the
ledger, unless the ledger has lost something.
"""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import NamedTuple

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted

# The ledger's own totals, for ``SpendingLog.lost``.
TOTALS = (
    "SELECT run_id, stage, model, sum(calls), sum(tokens), sum(usd) FROM llm_spending GROUP BY run_id, stage, model"
)
_LEAST_USD = 1e-6  # differences between floating-point sums are smaller


class Totals(NamedTuple):
    """The ledger's totals for one run, stage, and model."""

    run_id: str
    stage: str
    model: str
    calls: int = 0
    tokens: int = 0
    usd: float = 0.0


@dataclass(frozen=True, slots=True)
class LoggedSpending:
    """The totals of several calls by one run. ``at`` is the Unix time of the last call."""

    at: float
    run_id: str
    stage: str
    model: str
    calls: int
    tokens: int
    usd: float


class SpendingLog:
    """The file with the spending of one ledger. A missing file is treated as empty."""

    def __init__(self, ledger: Path) -> None:
        self.path = ledger.parent / ".runs" / f"{ledger.name}.spending"

    def add(self, spent: Iterable[LoggedSpending]) -> None:
        """Append totals. Do nothing if the file cannot be written, because the ledger already contains the calls.

        Calls to the offline model are free and are left out.
        """
        lines = ["\t".join(map(str, astuple(one))) for one in spent if not one.model.startswith(OFFLINE_PREFIX)]
        if not lines:
            return
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                # One write is never mixed with a different process's write. The first line break ends a line that a
                # power failure has cut off.
                os.write(file, ("\n" + "\n".join(lines) + "\n").encode())
            finally:
                os.close(file)

    def lost(self, totals: Iterable[Totals]) -> list[LoggedSpending]:
        """Return the spending that is missing from the ledger's totals (see ``TOTALS``)."""
        known = {row[:3]: row for row in totals}
        found = []
        for one in self._sums():
            key = one.run_id, one.stage, one.model
            there = known.get(key, Totals(*key))
            usd = one.usd - there.usd
            calls, tokens = max(0, one.calls - there.calls), max(0, one.tokens - there.tokens)
            left = replace(one, calls=calls, tokens=tokens, usd=usd if usd > _LEAST_USD else 0.0)
            if left.calls or left.tokens or left.usd:
                found.append(left)
        return found

    def _sums(self) -> list[LoggedSpending]:
        """Return the sums of all lines by run, stage, and model. Lines that are cut off are left out."""
        sums: dict[tuple[str, ...], LoggedSpending] = {}
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        for line in text.split("\n"):
            with suppress(ValueError):
                at, run_id, stage, model, calls, tokens, usd = line.split("\t")
                key = run_id, stage, model
                past = sums.get(key) or LoggedSpending(0.0, run_id, stage, model, 0, 0, 0.0)
                sums[key] = LoggedSpending(
                    max(past.at, float(at)), run_id, stage, model, past.calls + int(calls), past.tokens + int(tokens),
                    past.usd + float(usd),
                )  # fmt: skip
        return list(sums.values())


def spending_totals(connection: sqlite3.Connection) -> list[Totals]:
    """Return the ledger's totals. An early version of the ledger has none."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'llm_spending'").fetchone():
        return []
    return [Totals(*row) for row in connection.execute(TOTALS)]


def lost_sentence(lost: Iterable[LoggedSpending]) -> str:
    """Return which spending the ledger has lost, as a sentence."""
    found = list(lost)
    calls = counted(max(1, sum(one.calls for one in found)), "paid call")
    return (
        f"The ledger has lost {calls}, about USD {usd_number(sum(one.usd for one in found))}, because its write-ahead log "
        "was deleted or an older copy of the ledger was restored."
    )
