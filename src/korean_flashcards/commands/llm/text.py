"""Format the output of ``kedro llm status``."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from korean_flashcards.commands.layout import fitted_table, labeled, wrapped
from korean_flashcards.commands.terminal import safe
from korean_flashcards.domain.local_time import local_time
from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted

_LABEL = 12  # columns
_NAMES = {"today": "today", "month": "this month", "last_run": "last run"}
_PER = {"run": "last run", "day": "today", "month": "this month"}
_FROM = {"headers": "from response headers", "refusals": "learned from rejected calls"}


def model_lines(model: dict[str, Any]) -> Iterator[str]:
    """Yield a model's name, its circuit breaker and rate limits at each address, and its spending."""
    yield safe(model["model"])
    for place in model["addresses"]:
        if place["address"]:
            yield from labeled("address", safe(place["address"]), label=_LABEL)
        yield from labeled("breaker", breaker_text(place["breaker"]), label=_LABEL)
        yield from labeled("rate limits", _rates_text(place["rates"]), label=_LABEL)
    for name, shown in _NAMES.items():
        spent = model[name]
        usd = spent["usd"] if model["priced"] or spent["usd"] else None
        yield f"  {shown:<{_LABEL}} {counted(spent['calls'], 'call')}, {spent_text(usd, spent['tokens'])}"


def breaker_text(breaker: dict[str, Any] | None) -> str:
    """Return a circuit breaker's state: when it opened, why, and when the model will be called next."""
    if breaker is None or breaker["state"] == "closed":
        return "closed"
    opened = local_time(datetime.fromtimestamp(breaker["opened"], UTC))
    wait = max(0.0, breaker["probe_at"] - time.time())
    again = f"next trial call in {wait:.0f} s" if wait else "the next call is a trial"
    if breaker["state"] == "half_open":
        again = "a trial call is running"
    return f"open since {opened}, {again} ({safe(breaker['reason'], 100)})"


def budget_lines(budgets: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield a table of the budgets with their limits and the amounts spent, reserved, and left."""
    if not budgets:
        yield "No budget is set (llm.budget)."
        return
    rows = []
    for budget in budgets:
        of = " ".join(safe(budget[name]) for name in ("stage", "model") if budget[name]) or "all"
        for unit, shown in (("usd", _usd), ("tokens", "{:,}".format), ("requests", "{:,}".format)):
            if budget[unit] is not None:
                values = (budget[name] for name in (unit, f"{unit}_spent", f"{unit}_reserved", f"{unit}_left"))
                rows.append((_PER[budget["per"]], of, "USD" if unit == "usd" else unit, *map(shown, values)))
    yield fitted_table(("budget", "for", "unit", "limit", "spent", "reserved", "left"), rows)
    if zone := next((budget["zone"] for budget in budgets if budget["zone"]), None):
        yield f"Days and months follow the ledger's time zone, {safe(zone)}."


def repair_lines(repairs: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the amounts saved by local fixes and repair requests, compared with requesting entire replies again."""
    if not repairs:
        yield "No reply needed a fix or a repair request."
    for one in repairs:
        yield f"{one['stage']} {safe(one['model'])}"
        if one["fixed"]:
            saved = _requested_again(one, one["fixed"])
            replies = counted(one["fixed"], "reply", "replies")
            yield from wrapped(
                f"{replies} fixed without a call. Requesting new replies instead would have cost about {saved}."
            )
        if one["requests"]:
            taken = spent_text(None if one["call_usd"] is None else one["usd"], one["tokens"])
            yield from wrapped(
                f"{one['repaired']:,} of {counted(one['requests'], 'repair request')} led to an accepted reply, at a "
                f"cost of {taken}. Requesting new replies instead would have cost about "
                f"{_requested_again(one, one['repaired'])}."
            )


def spent_text(usd: float | None, tokens: int) -> str:
    """Return an amount in USD (None if the price is unknown) and a number of tokens as text."""
    return f"{'price unknown' if usd is None else f'USD {_usd(usd)}'}, {counted(tokens, 'token')}"


def _usd(amount: float) -> str:
    return usd_number(amount, 4)


def _requested_again(one: dict[str, Any], replies: int) -> str:
    """Return the estimated cost of requesting this many replies again, based on the average call."""
    return spent_text(
        None if one["call_usd"] is None else one["call_usd"] * replies, round(one["call_tokens"] * replies)
    )


def _rates_text(rates: dict[str, Any] | None) -> str:
    if rates is None:
        return "none known"
    limits = [f"{rates[name]:,.0f} {what}" for name, what in (("rpm", "requests"), ("tpm", "tokens")) if rates[name]]
    wait = rates["next_call"] - time.time()
    pause = f"; next call in {wait:.0f} s" if wait > 1 else ""
    if not rates["source"]:
        return f"none known{pause}"
    shown = f"{' and '.join(limits)} per minute" if limits else "none"
    return f"{shown} ({_FROM[rates['source']]}){pause}"
