"""Format the output of `kedro costs`: a table with its total, and notes on amounts that are estimated or unknown."""

from collections.abc import Iterator
from typing import Any

from korean_flashcards.commands.layout import fitted_table, wrapped
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted
from korean_flashcards.ledger.spending.spending_groups import CallCosts, CallSums, GroupBy

_DECIMALS = 4


def cost_lines(found: CallCosts, by: GroupBy, narrowed: bool) -> Iterator[str]:
    """Yield the costs as lines of at most 80 columns. ``narrowed`` is true if they are those of a period."""
    total = found.total
    if not total.calls:
        yield "There are no recorded calls in this period." if narrowed else "There are no recorded calls."
        if not total.hits and not narrowed:
            yield from wrapped("The offline model makes no calls and costs nothing.", indent=0)
        if not found.rows:
            return
    hits = any(sums.hits is not None for sums in (total, *(sums for _, sums in found.rows)))
    groups = [*found.rows, ("total", total)]
    amounts = [_usd(sums) for _, sums in groups]
    # A question mark would cause the table to align the amounts to the left.
    widest = max(map(len, amounts))
    headers = (by, "calls", *(("hits",) if hits else ()), "tokens in", "tokens out", "USD".rjust(widest))
    rows = [_row(name, sums, hits, usd.rjust(widest)) for (name, sums), usd in zip(groups, amounts, strict=True)]
    yield from fitted_table(headers, rows).split("\n")
    yield from _notes(found)


def _row(name: str, sums: CallSums, hits: bool, usd: str) -> tuple[Any, ...]:
    shown = (f"{sums.hits or 0:,}",) if hits else ()
    return (name, f"{sums.calls:,}", *shown, f"{sums.tokens_in:,}", f"{sums.tokens_out:,}", usd)


def _usd(sums: CallSums) -> str:
    """Return the cost. A question mark says that the price of some calls, or of all, is unknown."""
    if not sums.unpriced:
        return usd_number(sums.usd, _DECIMALS)
    return f"{usd_number(sums.usd, _DECIMALS)}+?" if sums.unpriced < sums.calls else "?"


def _notes(found: CallCosts) -> Iterator[str]:
    total, trials = found.total, found.experiments
    if total.unpriced:
        yield from wrapped(
            f"The price of {counted(total.unpriced, 'call')} is unknown, so the sums marked with ? do not include "
            "them. To correct such a call: `kedro llm calls correct`",
            indent=0,
        )
    if total.counted:
        yield from wrapped(
            f"Estimated: USD {usd_number(total.counted_usd, _DECIMALS)} for {counted(total.counted, 'call')} whose tokens "
            "this project counted, because the provider did not report them. To list them: "
            "`kedro llm calls --not-reported`",
            indent=0,
        )
    if total.reserved:
        yield from wrapped(
            f"At most: USD {usd_number(total.reserved_usd, _DECIMALS)} for {counted(total.reserved, 'call')} recorded at "
            "the maximum cost, because the actual cost is unknown.",
            indent=0,
        )
    if trials.calls:
        yield from wrapped(
            f"Experiments: USD {usd_number(trials.usd, _DECIMALS)} for {counted(trials.calls, 'call')}, included above.",
            indent=0,
        )
    if found.zone:
        yield from wrapped(f"Days are days in the budgets' time zone ({found.zone}).", indent=0)
