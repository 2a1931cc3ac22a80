"""What ``kedro llm status`` prints."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from korean_flashcards.commands.terminal import safe, table
from korean_flashcards.domain.plurals import counted

_NAMES = {"today": "today", "month": "this month", "last_run": "last run"}
_PER = {"run": "last run", "day": "today", "month": "this month"}
_FROM = {"headers": "from its headers", "refusals": "learnt from its refusals"}


def model_lines(model: dict[str, Any]) -> Iterator[str]:
    """How a model is doing, and what was spent on it."""
    yield f"  {'breaker':<12} {breaker_text(model['breaker'])}"
    yield f"  {'rates':<12} {_rates_text(model['rates'])}"
    for name, shown in _NAMES.items():
        spent = model[name]
        usd = spent["usd"] if model["priced"] or spent["usd"] else None
        yield f"  {shown:<12} {counted(spent['calls'], 'call')}, {spent_text(usd, spent['tokens'])}"


def breaker_text(breaker: dict[str, Any] | None) -> str:
    """The state of a circuit breaker, since when and why, and when the model is tried again."""
    if breaker is None or breaker["state"] == "closed":
        return "closed"
    opened = datetime.fromtimestamp(breaker["opened"]).strftime("%Y-%m-%d %H:%M:%S")
    wait = max(0.0, breaker["probe_at"] - time.time())
    again = f"tried again in {wait:.0f} s" if wait else "the next call tries it"
    if breaker["state"] == "half_open":
        again = "a call is trying it"
    return f"open since {opened}, {again} ({safe(breaker['reason'], 100)})"


def budget_lines(budgets: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The budgets as a table: limit, spent, reserved, left."""
    if not budgets:
        yield "No budget is set (llm.budget)."
        return
    rows = []
    for budget in budgets:
        of = " ".join(safe(budget[name]) for name in ("stage", "model") if budget[name]) or "all"
        for unit, form in (("usd", ",.4f"), ("tokens", ",")):
            if budget[unit] is not None:
                values = (budget[name] for name in (unit, f"{unit}_spent", f"{unit}_reserved", f"{unit}_left"))
                rows.append(
                    (_PER[budget["per"]], of, "USD" if unit == "usd" else unit, *(format(v, form) for v in values))
                )
    yield table(("budget", "of", "in", "limit", "spent", "reserved", "left"), rows)


def repair_lines(repairs: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield what fixes on arrival and repair requests saved, compared with full new requests."""
    if not repairs:
        yield "No reply had to be mended or repaired."
    for one in repairs:
        yield f"{one['stage']} {safe(one['model'])}"
        if one["fixed"]:
            saved = _requested_again(one, one["fixed"])
            replies = counted(one["fixed"], "reply", "replies")
            yield f"  {replies} fixed on arrival at no cost: a new request would have cost about {saved}"
        if one["requests"]:
            taken = spent_text(None if one["call_usd"] is None else one["usd"], one["tokens"])
            yield (
                f"  {one['repaired']:,} of {counted(one['requests'], 'repair request')} brought an accepted reply: "
                f"{taken}, where a new request would have cost about {_requested_again(one, one['repaired'])}"
            )


def spent_text(usd: float | None, tokens: int) -> str:
    """Money (None: its price is not known) and tokens in words."""
    return f"{'price not known' if usd is None else f'USD {usd:.4f}'}, {counted(tokens, 'token')}"


def _requested_again(one: dict[str, Any], replies: int) -> str:
    """What so many mean calls cost."""
    return spent_text(
        None if one["call_usd"] is None else one["call_usd"] * replies, round(one["call_tokens"] * replies)
    )


def _rates_text(rates: dict[str, Any] | None) -> str:
    if rates is None or not rates["source"]:
        return "nothing learnt"
    limits = [f"{rates[name]:,.0f} {what}" for name, what in (("rpm", "requests"), ("tpm", "tokens")) if rates[name]]
    wait = rates["next_call"] - time.time()
    pause = f"; the next call leaves in {wait:.0f} s" if wait > 1 else ""
    return f"{' and '.join(limits) or 'no limit'} a minute ({_FROM[rates['source']]}){pause}"
