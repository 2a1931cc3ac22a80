"""A plan as a person reads it on a terminal."""

from collections.abc import Iterator

from korean_flashcards.domain.plurals import counted
from korean_flashcards.planning.budget_forecast import Budget
from korean_flashcards.planning.estimate import Costs
from korean_flashcards.planning.plan import ASSUMED_SPEED, RunPlan, StagePlan
from korean_flashcards.planning.ranges import Range
from korean_flashcards.summary.summary_text import duration

_WHY = {
    "retry": "requested again, as runs before gave up: {}",
    "stale": "requested again: {}",
    "kept": "used as they are: {}",
    "dead": "no longer requested: {} (`kedro tasks retry WORD` requests them again)",
}
_FEW = 8  # words that are named
_PER = {"run": "This run", "day": "Today", "month": "This month"}
_VERDICTS = {
    "enough": "enough",
    "perhaps": "perhaps not enough",
    "short": "NOT enough (what it does not cover waits for another run)",
}


def plan_lines(plan: RunPlan) -> list[str]:
    """The stages with their words, tokens and prices; then budgets, time, and what the estimates rest on."""
    lines = [line for stage in plan.stages for line in _stage_lines(stage)]
    if not plan.spends:
        return lines
    lines += [_line("Budget", budget_text(budget)) for budget in plan.budgets]
    return [*lines, _line("Time", _time(plan)), _line("Estimated", _basis(plan))]


def request_count(plan: RunPlan) -> str:
    """How many requests, "about" where some follow from others."""
    about = "about " if any(stage.later for stage in plan.stages) else ""
    return f"{about}{counted(plan.requests, 'request')}"


def money(usd: Range) -> str:
    """USD, the low and the high estimate behind the typical one: "USD 1.90 (1.10–2.60)"."""
    digits = 2 if usd.high >= 1 else 4
    low, typical, high = (f"{value:,.{digits}f}" for value in usd)
    return f"USD {typical}" if low == high else f"USD {typical} ({low}–{high})"


def _stage_lines(stage: StagePlan) -> Iterator[str]:
    counts = [f"{sum(reasons.values()):,} {state}" for state, reasons in stage.states.items()]
    if stage.waiting:
        counts.append(f"{stage.waiting:,} when they {'have cards' if stage.stage == 'judge' else 'are analysed'}")
    about = "about " if stage.later else ""
    requested = (
        f"{about}{counted(stage.requests, 'request')} to {stage.model}" if stage.requests else "nothing to request"
    )
    yield _line(stage.stage.capitalize(), f"{', '.join(counts) or 'no words'}: {requested}")
    for state, text in _WHY.items():
        for reason, words in stage.states.get(state, {}).items():
            yield _line("", f"{counted(words, 'word')} {text.format(reason)}{_named(stage, state, reason)}")
    if not stage.requests:
        return
    if stage.tokens_in is None or stage.tokens_out is None:
        yield _line("", "free: the embedded model replies")
        return
    yield _line("", f"{_tokens(stage.tokens_in)} tokens in, {_tokens(stage.tokens_out)} out")
    yield _line("", _price(stage))


def _named(stage: StagePlan, state: str, reason: str) -> str:
    """The words that are requested again, where they are few."""
    words = stage.stale.get(reason, []) if state == "stale" else []
    return f" ({', '.join(words)})" if 0 < len(words) <= _FEW else ""


def _price(stage: StagePlan) -> str:
    if stage.costs is None:
        refused = ", and so it is not called: name it in llm.prices, or --params llm.price=unknown_ok"
        return "price unknown" + (refused if stage.refused else ": only budgets in tokens hold")
    return _costs(stage.costs)


def _costs(costs: Costs) -> str:
    text = money(costs.plain)
    if costs.prompt_cache:
        text += f"; {money(costs.prompt_cache)} where the provider's prompt cache holds"
    return text + (f"; {money(costs.batch)} in a batch" if costs.batch else "")


def budget_text(budget: Budget) -> str:
    """Return what is left of a budget, and whether it suffices: "Today USD 5.00 of 5.00 left, enough"."""
    of = "".join(f" of {name}" for name in (budget.stage, budget.model) if name)
    left = []
    if budget.usd is not None:
        left.append(f"USD {budget.usd_left:,.2f} of {budget.usd:,.2f}")
    if budget.tokens is not None:
        left.append(f"{budget.tokens_left:,} of {budget.tokens:,} tokens")
    return f"{_PER[budget.per]}{of} {' and '.join(left)} left, {_VERDICTS[budget.verdict]}"


def _time(plan: RunPlan) -> str:
    if plan.seconds is None:
        return "a batch ends within a day; later runs fetch it"
    low, high = duration(plan.seconds.low), duration(plan.seconds.high)
    return f"about {low if low == high else f'{low} to {high}'}, at the rates and the concurrency that are set"


def _basis(plan: RunPlan) -> str:
    """What stands behind the numbers, and what they leave out."""
    paid = [stage for stage in plan.stages if stage.requests and not stage.free]
    parts = [
        f"{stage.stage} replies are as in your last {counted(stage.own_calls, 'call')}, repairs and repetitions among them"
        for stage in paid
        if stage.own_calls
    ]
    if others := [stage.stage for stage in paid if not stage.own_calls]:
        names = " and ".join(filter(None, (", ".join(others[:-1]), others[-1])))
        parts.append(
            f"{names} replies are as in the prompts' examples, written at {ASSUMED_SPEED:g} tokens a second (what a model "
            "thinks before it writes comes on top, and so do calls that are repaired or repeated)"
        )
    if any(stage.approximate for stage in paid):
        parts.append("tokens are counted with another model's tokenizer, as the model's own is not public")
    return "; ".join(parts)


def _tokens(tokens: Range) -> str:
    low, typical, high = (f"{round(value):,}" for value in tokens)
    return typical if low == high else f"{typical} ({low}–{high})"


def _line(title: str, text: str) -> str:
    return f"{title:<10} {text}"
